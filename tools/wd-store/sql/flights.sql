-- PostgreSQL: flights, computed from `sightings`. Safe to run again.

-- The flights between two times. A flight ends where a drone is not received for more than 300 s by any
-- kit. Because buckets are as long as this gap, the result is the same as that of the rows of `drones`.
-- Flights are followed for 24 hours before `since` and after `until`: only of the drones that are in the
-- bucket at that time, because a flight is in each bucket between its first and its last. Encrypted drones,
-- which share the id drone-alert, have none. path_m is the distance between the last positions of the
-- buckets, on a sphere with the mean earth radius (IUGG: 6371008.8 m).
--
-- Positions and identity are taken from the array with the highest time (lowest for the first one); of the
-- same time, the one with the higher (lower) values. array_agg(… ORDER BY …) would sort each flight for
-- each column, which takes most of the time. The function is one SELECT, so that PostgreSQL inlines it and
-- computes only the columns that a query uses. wd-dump has the same definition (tools/wd-dump/flight.c).
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
) LANGUAGE sql STABLE PARALLEL SAFE AS $flights$
	WITH parts AS (
		SELECT s.* FROM sightings AS s
		WHERE s.bucket > since - interval '300 seconds' AND s.bucket < until
		UNION ALL
		SELECT s.* FROM sightings AS s
		WHERE s.bucket > since - interval '24 hours 300 seconds' AND s.bucket <= since - interval '300 seconds'
			AND s.drone_id IN (SELECT w.drone_id FROM sightings AS w
				WHERE w.bucket > since - interval '300 seconds' AND w.bucket <= since)
		UNION ALL
		SELECT s.* FROM sightings AS s
		WHERE s.bucket >= until AND s.bucket < until + interval '24 hours'
			AND s.drone_id IN (SELECT w.drone_id FROM sightings AS w
				WHERE w.bucket >= until - interval '300 seconds' AND w.bucket < until)
	), gaps AS (
		SELECT p.*, p.first - max(p.last) OVER (
			PARTITION BY p.drone_id COLLATE "C" ORDER BY p.first
			ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS gap
		FROM parts AS p
		WHERE p.drone_id NOT LIKE 'drone-alert%'
	), numbered AS (
		SELECT g.*, count(*) FILTER (WHERE g.gap IS NULL OR g.gap > interval '300 seconds')
			OVER (PARTITION BY g.drone_id COLLATE "C" ORDER BY g.first) AS flight
		FROM gaps AS g
	), legs AS (
		SELECT n.*,
			coalesce(lag(n.last_lat) OVER by_position, n.first_lat) AS from_lat,
			coalesce(lag(n.last_lon) OVER by_position, n.first_lon) AS from_lon,
			CASE WHEN n.first_pos_time IS NOT NULL
				THEN ARRAY[date_part('epoch', n.first_pos_time), n.first_lat, n.first_lon] END AS first_pos,
			CASE WHEN n.last_pos_time IS NOT NULL
				THEN ARRAY[date_part('epoch', n.last_pos_time), n.last_lat, n.last_lon] END AS last_pos,
			CASE WHEN n.pilot_time IS NOT NULL
				THEN ARRAY[date_part('epoch', n.pilot_time), n.pilot_lat, n.pilot_lon] END AS pilot,
			CASE WHEN n.home_time IS NOT NULL
				THEN ARRAY[date_part('epoch', n.home_time), n.home_lat, n.home_lon] END AS home,
			CASE WHEN n.identity_time IS NOT NULL
				THEN ARRAY[(date_part('epoch', n.identity_time) * 1000000)::bigint::text, n.description,
					n.rid_make, n.rid_model, n.operator_id, n.callsign] COLLATE "C" END AS identity
		FROM numbered AS n
		WINDOW by_position AS (PARTITION BY n.drone_id COLLATE "C", n.flight
			ORDER BY n.last_pos_time, n.kit_id COLLATE "C")
	)
	SELECT min(l.first), l.drone_id COLLATE "C", max(l.last),
		extract(epoch FROM max(l.last) - min(l.first))::double precision,
		array_agg(DISTINCT l.kit_id COLLATE "C"), sum(l.points)::bigint, max(l.track_type), max(l.max_alt),
		max(l.max_height), max(l.max_speed),
		round(sum(2 * 6371008.8 * asin(sqrt(least(1, sin(radians(l.last_lat - l.from_lat) / 2) ^ 2
			+ cos(radians(l.from_lat)) * cos(radians(l.last_lat))
				* sin(radians(l.last_lon - l.from_lon) / 2) ^ 2)))))::double precision,
		max(l.rssi),
		(min(l.first_pos))[2], (min(l.first_pos))[3], (max(l.last_pos))[2], (max(l.last_pos))[3],
		(max(l.pilot))[2], (max(l.pilot))[3], (max(l.home))[2], (max(l.home))[3],
		(max(l.identity))[2], (max(l.identity))[3], (max(l.identity))[4], (max(l.identity))[5],
		(max(l.identity))[6]
	FROM legs AS l
	GROUP BY l.drone_id COLLATE "C", l.flight
	HAVING min(l.first) < until AND max(l.last) >= since
$flights$;

-- Those of the last 30 days.
CREATE OR REPLACE VIEW flights AS
	SELECT * FROM flights(now() - interval '30 days', now() + interval '5 minutes');
