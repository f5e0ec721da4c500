-- The tables of a SQLite file that the first version made (schema version 1), and a row of each.

CREATE TABLE IF NOT EXISTS wd_schema (
	version INTEGER PRIMARY KEY,
	applied TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
) STRICT;

CREATE TABLE IF NOT EXISTS kits (
	kit_id TEXT NOT NULL PRIMARY KEY,
	name TEXT,
	location TEXT,
	api_url TEXT,
	last_seen TEXT,
	status TEXT CHECK (status IN ('unknown', 'online', 'offline', 'error', 'stale')),
	enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
	created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
	source TEXT DEFAULT 'http' CHECK (source IN ('http', 'mqtt', 'both')),
	status_time TEXT,
	tags TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS drones (
	time TEXT NOT NULL,
	kit_id TEXT NOT NULL,
	drone_id TEXT NOT NULL,
	lat REAL,
	lon REAL,
	alt REAL,
	speed REAL,
	heading REAL,
	pilot_lat REAL,
	pilot_lon REAL,
	home_lat REAL,
	home_lon REAL,
	mac TEXT,
	rssi INTEGER,
	freq REAL,
	ua_type TEXT,
	operator_id TEXT,
	caa_id TEXT,
	rid_make TEXT,
	rid_model TEXT,
	rid_source TEXT,
	track_type TEXT CHECK (track_type IN ('drone', 'aircraft')),
	vspeed REAL,
	height REAL,
	direction REAL,
	op_status TEXT,
	runtime INTEGER,
	id_type TEXT,
	transport TEXT,
	description TEXT,
	freq_mhz REAL,
	rid_status TEXT,
	rid_tracking TEXT,
	rid_lookup_attempted INTEGER CHECK (rid_lookup_attempted IN (0, 1)),
	rid_lookup_success INTEGER CHECK (rid_lookup_success IN (0, 1)),
	ua_type_name TEXT,
	operator_id_type TEXT,
	height_type TEXT,
	ew_dir TEXT,
	pressure_altitude REAL,
	gps_accuracy REAL,
	observed_at REAL,
	callsign TEXT,
	squawk TEXT,
	registration TEXT,
	category TEXT,
	on_ground INTEGER CHECK (on_ground IN (0, 1)),
	PRIMARY KEY (time, kit_id, drone_id)
) STRICT;

CREATE TABLE IF NOT EXISTS signals (
	time TEXT NOT NULL,
	kit_id TEXT NOT NULL,
	freq_mhz REAL NOT NULL,
	power_dbm REAL,
	bandwidth_mhz REAL,
	lat REAL,
	lon REAL,
	alt REAL,
	detection_type TEXT CHECK (detection_type IN ('analog', 'dji')),
	pal_conf REAL,
	ntsc_conf REAL,
	source TEXT,
	signal_type TEXT,
	uid TEXT,
	power_linear REAL,
	PRIMARY KEY (time, kit_id, freq_mhz)
) STRICT;

CREATE TABLE IF NOT EXISTS system_health (
	time TEXT NOT NULL,
	kit_id TEXT NOT NULL,
	lat REAL,
	lon REAL,
	alt REAL,
	cpu_percent REAL CHECK (cpu_percent >= 0 AND cpu_percent <= 100),
	memory_percent REAL CHECK (memory_percent >= 0 AND memory_percent <= 100),
	disk_percent REAL CHECK (disk_percent >= 0 AND disk_percent <= 100),
	uptime_hours REAL CHECK (uptime_hours >= 0),
	temp_cpu REAL,
	temp_gpu REAL,
	pluto_temp REAL,
	zynq_temp REAL,
	speed REAL,
	track REAL,
	gps_fix INTEGER CHECK (gps_fix IN (0, 1)),
	time_source TEXT,
	gpsd_time_utc TEXT,
	kit_updated_epoch INTEGER,
	clock_offset_s REAL,
	PRIMARY KEY (time, kit_id)
) STRICT;

CREATE TABLE IF NOT EXISTS rejects (
	digest TEXT NOT NULL PRIMARY KEY,
	time TEXT NOT NULL,
	kit_id TEXT,
	stage TEXT NOT NULL,
	reason TEXT,
	raw TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS coverage (
	time TEXT NOT NULL,
	kit_id TEXT NOT NULL,
	state TEXT,
	requests INTEGER,
	ok INTEGER,
	failed INTEGER,
	PRIMARY KEY (time, kit_id)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_drones_kit_id ON drones (kit_id, time);
CREATE INDEX IF NOT EXISTS idx_drones_drone_id ON drones (drone_id, time);
CREATE INDEX IF NOT EXISTS idx_signals_kit_id ON signals (kit_id, time);
CREATE INDEX IF NOT EXISTS idx_system_health_kit_id ON system_health (kit_id, time);

INSERT INTO wd_schema (version) VALUES (1) ON CONFLICT DO NOTHING;

INSERT INTO drones (time, kit_id, drone_id, lat) VALUES ('2026-01-01T00:00:00.000000Z', 'old', 'd0', 1.5);
INSERT INTO kits (kit_id, name, api_url, status) VALUES ('old', 'Old', 'http://old:8088', 'online');
