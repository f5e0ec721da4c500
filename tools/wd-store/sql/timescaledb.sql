-- What only TimescaleDB can do: chunks by time, retention, compression. Does nothing where the
-- extension is not in the database (CREATE EXTENSION timescaledb), and is harmless when run again.
-- Written for TimescaleDB 2.14 and later:
--   https://docs.tigerdata.com/api/latest/hypertable/create_hypertable/
--   https://docs.tigerdata.com/api/latest/compression/add_compression_policy/

DO $timescaledb$
DECLARE
	wanted record;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
		RETURN;
	END IF;
	FOR wanted IN
		SELECT *
		FROM (VALUES
			('drones', 'time DESC, drone_id', INTERVAL '30 days'),
			('signals', 'time DESC, freq_mhz', INTERVAL '30 days'),
			('system_health', 'time DESC', INTERVAL '90 days')
		) AS t (name, ordering, kept)
	LOOP
		PERFORM create_hypertable(wanted.name::regclass, by_range('time'),
			create_default_indexes => FALSE, if_not_exists => TRUE,
			migrate_data => TRUE);
		PERFORM add_retention_policy(wanted.name::regclass, wanted.kept,
			if_not_exists => TRUE);
		-- The settings of a table that has compressed chunks cannot be changed.
		IF NOT (SELECT compression_enabled FROM timescaledb_information.hypertables
				WHERE hypertable_name = wanted.name
				AND format('%I.%I', hypertable_schema, hypertable_name)::regclass
					= wanted.name::regclass) THEN
			EXECUTE format('ALTER TABLE %I SET (timescaledb.compress, '
				'timescaledb.compress_segmentby = %L, '
				'timescaledb.compress_orderby = %L)',
				wanted.name, 'kit_id', wanted.ordering);
		END IF;
		PERFORM add_compression_policy(wanted.name::regclass,
			compress_after => INTERVAL '7 days', if_not_exists => TRUE);
	END LOOP;
	-- Old rows may come again in numbers that the default limit (100000) refuses with 53400.
	BEGIN
		EXECUTE format('ALTER DATABASE %I SET '
			'timescaledb.max_tuples_decompressed_per_dml_transaction = 0',
			current_database());
	EXCEPTION WHEN insufficient_privilege THEN
		RAISE NOTICE 'not the owner of the database: its limit on decompression stays';
	END;
END
$timescaledb$;
