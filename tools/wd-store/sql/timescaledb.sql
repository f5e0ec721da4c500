-- What only TimescaleDB can do: chunks by time, retention, compression. Does nothing in a database
-- without the extension (CREATE EXTENSION timescaledb). Safe to run again.
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
	-- wd-store --migrate sets wd.keep_rows and the others: seconds, 0 where not given.
	FOR wanted IN
		SELECT name, dimension, ordering, usual, compress, make_interval(secs => given::double precision) AS given
		FROM (VALUES
			('drones', 'time', 'time DESC, drone_id', INTERVAL '30 days', INTERVAL '7 days',
				'wd.keep_rows'),
			('signals', 'time', 'time DESC, freq_mhz', INTERVAL '30 days', INTERVAL '7 days',
				'wd.keep_rows'),
			('system_health', 'time', 'time DESC', INTERVAL '90 days', INTERVAL '7 days',
				'wd.keep_health'),
			-- Later than the others: sightings change as long as rows arrive.
			('sightings', 'bucket', 'bucket DESC, drone_id', INTERVAL '365 days', INTERVAL '31 days',
				'wd.keep_sightings')
		) AS t (name, dimension, ordering, usual, compress, setting),
			coalesce(nullif(current_setting(setting, true), ''), '0') AS given
	LOOP
		PERFORM create_hypertable(wanted.name::regclass, by_range(wanted.dimension),
			create_default_indexes => FALSE, if_not_exists => TRUE,
			migrate_data => TRUE);
		IF wanted.given > INTERVAL '0' THEN
			PERFORM remove_retention_policy(wanted.name::regclass, if_exists => TRUE);
			PERFORM add_retention_policy(wanted.name::regclass, wanted.given,
				if_not_exists => TRUE);
		ELSE
			PERFORM add_retention_policy(wanted.name::regclass, wanted.usual,
				if_not_exists => TRUE);
		END IF;
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
			compress_after => wanted.compress, if_not_exists => TRUE);
	END LOOP;
	-- The policy may have deleted rows that are older, and its age may change.
	UPDATE wd_schema SET rows_kept_from = greatest(rows_kept_from, now() - (
		SELECT (config->>'drop_after')::interval FROM timescaledb_information.jobs
		WHERE proc_name = 'policy_retention' AND hypertable_schema = current_schema()
			AND hypertable_name = 'drones'));
	-- Continuous aggregates, such as drones_hourly of the older Python collector, are refreshed for
	-- rows that arrive late, for as long as the rows are kept: only what has changed is computed.
	-- Not beyond: where rows have been dropped, a refresh would empty the aggregate.
	FOR wanted IN
		SELECT refresh.job_id, jsonb_set(refresh.config, '{start_offset}', coalesce(
			to_jsonb((keep.config->>'drop_after')::interval - INTERVAL '1 day'),
			'null')) AS config
		FROM timescaledb_information.continuous_aggregates AS view
		JOIN timescaledb_information.jobs AS refresh
			ON refresh.proc_name = 'policy_refresh_continuous_aggregate'
			-- Named after the view since TimescaleDB 2.20.
			AND (refresh.hypertable_schema, refresh.hypertable_name) IN (
				(view.materialization_hypertable_schema, view.materialization_hypertable_name),
				(view.view_schema, view.view_name))
		LEFT JOIN timescaledb_information.jobs AS keep
			ON keep.proc_name = 'policy_retention'
			AND keep.hypertable_schema = view.hypertable_schema
			AND keep.hypertable_name = view.hypertable_name
		WHERE view.hypertable_schema = current_schema()
			AND view.hypertable_name IN ('drones', 'signals', 'system_health')
			AND (refresh.config->>'start_offset')::interval <> coalesce(
				(keep.config->>'drop_after')::interval - INTERVAL '1 day', '1000 years')
			AND coalesce((keep.config->>'drop_after')::interval, '1000 years')
				> INTERVAL '2 days'
	LOOP
		PERFORM alter_job(wanted.job_id, config => wanted.config);
	END LOOP;
	-- The default limit (100000) makes an update of many old rows fail with 53400.
	BEGIN
		EXECUTE format('ALTER DATABASE %I SET '
			'timescaledb.max_tuples_decompressed_per_dml_transaction = 0',
			current_database());
	EXCEPTION WHEN insufficient_privilege THEN
		RAISE NOTICE 'not the owner of the database: its limit on decompression stays';
	END;
END
$timescaledb$;
