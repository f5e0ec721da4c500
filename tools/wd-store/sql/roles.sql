-- Two roles without a login, to be granted to people and services:
--   CREATE ROLE collector LOGIN IN ROLE wd_writer;  CREATE ROLE grafana LOGIN IN ROLE wd_reader;
-- wd_writer stores: it can insert and update, but neither delete nor change a table.
-- wd_reader reads. For this, wd-store --migrate --roles or psql -1 -f roles.sql, as whoever owns
-- the tables and may create roles. Harmless when it is run again.

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
	EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO wd_writer', current_database());
END
$roles$;

GRANT SELECT, INSERT, UPDATE ON drones, signals, system_health, kits, rejects, coverage
	TO wd_writer;
GRANT SELECT ON wd_schema TO wd_writer;
GRANT SELECT ON drones, signals, system_health, kits, rejects, coverage, wd_schema TO wd_reader;
