-- The tables that the replaced collector was specified with, and a row of each.
CREATE TABLE drones (
	time TIMESTAMPTZ NOT NULL, kit_id TEXT NOT NULL, drone_id TEXT NOT NULL,
	lat DOUBLE PRECISION, lon DOUBLE PRECISION, alt DOUBLE PRECISION,
	speed DOUBLE PRECISION, heading DOUBLE PRECISION,
	pilot_lat DOUBLE PRECISION, pilot_lon DOUBLE PRECISION,
	home_lat DOUBLE PRECISION, home_lon DOUBLE PRECISION,
	mac TEXT, rssi INTEGER, freq DOUBLE PRECISION, ua_type TEXT, operator_id TEXT, caa_id TEXT,
	rid_make TEXT, rid_model TEXT, rid_source TEXT, track_type TEXT,
	PRIMARY KEY (time, kit_id, drone_id)
);
CREATE TABLE signals (
	time TIMESTAMPTZ NOT NULL, kit_id TEXT NOT NULL, freq_mhz DOUBLE PRECISION NOT NULL,
	power_dbm DOUBLE PRECISION, bandwidth_mhz DOUBLE PRECISION,
	lat DOUBLE PRECISION, lon DOUBLE PRECISION, alt DOUBLE PRECISION,
	detection_type TEXT,
	PRIMARY KEY (time, kit_id, freq_mhz)
);
CREATE TABLE system_health (
	time TIMESTAMPTZ NOT NULL, kit_id TEXT NOT NULL,
	lat DOUBLE PRECISION, lon DOUBLE PRECISION, alt DOUBLE PRECISION,
	cpu_percent DOUBLE PRECISION, memory_percent DOUBLE PRECISION,
	disk_percent DOUBLE PRECISION, uptime_hours DOUBLE PRECISION,
	temp_cpu DOUBLE PRECISION, temp_gpu DOUBLE PRECISION,
	PRIMARY KEY (time, kit_id)
);
CREATE TABLE kits (
	kit_id TEXT PRIMARY KEY, name TEXT, location TEXT, api_url TEXT NOT NULL,
	last_seen TIMESTAMPTZ, status TEXT, created_at TIMESTAMPTZ DEFAULT NOW()
);

INSERT INTO drones (time, kit_id, drone_id, lat) VALUES ('2026-01-01 00:00Z', 'old', 'd0', 1.5);
INSERT INTO signals (time, kit_id, freq_mhz) VALUES ('2026-01-01 00:00Z', 'old', 5800);
INSERT INTO system_health (time, kit_id, cpu_percent) VALUES ('2026-01-01 00:00Z', 'old', 12);
INSERT INTO kits (kit_id, name, api_url, status) VALUES ('old', 'Old', 'http://old:8088', 'idle');
