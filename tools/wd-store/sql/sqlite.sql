-- SQLite: what no line holds. The other columns and tables are added from common/record/columns.c.
-- Safe to run again.

CREATE TABLE IF NOT EXISTS wd_schema (
	version INTEGER PRIMARY KEY,
	applied TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
	rows_kept_from TEXT,
	sightings_from TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS kits (
	kit_id TEXT NOT NULL PRIMARY KEY,
	created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
	source TEXT DEFAULT 'http' CHECK (source IN ('http', 'mqtt', 'both'))
) STRICT;
