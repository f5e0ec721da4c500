-- For tables that Citus distributes, which wd-store --migrate --distribute does. Safe to run again.

-- The current time and an interval. Citus refuses functions in DO UPDATE SET that are not declared as immutable. The
-- statements of wd-store are planned each time, so that it is the time of the statement.
CREATE OR REPLACE FUNCTION wd_now_plus(duration interval) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT now() + duration';
