# wd-store --prune: deletes old rows. On TimescaleDB: timescaledb.bats.
load lib
load postgresql
load store
load store_both

# count TABLE TARGET
count() {
	value_of "$2" "SELECT count(*) FROM $1"
}

# aged DAYS…: a line of each type that has a time, of so many days ago; and a kit.
aged() {
	local days
	echo '{"type":"kit","kit_id":"k"}'
	for days; do
		jq -nc --argjson days "$days" '(now - 86400 * $days | floor | todate) as $time
			| {type: "drone", time: $time, kit_id: "k", drone_id: "d"},
			{type: "signal", time: $time, kit_id: "k", freq_mhz: 5800},
			{type: "system_health", time: $time, kit_id: "k", temp_cpu: 50},
			{type: "coverage", time: $time, kit_id: "k", state: "listening"},
			{type: "event", time: $time, rule: "r", zone: "", event: "enter", subject: "d", text: "t"},
			{type: "reject", time: $time, kit_id: "k", stage: "wd-normalize", raw: $time}'
	done
}

@test "detections are kept for 30 days, health, coverage and rejects for 90; kits always" {
	aged 0 10 40 100 >lines
	for target in "${targets[@]}"; do
		wd-store -q "$target" lines
		run -0 wd-store --prune "$target"
		diff - <(printf '%s\n' "${lines[@]}") <<-'END'
			wd-store: deleted old rows table=drones rows=2
			wd-store: deleted old rows table=signals rows=2
			wd-store: deleted old rows table=system_health rows=1
			wd-store: deleted old rows table=coverage rows=1
			wd-store: deleted old rows table=rejects rows=1
			wd-store: old rows are deleted
		END
		[ "$(count drones "$target") $(count coverage "$target") $(count kits "$target")" = '2 3 1' ]
		run -0 wd-store --prune "$target"
		[ "$output" = 'wd-store: old rows are deleted' ]
		wd-store -q --prune --keep-rows 5d --keep-health 20d "$target"
		[ "$(count signals "$target") $(count system_health "$target") $(count rejects "$target")" = '1 2 2' ]
	done
}

@test "sightings and events are kept for a year; rows that are stored again after that are not counted twice" {
	aged 0 100 400 >lines
	for target in "${targets[@]}"; do
		for round in 1 2; do
			wd-store -q "$target" lines
			[ "$(count sightings "$target")" = 3 ]
			wd-store -q --prune --keep-rows 20d "$target"
			[ "$(count drones "$target") $(count sightings "$target") $(count events "$target")" = '1 2 2' ]
		done
		wd-store -q "$target" lines
		case $target in
			sqlite:*) points=$(sqlite_value t.db 'SELECT sum(points) FROM sightings') ;;
			*) points=$(pg_value wd 'SELECT sum(points) FROM sightings') ;;
		esac
		[ "$points" = 3 ]
		wd-store -q --refill 4000d "$target"
		[ "$(count sightings "$target")" = 3 ]
		wd-store -q --prune --keep-rows 20d --keep-sightings 30d "$target"
		[ "$(count sightings "$target") $(count events "$target")" = '1 1' ]
	done
}

@test "ages count from the newest row, and no time of the future counts" {
	aged 1000 1010 1100 >old
	{ aged 0 40 && jq -nc '{type: "drone", time: (now + 86400 * 365 | todate), kit_id: "k", drone_id: "future"}'; } >future
	for target in "${targets[@]}"; do
		wd-store -q "$target" old
		wd-store -q --prune "$target"
		[ "$(count drones "$target")" = 2 ]
		wd-store -q "$target" future
		wd-store -q --prune "$target"
		[ "$(count drones "$target")" = 2 ]
	done
}

@test "many rows are deleted in portions; a SQLite file shrinks" {
	aged 0 >new
	# 25,000 rows of one time each, then 15,000 of the same time.
	drones 1 25000 | sed 's/2026-11-23/2020-01-01/' >old
	drones 25001 40000 | jq -c '.time = "2020-01-02T00:00:00Z"' >>old
	for target in "${targets[@]}"; do
		wd-store -q "$target" old new
		run -0 wd-store --prune "$target"
		[ "${lines[0]}" = 'wd-store: deleted old rows table=drones rows=40000' ]
		[ "$(count drones "$target")" = 1 ]
	done
	[ "$(stat -c %s t.db)" -lt 300000 ]
	[ "$(sqlite_value t.db 'PRAGMA integrity_check')" = ok ]
}

@test "SIGTERM ends it between two portions, with status 75" {
	drones 1 25000 | sed 's/2026-11-23/2020-01-01/' >lines
	aged 0 >>lines
	wd-store -q "$pg_url" lines
	mkfifo hold
	psql -qXd wd <hold >/dev/null 3>&- &
	stop_later $!
	exec 8>hold
	echo 'BEGIN; LOCK TABLE drones;' >&8
	wait_for 5 eval "[ \"\$(pg_value wd \"SELECT count(*) FROM pg_locks WHERE relation = 'drones'::regclass AND mode = 'AccessExclusiveLock' AND granted\")\" = 1 ]"
	start out wd-store --prune "$pg_url"
	wait_for 5 eval "[ \"\$(pg_value wd \"SELECT count(*) FROM pg_locks WHERE relation = 'drones'::regclass AND NOT granted\")\" = 1 ]"
	kill "$started"
	echo 'COMMIT;' >&8
	exec 8>&-
	ended_with 75 "$started"
	grep -q 'stopped before all old rows were deleted' out.err
	[ "$(count drones "$pg_url")" = 15001 ]
}

@test "a missing privilege is named with what to do; misuse is status 64" {
	wd-store -q --migrate --roles "$pg_url"
	psql -qd wd -c 'DROP ROLE IF EXISTS pruner' -c 'CREATE ROLE pruner LOGIN IN ROLE wd_writer'
	aged 0 40 | wd-store -q "$pg_url"
	pruner=${pg_url/wardragon@/pruner@}
	for command in --prune '--refill 90d'; do
		# shellcheck disable=SC2086
		run -78 wd-store $command "$pruner"
		[[ $output == 'wd-store: the user lacks a privilege that deleting rows needs table='*' privilege=DELETE hint="run this as the owner of the tables, or GRANT the privilege to this user"' ]]
	done
	psql -qd wd -c 'GRANT DELETE ON drones, signals, system_health, rejects, coverage, events, sightings TO pruner'
	wd-store -q --refill 90d "$pruner"
	run -78 wd-store --prune "$pruner"
	[[ $output == *' table=wd_schema privilege=UPDATE hint='* ]]
	[ "$(count drones "$pg_url")" = 2 ]
	psql -qd wd -c 'GRANT UPDATE ON wd_schema TO pruner'
	wd-store -q --prune "$pruner"
	[ "$(count drones "$pg_url")" = 1 ]
	psql -qd wd -c 'DROP OWNED BY pruner'
	psql -qd wd -c 'DROP ROLE pruner'
	run -66 wd-store --prune sqlite:missing.db
	[ "$output" = 'wd-store: no such database file=missing.db' ]
	[ ! -e missing.db ]
	run -64 wd-store --keep-rows 30d sqlite:t.db
	run -64 wd-store --prune --check sqlite:t.db
	run -64 wd-store --prune --keep-rows 30 sqlite:t.db
	run -64 wd-store --prune sqlite:t.db old
	[[ $output == *'read no file'* ]]
}
