# The table `sightings` equals the aggregate of the rows, however they arrived.
load lib
load postgresql
load store
load store_both

sightings() {
	"$ROOT/tests/sightings.py" "$@"
}

# table TARGET: its sightings, sorted.
table() {
	case $1 in
		sqlite:*) sqlite_value "${1#sqlite:}" 'SELECT * FROM sightings' ;;
		*) pg_value wd 'SELECT * FROM sightings' ;;
	esac | LC_ALL=C sort
}

@test "one batch and many, in any order and repeated: always the aggregate of the rows" {
	sightings lines 1 700 >lines
	for target in "${targets[@]}"; do
		wd-store -q "$target" lines
		sightings check "$target"
		table "$target" >once
		[ "$(wc -l <once)" = 48 ]
		wd-store -q --batch 7 "$target" lines
		sightings check "$target"
		shuf --random-source=lines lines | wd-store -q --batch 100 "$target"
		sightings check "$target"
	done
}

@test "a large batch without repeats goes straight into the table, and is counted once" {
	drones 1 6000 >lines
	for target in "${targets[@]}"; do
		wd-store -q --batch 2000 "$target" lines
		sightings check "$target"
		table "$target" >once
		wd-store -q "$target" lines
		table "$target" | diff once -
	done
}

@test "several writers at once" {
	for seed in 1 2 3 4; do
		sightings lines $seed 600 >lines.$seed
	done
	for seed in 1 2 3 4; do
		start out.$seed wd-store -q --batch 50 "$pg_url" lines.$seed lines.1
	done
	wd-store -q --jobs 3 --batch 40 "$pg_url" lines.*
	wait
	cat out.*.err
	sightings check "$pg_url"
	for seed in 1 2; do
		start out.$seed wd-store -q --batch 50 sqlite:t.db lines.$seed
	done
	wait
	sightings check sqlite:t.db
}

idle() {
	[ "$(pg_value wd "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'wd-store'")" = 0 ]
}

@test "kill -9 and a second run" {
	rows() {
		wd-dump --type drone "$1" | wc -l
	}
	for target in "${targets[@]}"; do
		wd-store -q --migrate "$target"
		for seed in 5 6 7; do
			sightings lines $seed 1000 >lines.$seed
			before=$(rows "$target")
			start out wd-store -q --batch 5 "$target" lines.$seed
			wait_for 10 eval "[ \$(rows '$target') -gt $before ]"
			kill_now "$started" || true
			# A statement that was sent is executed all the same; the check reads rows and sightings one after the other.
			wait_for 10 idle
			sightings check "$target"
		done
		wd-store -q "$target" lines.*
		sightings check "$target"
	done
}

@test "a database without the table is 78; --migrate computes it from the rows" {
	sightings lines 1 2000 >lines
	wd-store -q "$pg_url" lines
	psql -qd wd -c 'DROP TABLE sightings' -c 'UPDATE wd_schema SET sightings_from = NULL'
	for command in "wd-store $pg_url lines" "wd-store --check $pg_url"; do
		run -78 $command
		[[ $output == *'lacks a '*'table=sightings '*'hint="wd-store --migrate"'* ]]
	done
	run -0 wd-store --migrate "$pg_url"
	[ "${lines[0]}" = 'wd-store: computed sightings sightings=48' ]
	sightings check "$pg_url"
	run -0 wd-store --migrate "$pg_url"
	[ "$output" = 'wd-store: the tables are complete' ]
	wd-store -q sqlite:t.db lines
	run -0 wd-store --check sqlite:t.db
	[[ $output != *incomplete* ]]
	sqlite_value t.db 'DROP TABLE sightings; UPDATE wd_schema SET sightings_from = NULL'
	drone 1 >line
	wd-store -q sqlite:t.db line
	sightings check sqlite:t.db
}

@test "an interrupted --migrate is continued where it stopped" {
	for hour in 1 2 3 4 5; do
		drones 1 50 | sed "s/T00:/T0$hour:/"
	done >lines
	wd-store -q "$pg_url" lines
	table "$pg_url" >all
	psql -qd wd -c 'TRUNCATE sightings' -c "UPDATE wd_schema SET sightings_from = '2026-11-23T03:00:00Z'"
	wd-store -q --migrate "$pg_url"
	[ "$(pg_value wd 'SELECT count(*), max(bucket) AT TIME ZONE $$UTC$$ FROM sightings')" = '100|2026-11-23 02:00:00' ]
	psql -qd wd -c 'TRUNCATE sightings' -c 'UPDATE wd_schema SET sightings_from = NULL'
	mkfifo hold
	psql -qXd wd <hold >/dev/null 3>&- &
	stop_later $!
	exec 8>hold
	echo 'BEGIN; LOCK TABLE sightings;' >&8
	waits() {
		[ "$(pg_value wd "SELECT count(*) FROM pg_locks WHERE relation = 'sightings'::regclass AND NOT granted")" = 1 ]
	}
	wait_for 5 eval "[ \"\$(pg_value wd \"SELECT count(*) FROM pg_locks WHERE relation = 'sightings'::regclass AND granted\")\" = 1 ]"
	start out wd-store --refill 4000d "$pg_url"
	wait_for 5 waits
	kill "$started"
	echo 'COMMIT;' >&8
	exec 8>&-
	ended_with 75 "$started"
	grep -q 'stopped before all sightings were computed hint=' out.err
	run -0 wd-store --check "$pg_url"
	[[ $output == *'sightings are incomplete hint="wd-store --migrate"'* ]]
	wd-store -q --migrate "$pg_url"
	run -0 wd-store --check "$pg_url"
	[[ $output != *incomplete* ]]
	table "$pg_url" | diff all -
}

@test "--refill follows another program that wrote to drones, and leaves older sightings unchanged" {
	drones 1 20 >lines
	for target in "${targets[@]}"; do
		wd-store -q "$target" lines
		statement="UPDATE drones SET lat = 7; DELETE FROM drones WHERE drone_id = 'd3'"
		case $target in
			sqlite:*) sqlite_value t.db "$statement" ;;
			*) pg_value wd "$statement" ;;
		esac
		run -1 sightings check "$target"
		wd-store -q --refill 2026-11-24 "$target"
		run -1 sightings check "$target"
		run -0 wd-store --refill 2026-11-23 "$target"
		[ "${lines[-1]}" = 'wd-store: the sightings are complete' ]
		sightings check "$target"
	done
	run -64 wd-store --refill yesterday "$pg_url"
	run -64 wd-store --refill 7d --migrate "$pg_url"
	run -64 wd-store --refill 7d "$pg_url" lines
}

@test "writers beside --refill" {
	for seed in 1 2 3; do
		sightings lines $seed 800 >lines.$seed
	done
	wd-store -q "$pg_url" lines.1
	start out.2 wd-store -q --batch 30 "$pg_url" lines.2
	writer=$started
	start out.3 wd-store -q --batch 30 "$pg_url" lines.3
	for round in 1 2 3 4 5; do
		wd-store -q --refill 4000d "$pg_url"
	done
	wait "$writer" "$started"
	sightings check "$pg_url"
}

@test "an error of sightings is 78 and never rejects a row" {
	drones 1 1500 >lines
	head -5 lines >few
	for statement in 'ADD CONSTRAINT never CHECK (points < 0) NOT VALID' 'DROP COLUMN rssi' \
		'ADD COLUMN site text NOT NULL DEFAULT NULL'; do
		psql -qd wd -c "ALTER TABLE sightings $statement"
		for input in lines few; do
			run -78 wd-store "$pg_url" $input
			[[ $output == *' table=sightings '*' hint='* ]]
		done
		run -78 wd-store --check "$pg_url"
		[ "$(pg_value wd 'SELECT (SELECT count(*) FROM drones) + (SELECT count(*) FROM rejects)')" = 0 ]
		psql -qd wd -c 'DROP TABLE sightings'
		wd-store -q --migrate "$pg_url"
	done
	wd-store -q "$pg_url" lines
	sightings check "$pg_url"
}

@test "triggers that alter and drop drones, and a view in their place" {
	psql -qd wd <<-'SQL'
		CREATE FUNCTION alter_drone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			NEW.alt := 5; IF NEW.drone_id = 'd3' THEN RETURN NULL; END IF; RETURN NEW; END $$;
		CREATE TRIGGER alter_drone BEFORE INSERT ON drones FOR EACH ROW EXECUTE FUNCTION alter_drone();
	SQL
	drones 1 2500 >lines
	sightings lines 1 500 >>lines
	wd-store -q "$pg_url" lines
	sightings check "$pg_url"
	wd-store -q --batch 9 "$pg_url" lines
	sightings check "$pg_url"
	psql -qd wd -c 'TRUNCATE drones, sightings' -c 'DROP TRIGGER alter_drone ON drones' \
		-c 'ALTER TABLE drones RENAME TO drones_raw' -c 'CREATE VIEW drones AS SELECT * FROM drones_raw'
	wd-store -q "$pg_url" lines lines
	sightings check "$pg_url"
}

# flights_of SINCE UNTIL: what the function gives, as sightings.py prints flights.
flights_of() {
	pg_value wd "SELECT concat_ws(' ', drone_id, to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
		to_char(ended AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), points, array_to_string(kit_ids, ','))
		FROM flights('$1', '$2') ORDER BY drone_id, started"
}

# track KIT DRONE SECOND…: a line for each second since 2026-11-23T10:00:00Z, flying north.
track() {
	local kit=$1 drone=$2 second
	shift 2
	for second; do
		jq -nc --arg kit "$kit" --arg drone "$drone" --argjson second "$second" '{type: "drone", kit_id: $kit,
			drone_id: $drone, time: (1795428000 + $second | todate), lat: (42 + $second / 100000), lon: -71,
			alt: $second, operator_id: "op-\($second)"}'
	done
}

@test "flights(since, until): the same as from the rows, with several kits and gaps of exactly 300 s" {
	{
		track a gap 0 100 400 701 702
		track b gap 650
		track a long 0 200 400
		track b long 100 5000 5001
		track a drone-alert 0
	} >lines
	for seed in 1 2 3; do
		"$ROOT/tests/sightings.py" lines $seed 40 >>lines
	done
	wd-store -q "$pg_url" lines
	"$ROOT/tests/sightings.py" flights "$pg_url" | grep -v ^drone-alert >wanted
	grep -q '^gap .* 6 a,b$' wanted
	[ "$(grep -c ^long wanted)" = 2 ]
	flights_of 2000-01-01 2030-01-01 | diff wanted -
	# The whole flight, also where it only overlaps the time.
	[ "$(flights_of 2026-11-23T10:06:00Z 2026-11-23T10:06:01Z)" = "$(grep -E '^(gap|long .*10:00:00)' wanted)" ]
	[ "$(flights_of 2026-11-23T10:12:00Z 2026-11-23T11:00:00Z)" = '' ]
}

# flight_lines_of SINCE UNTIL: what the function gives, as lines that wd-dump prints, with their members sorted.
flight_lines_of() {
	pg_value wd "SELECT jsonb_strip_nulls(to_jsonb(f) - 'started' || jsonb_build_object('type', 'flight',
			'time', to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
			'ended', to_char(ended AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')))
		FROM flights('$1', '$2') AS f ORDER BY started, drone_id COLLATE \"C\"" | jq -cS .
}

@test "wd-dump --type flight: the same from PostgreSQL, from SQLite, and from flights()" {
	{
		track a gap 0 100 400 701 702
		track b gap 650
		track b long 100 5000 5001
		track a long 0 200 400
		track a drone-alert 0
		track c Upper 86000 86100
		track $'k"<\\\u0085' a,1 0
		track 'k]' a,1 0
		for seed in 1 2 3; do
			sightings lines $seed 400
		done
	} >lines
	for target in "${targets[@]}"; do
		wd-store -q "$target" lines
	done
	dumped() {
		wd-dump --type flight "$@" "${targets[1]}" >postgresql
		wd-dump --type flight "$@" "${targets[0]}" | cmp postgresql -
		jq -cS . postgresql
	}
	dumped >all
	[ "$(wc -l <all)" = 9 ]
	jq -se 'any(.kit_ids == ["k\"<\\\u0085", "k]"])' all
	flight_lines_of 2000-01-01 2030-01-01 | diff all -
	for minute in 00 06 12; do
		dumped --since "2026-11-23T10:$minute:00Z" --until "2026-11-23T10:$minute:30Z" >some
		flight_lines_of "2026-11-23T10:$minute:00Z" "2026-11-23T10:$minute:30Z" | diff some -
	done
	dumped --since 2026-11-24 >some
	[ "$(jq -r .drone_id some)" = Upper ]
	dumped --drone gap --drone Upper --kit b | diff - <(jq -c 'select(.drone_id == "gap")' all)
	dumped --limit 3 --kit a --kit c | diff - <(jq -c 'select(.kit_ids - ["a", "c"] != .kit_ids)' all | tail -3)
	# Only if it is named, and between the others by its time.
	wd-dump sqlite:t.db | not grep '"flight"'
	wd-dump --type flight --type drone sqlite:t.db >both
	jq -r .time both | sort -c
	[ "$(jq -r .type both | sort -u | xargs)" = 'drone flight' ]
	# Another database does not store what it computes.
	run -0 wd-store sqlite:copy.db both
	[[ $output == *" ignored=$(wc -l <all)" ]]
	wd-dump --type flight sqlite:copy.db | jq -cS . | diff all -
}

@test "wd-dump --type flight without the table sightings" {
	drone 1 >line
	wd-store -q sqlite:old.db line
	sqlite_value old.db 'DROP TABLE sightings'
	run -78 wd-dump --type flight sqlite:old.db
	[[ $output == *'no such table in the database table=sightings hint="wd-store --migrate"' ]]
}

@test "a flight has its length, highest values, positions and the newest identity" {
	track a d 0 200 400 | wd-store -q "$pg_url"
	diff - <(pg_value wd "SELECT points, duration_s, max_alt, path_m, first_lat, last_lat, operator_id
		FROM flights('2026-11-23', '2026-11-24')") <<<'3|400|400|445|42|42.004|op-400'
	track a now 0 | jq -c '.time = (now | todate)' | wd-store -q "$pg_url"
	[ "$(pg_value wd 'SELECT string_agg(drone_id, $$,$$ ORDER BY started DESC) FROM flights' | cut -d, -f1)" = now ]
}

@test "a limit of the configuration that --refill exceeds is 78, and the hint names it" {
	drones 1 20000 | wd-store -q "$pg_url"
	PGOPTIONS='-c work_mem=64kB -c temp_file_limit=64kB -c enable_hashagg=off' \
		run -78 wd-store --refill 2026-11-23 "$pg_url"
	[[ $output == *' sqlstate=53400 reason="temporary file size exceeds temp_file_limit (64kB)" hint="raise the limit that the reason names"' ]]
	sightings check "$pg_url"
}
