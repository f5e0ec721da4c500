-- PostgreSQL: what no line holds. The other columns and tables are added from common/columns.c.
-- Safe to run again.

-- One migration at a time.
SELECT pg_advisory_xact_lock(hashtext('wd_schema'));

CREATE TABLE IF NOT EXISTS wd_schema (
	version integer PRIMARY KEY,
	applied timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS kits (
	kit_id text PRIMARY KEY,
	api_url text
);

-- A kit that sends data before kits.yaml names it has no address.
ALTER TABLE kits
	ALTER COLUMN api_url DROP NOT NULL,
	ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now(),
	ADD COLUMN IF NOT EXISTS source text DEFAULT 'http'
		CHECK (source IN ('http', 'mqtt', 'both'));
