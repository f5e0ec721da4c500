-- The tables as deployments of the replaced collector have them today, with their CHECKs and some of
-- their indexes, and a row of each.
CREATE TABLE kits (
	kit_id text PRIMARY KEY, name text, location text, api_url text, last_seen timestamptz,
	status text CHECK (status IN ('online', 'offline', 'error')),
	enabled boolean NOT NULL DEFAULT true, created_at timestamptz NOT NULL DEFAULT now(),
	source text DEFAULT 'http' CHECK (source IN ('http', 'mqtt', 'both'))
);
CREATE TABLE drones (
	time timestamptz NOT NULL, kit_id text NOT NULL, drone_id text NOT NULL,
	lat float8, lon float8, alt float8, speed float8, heading float8, vspeed float8,
	height float8, direction float8, op_status text, runtime integer, id_type text,
	pilot_lat float8, pilot_lon float8, home_lat float8, home_lon float8, mac text,
	rssi integer, freq float8, ua_type text, operator_id text, caa_id text, rid_make text,
	rid_model text, rid_source text,
	track_type text CHECK (track_type IN ('drone', 'aircraft')),
	transport text, description text, freq_mhz float8, rid_status text, rid_tracking text,
	rid_lookup_attempted boolean, rid_lookup_success boolean, ua_type_name text,
	operator_id_type text, height_type text, ew_dir text, pressure_altitude float8,
	gps_accuracy float8, observed_at float8,
	PRIMARY KEY (time, kit_id, drone_id)
);
CREATE INDEX idx_drones_drone_id ON drones (drone_id, time DESC);
CREATE INDEX idx_drones_kit_id ON drones (kit_id, time DESC);
CREATE INDEX idx_drones_kit_track_type ON drones (kit_id, track_type, time DESC);
CREATE INDEX idx_drones_rid_make ON drones (rid_make, time DESC) WHERE rid_make IS NOT NULL;
CREATE INDEX idx_drones_rid_model ON drones (rid_model, time DESC) WHERE rid_model IS NOT NULL;
CREATE INDEX idx_drones_location ON drones (lat, lon, time DESC)
	WHERE lat IS NOT NULL AND lon IS NOT NULL;
CREATE INDEX idx_drones_mac ON drones (mac, time DESC) WHERE mac IS NOT NULL;
CREATE INDEX idx_drones_vspeed ON drones (vspeed, time DESC) WHERE vspeed > 5 OR vspeed < -5;
CREATE INDEX idx_drones_op_status ON drones (op_status, time DESC) WHERE op_status IS NOT NULL;
CREATE INDEX idx_drones_id_type ON drones (id_type, time DESC) WHERE id_type IS NOT NULL;
CREATE INDEX idx_drones_transport ON drones (transport) WHERE transport IS NOT NULL;
CREATE INDEX idx_drones_description ON drones (description) WHERE description IS NOT NULL;
CREATE INDEX idx_drones_ua_type_name ON drones (ua_type_name) WHERE ua_type_name IS NOT NULL;
CREATE INDEX idx_drones_rid_lookup_success ON drones (rid_lookup_success)
	WHERE rid_lookup_success IS NOT NULL;
CREATE TABLE signals (
	time timestamptz NOT NULL, kit_id text NOT NULL, freq_mhz float8 NOT NULL,
	power_dbm float8, bandwidth_mhz float8, lat float8, lon float8, alt float8,
	detection_type text CHECK (detection_type IN ('analog', 'dji')),
	pal_conf float8, ntsc_conf float8, source text, signal_type text,
	PRIMARY KEY (time, kit_id, freq_mhz)
);
CREATE TABLE system_health (
	time timestamptz NOT NULL, kit_id text NOT NULL, lat float8, lon float8, alt float8,
	cpu_percent float8 CHECK (cpu_percent >= 0 AND cpu_percent <= 100),
	memory_percent float8 CHECK (memory_percent >= 0 AND memory_percent <= 100),
	disk_percent float8 CHECK (disk_percent >= 0 AND disk_percent <= 100),
	uptime_hours float8 CHECK (uptime_hours >= 0),
	temp_cpu float8, temp_gpu float8, pluto_temp float8, zynq_temp float8, speed float8,
	track float8, gps_fix boolean, time_source text, gpsd_time_utc text,
	kit_updated_epoch bigint,
	PRIMARY KEY (time, kit_id)
);

INSERT INTO drones (time, kit_id, drone_id, lat) VALUES ('2026-01-01 00:00Z', 'old', 'd0', 1.5);
INSERT INTO signals (time, kit_id, freq_mhz) VALUES ('2026-01-01 00:00Z', 'old', 5800);
INSERT INTO system_health (time, kit_id, cpu_percent) VALUES ('2026-01-01 00:00Z', 'old', 12);
INSERT INTO kits (kit_id, name, api_url, status) VALUES ('old', 'Old', 'http://old:8088', 'online');
