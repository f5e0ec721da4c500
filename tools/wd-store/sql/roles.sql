-- Two roles without a login, to be granted to people and services:
--   CREATE ROLE collector LOGIN IN ROLE wd_writer;  CREATE ROLE grafana LOGIN IN ROLE wd_reader;
-- wd_writer can insert and update rows; it can neither delete rows nor change tables.
-- wd_reader can read.
-- For wd-store --migrate --roles, as a user who owns the tables and may create roles. Safe to run
-- again.

DO $roles$
DECLARE
	role_name text;
BEGIN
	FOREACH role_name IN ARRAY ARRAY['wd_writer', 'wd_reader'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
		END IF;
		EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
		EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role_name);
	END LOOP;
	-- By default every user may create temporary tables and large objects.
	EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO wd_writer', current_database());
	BEGIN
		REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid),
			lo_from_bytea(oid, bytea) FROM PUBLIC;
	EXCEPTION WHEN insufficient_privilege THEN
		RAISE NOTICE 'not a superuser: every user may still create large objects';
	END;
END
$roles$;

GRANT SELECT, INSERT, UPDATE ON drones, signals, system_health, kits, rejects, coverage, events,
	sightings TO wd_writer;
GRANT SELECT ON wd_schema TO wd_writer;
GRANT SELECT ON drones, signals, system_health, kits, rejects, coverage, events, sightings,
	flights, wd_schema TO wd_reader;
