-- The tables on PostgreSQL: an empty database gets them, an older one what it lacks.
-- Harmless when it is run again: wd-store --migrate, or psql -1 -f postgresql.sql

SELECT pg_advisory_xact_lock(hashtext('wd_schema'));

CREATE TABLE IF NOT EXISTS wd_schema (
	version integer PRIMARY KEY,
	applied timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS kits (
	kit_id text PRIMARY KEY,
	name text,
	location text,
	api_url text,
	last_seen timestamptz,
	status text,
	enabled boolean NOT NULL DEFAULT TRUE,
	created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS drones (
	time timestamptz NOT NULL,
	kit_id text NOT NULL,
	drone_id text NOT NULL,
	lat double precision,
	lon double precision,
	alt double precision,
	speed double precision,
	heading double precision,
	pilot_lat double precision,
	pilot_lon double precision,
	home_lat double precision,
	home_lon double precision,
	mac text,
	rssi integer,
	freq double precision,
	ua_type text,
	operator_id text,
	caa_id text,
	rid_make text,
	rid_model text,
	rid_source text,
	track_type text CHECK (track_type IN ('drone', 'aircraft')),
	PRIMARY KEY (time, kit_id, drone_id)
);

CREATE TABLE IF NOT EXISTS signals (
	time timestamptz NOT NULL,
	kit_id text NOT NULL,
	freq_mhz double precision NOT NULL,
	power_dbm double precision,
	bandwidth_mhz double precision,
	lat double precision,
	lon double precision,
	alt double precision,
	detection_type text CHECK (detection_type IN ('analog', 'dji')),
	PRIMARY KEY (time, kit_id, freq_mhz)
);

CREATE TABLE IF NOT EXISTS system_health (
	time timestamptz NOT NULL,
	kit_id text NOT NULL,
	lat double precision,
	lon double precision,
	alt double precision,
	cpu_percent double precision CHECK (cpu_percent >= 0 AND cpu_percent <= 100),
	memory_percent double precision CHECK (memory_percent >= 0 AND memory_percent <= 100),
	disk_percent double precision CHECK (disk_percent >= 0 AND disk_percent <= 100),
	uptime_hours double precision CHECK (uptime_hours >= 0),
	temp_cpu double precision,
	temp_gpu double precision,
	PRIMARY KEY (time, kit_id)
);

-- The columns that deployments have added since, then ours.
ALTER TABLE drones
	ADD COLUMN IF NOT EXISTS vspeed double precision,
	ADD COLUMN IF NOT EXISTS height double precision,
	ADD COLUMN IF NOT EXISTS direction double precision,
	ADD COLUMN IF NOT EXISTS op_status text,
	ADD COLUMN IF NOT EXISTS runtime integer,
	ADD COLUMN IF NOT EXISTS id_type text,
	ADD COLUMN IF NOT EXISTS transport text,
	ADD COLUMN IF NOT EXISTS description text,
	ADD COLUMN IF NOT EXISTS freq_mhz double precision,
	ADD COLUMN IF NOT EXISTS rid_status text,
	ADD COLUMN IF NOT EXISTS rid_tracking text,
	ADD COLUMN IF NOT EXISTS rid_lookup_attempted boolean,
	ADD COLUMN IF NOT EXISTS rid_lookup_success boolean,
	ADD COLUMN IF NOT EXISTS ua_type_name text,
	ADD COLUMN IF NOT EXISTS operator_id_type text,
	ADD COLUMN IF NOT EXISTS height_type text,
	ADD COLUMN IF NOT EXISTS ew_dir text,
	ADD COLUMN IF NOT EXISTS pressure_altitude double precision,
	ADD COLUMN IF NOT EXISTS gps_accuracy double precision,
	ADD COLUMN IF NOT EXISTS observed_at double precision,
	ADD COLUMN IF NOT EXISTS callsign text,
	ADD COLUMN IF NOT EXISTS squawk text,
	ADD COLUMN IF NOT EXISTS registration text,
	ADD COLUMN IF NOT EXISTS category text,
	ADD COLUMN IF NOT EXISTS on_ground boolean;

ALTER TABLE signals
	ADD COLUMN IF NOT EXISTS pal_conf double precision,
	ADD COLUMN IF NOT EXISTS ntsc_conf double precision,
	ADD COLUMN IF NOT EXISTS source text,
	ADD COLUMN IF NOT EXISTS signal_type text,
	ADD COLUMN IF NOT EXISTS uid text,
	ADD COLUMN IF NOT EXISTS power_linear double precision;

ALTER TABLE system_health
	ADD COLUMN IF NOT EXISTS pluto_temp double precision,
	ADD COLUMN IF NOT EXISTS zynq_temp double precision,
	ADD COLUMN IF NOT EXISTS speed double precision,
	ADD COLUMN IF NOT EXISTS track double precision,
	ADD COLUMN IF NOT EXISTS gps_fix boolean,
	ADD COLUMN IF NOT EXISTS time_source text,
	ADD COLUMN IF NOT EXISTS gpsd_time_utc text,
	ADD COLUMN IF NOT EXISTS kit_updated_epoch bigint,
	ADD COLUMN IF NOT EXISTS clock_offset_s double precision;

-- A kit may be known by what it sends before kits.yaml names it: no address then.
ALTER TABLE kits
	ALTER COLUMN api_url DROP NOT NULL,
	ADD COLUMN IF NOT EXISTS enabled boolean NOT NULL DEFAULT TRUE,
	ADD COLUMN IF NOT EXISTS source text DEFAULT 'http'
		CHECK (source IN ('http', 'mqtt', 'both')),
	ADD COLUMN IF NOT EXISTS status_time timestamptz,
	ADD COLUMN IF NOT EXISTS tags text[];

-- Older databases know three states, or never checked: what is there already may stay.
ALTER TABLE kits DROP CONSTRAINT IF EXISTS kits_status_check;
ALTER TABLE kits ADD CONSTRAINT kits_status_check
	CHECK (status IN ('unknown', 'online', 'offline', 'error', 'stale')) NOT VALID;

CREATE TABLE IF NOT EXISTS rejects (
	digest text PRIMARY KEY,
	time timestamptz NOT NULL,
	kit_id text,
	stage text NOT NULL,
	reason text,
	raw text
);

CREATE TABLE IF NOT EXISTS coverage (
	time timestamptz NOT NULL,
	kit_id text NOT NULL,
	state text,
	requests integer,
	ok integer,
	failed integer,
	PRIMARY KEY (time, kit_id)
);

-- Few: sixteen indexes cost four times the load speed.
CREATE INDEX IF NOT EXISTS idx_drones_kit_id ON drones (kit_id, time DESC);
CREATE INDEX IF NOT EXISTS idx_drones_drone_id ON drones (drone_id, time DESC);
CREATE INDEX IF NOT EXISTS idx_signals_kit_id ON signals (kit_id, time DESC);
CREATE INDEX IF NOT EXISTS idx_system_health_kit_id ON system_health (kit_id, time DESC);

INSERT INTO wd_schema (version) VALUES (1) ON CONFLICT DO NOTHING;
