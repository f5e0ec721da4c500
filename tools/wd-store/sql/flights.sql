-- PostgreSQL: flights, computed from `sightings`. Safe to run again.

-- The flights between two times. A flight ends where a drone is not received for more than 300 s by any
-- kit. Because buckets are as long as this gap, the result is the same as that of the rows of `drones`.
-- Flights are followed for 24 hours before `since` and after `until`. Encrypted drones, which share the
-- id drone-alert, have none. path_m is the distance between the last positions of the buckets, on a
-- sphere with the mean earth radius (IUGG: 6371008.8 m).
CREATE OR REPLACE FUNCTION flights(since timestamptz, until timestamptz)
RETURNS TABLE (
	started timestamptz, drone_id text, ended timestamptz, duration_s double precision, kit_ids text[],
	points bigint, track_type text, max_alt double precision, max_height double precision,
	max_speed double precision, path_m double precision, rssi integer,
	first_lat double precision, first_lon double precision,
	last_lat double precision, last_lon double precision,
	pilot_lat double precision, pilot_lon double precision,
	home_lat double precision, home_lon double precision,
	description text, rid_make text, rid_model text, operator_id text, callsign text
) LANGUAGE sql STABLE AS $flights$
	WITH gaps AS (
		SELECT s.*, s.first - max(s.last) OVER (PARTITION BY s.drone_id ORDER BY s.first, s.kit_id
			ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS gap
		FROM sightings AS s
		WHERE s.bucket > since - interval '24 hours 300 seconds' AND s.bucket < until + interval '24 hours'
			AND s.drone_id NOT LIKE 'drone-alert%' AND s.drone_id IN (
				SELECT w.drone_id FROM sightings AS w
				WHERE w.bucket > since - interval '300 seconds' AND w.bucket < until)
	), parts AS (
		SELECT g.*, count(*) FILTER (WHERE g.gap IS NULL OR g.gap > interval '300 seconds')
			OVER (PARTITION BY g.drone_id ORDER BY g.first, g.kit_id) AS flight
		FROM gaps AS g
	), legs AS (
		SELECT p.*,
			coalesce(lag(p.last_lat) OVER by_position, p.first_lat) AS from_lat,
			coalesce(lag(p.last_lon) OVER by_position, p.first_lon) AS from_lon
		FROM parts AS p
		WINDOW by_position AS (PARTITION BY p.drone_id, p.flight ORDER BY p.last_pos_time, p.kit_id)
	)
	SELECT min(l.first), l.drone_id, max(l.last),
		extract(epoch FROM max(l.last) - min(l.first))::double precision,
		array_agg(DISTINCT l.kit_id), sum(l.points)::bigint, max(l.track_type), max(l.max_alt),
		max(l.max_height), max(l.max_speed),
		round(sum(2 * 6371008.8 * asin(sqrt(least(1, sin(radians(l.last_lat - l.from_lat) / 2) ^ 2
			+ cos(radians(l.from_lat)) * cos(radians(l.last_lat))
				* sin(radians(l.last_lon - l.from_lon) / 2) ^ 2)))))::double precision,
		max(l.rssi),
		(array_agg(l.first_lat ORDER BY l.first_pos_time, l.kit_id))[1],
		(array_agg(l.first_lon ORDER BY l.first_pos_time, l.kit_id))[1],
		(array_agg(l.last_lat ORDER BY l.last_pos_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.last_lon ORDER BY l.last_pos_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.pilot_lat ORDER BY l.pilot_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.pilot_lon ORDER BY l.pilot_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.home_lat ORDER BY l.home_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.home_lon ORDER BY l.home_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.description ORDER BY l.identity_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.rid_make ORDER BY l.identity_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.rid_model ORDER BY l.identity_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.operator_id ORDER BY l.identity_time DESC NULLS LAST, l.kit_id))[1],
		(array_agg(l.callsign ORDER BY l.identity_time DESC NULLS LAST, l.kit_id))[1]
	FROM legs AS l
	GROUP BY l.drone_id, l.flight
	HAVING min(l.first) < until AND max(l.last) >= since
$flights$;

-- Those of the last 30 days.
CREATE OR REPLACE VIEW flights AS
	SELECT * FROM flights(now() - interval '30 days', now() + interval '5 minutes');
