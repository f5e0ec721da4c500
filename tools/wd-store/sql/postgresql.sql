-- PostgreSQL: what no line holds. The other columns and tables are added from common/record/columns.c.
-- Safe to run again.

-- One migration at a time.
SELECT pg_advisory_xact_lock(hashtext('wd_schema'));

CREATE TABLE IF NOT EXISTS wd_schema (
	version integer PRIMARY KEY,
	applied timestamptz NOT NULL DEFAULT now()
);

-- Rows of `drones` before rows_kept_from may have been deleted. Sightings from sightings_from on are
-- complete; '-infinity': all are.
ALTER TABLE wd_schema
	ADD COLUMN IF NOT EXISTS rows_kept_from timestamptz,
	ADD COLUMN IF NOT EXISTS sightings_from timestamptz;

CREATE TABLE IF NOT EXISTS kits (
	kit_id text PRIMARY KEY,
	api_url text
);

-- The size of a table with its indexes and partitions, and of a hypertable with its chunks, which may
-- be compressed.
CREATE OR REPLACE FUNCTION wd_table_size(relation regclass) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF to_regclass('timescaledb_information.hypertables') IS NOT NULL THEN
		IF EXISTS (SELECT FROM timescaledb_information.hypertables
			WHERE format('%I.%I', hypertable_schema, hypertable_name)::regclass = relation)
		THEN
			RETURN hypertable_size(relation);
		END IF;
	END IF;
	RETURN coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(relation)),
		pg_total_relation_size(relation));
END
$$;

-- A kit that sends data before kits.yaml names it has no address.
ALTER TABLE kits
	ALTER COLUMN api_url DROP NOT NULL,
	ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now(),
	ADD COLUMN IF NOT EXISTS source text DEFAULT 'http';

-- Apart from its column, and with a name, as Citus needs it.
DO $check$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_constraint
		WHERE conrelid = 'kits'::regclass AND conname = 'kits_source_check')
	THEN
		ALTER TABLE kits ADD CONSTRAINT kits_source_check CHECK (source IN ('http', 'mqtt', 'both'));
	END IF;
END
$check$;
