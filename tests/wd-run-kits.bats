# wd-run --kits-from-database: the kits are those that users edit in the table, in PostgreSQL and SQLite.
load lib
load postgresql

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	# As often as the default rate_limit allows.
	export POLL_INTERVAL=2 STATUS_POLL_INTERVAL=3
	pg_database wd 2>/dev/null
	wd-store -q --migrate "$pg_url"
	sim --kits 3
}

teardown() {
	stop_started
	pg_value postgres 'SELECT 1' >/dev/null 2>&1 || pg_up
}

# add_kit N: as a web page does it.
add_kit() {
	psql -qd wd -c "INSERT INTO kits (kit_id, name, api_url) VALUES ('kit-$1', 'Kit $1', '$sim_url/kit-$1')"
}

logged() {
	grep -q -e "$1" run.err
}

# poll_pid: the process of wd-poll that wd-run -v has started.
poll_pid() {
	sed -n 's/^wd-run: started service=wd-poll pid=//p' run.err
}

# delay_dump COMMAND: make ./delayed/wd-dump, which runs COMMAND before wd-dump.
delay_dump() {
	mkdir delayed
	printf '#!/bin/sh\n%s\nexec %s/wd-dump "$@"\n' "$1" "$BIN" >delayed/wd-dump
	chmod +x delayed/wd-dump
}

# stored KIT…: whether rows of exactly these kits have arrived since `since`.
stored() {
	[ "$(pg_value wd 'SELECT string_agg(DISTINCT kit_id, $$ $$ ORDER BY kit_id) FROM system_health')" = "$*" ]
}

@test "kits that are added, renamed and disabled in the table; an empty list; no kits.yaml" {
	start run wd-run -v --kits-from-database "$pg_url"
	wait_for 10 logged 'started service=wd-poll'
	wait_for 10 handles_signals wd-poll "$(poll_pid)"
	add_kit 1
	add_kit 2
	kill -HUP "$started"
	wait_for 10 stored kit-1 kit-2
	psql -qd wd -c "UPDATE kits SET name = 'Mast' WHERE kit_id = 'kit-1'" \
		-c "UPDATE kits SET enabled = false WHERE kit_id = 'kit-2'"
	kill -HUP "$started"
	grep -q . wardragon.spool.kits/database.yaml
	only_mast() {
		diff - wardragon.spool.kits/database.yaml <<-END
			kits:
			- id: "kit-1"
			  name: "Mast"
			  api_url: "$sim_url/kit-1"
		END
	}
	wait_for 10 only_mast
	wait_for 10 eval '[ "$(grep -c "kits reloaded" run.err)" -ge 2 ]'
	ends_within 3 "$started"
	[ "$(pg_value wd 'SELECT kit_id, name, enabled FROM kits ORDER BY 1')" = $'kit-1|Mast|t\nkit-2|Kit 2|f' ]
}

@test "wd-poll reloads only when the list changed" {
	add_kit 1
	start run wd-run -v --kits-from-database "$pg_url"
	wait_for 10 stored kit-1
	before=$(stat -c '%i %y' wardragon.spool.kits/database.yaml)
	# wd-poll has stored the kit that it read meanwhile.
	wd-dump --kits --output wardragon.spool.kits/database.yaml "$pg_url"
	[ "$(stat -c '%i %y' wardragon.spool.kits/database.yaml)" = "$before" ]
	ends_within 3 "$started"
	! logged 'kits reloaded'
}

@test "a change while wd-run does not run is kept: the table is read before kits are polled" {
	add_kit 1
	run -0 wd-run --once --kits-from-database "$pg_url"
	psql -qd wd -c "UPDATE kits SET enabled = false, name = 'Van' WHERE kit_id = 'kit-1'"
	add_kit 2
	run -0 wd-run --once --kits-from-database "$pg_url"
	[ "$(pg_value wd 'SELECT kit_id, name, enabled FROM kits ORDER BY 1')" = $'kit-1|Van|f\nkit-2|Kit 2|t' ]
}

@test "the database is unavailable: the kits stay, the reason is logged once; then changes arrive" {
	add_kit 1
	start run wd-run --kits-from-database "$pg_url"
	wait_for 10 stored kit-1
	pg_down
	kill -HUP "$started"
	wait_for 10 logged 'wd-run: cannot read the kits of the database: keeping the previous ones status=75 retry_in=30s'
	logged 'wd-dump: the database is unavailable reason='
	polls=$(cat wardragon.spool/*/* wardragon.spool/tmp/*/* 2>/dev/null | grep -c '"type":"reply"')
	kill -HUP "$started"
	polled() {
		[ "$(cat wardragon.spool/*/* wardragon.spool/tmp/*/* 2>/dev/null | grep -c '"type":"reply"')" -gt "$polls" ]
	}
	wait_for 10 polled
	pg_up
	add_kit 3
	again() {
		kill -HUP "$started"
		stored kit-1 kit-3
	}
	wait_for 20 again
	logged 'wd-run: the kits of the database can be read again'
	[ "$(grep -c 'wd-dump: the database is unavailable' run.err)" = 1 ]
	ends_within 3 "$started"
}

@test "kits.yaml overrides the table, and may be empty" {
	add_kit 1
	add_kit 2
	printf 'kits:\n- id: kit-1\n  name: Mine\n  api_url: %s/kit-1\n' "$sim_url" >kits.yaml
	run -0 wd-run --once --kits-from-database "$pg_url"
	stored kit-1 kit-2
	[ "$(pg_value wd "SELECT name FROM kits WHERE kit_id = 'kit-1'")" = Mine ]
	echo 'kits: []' >empty.yaml
	run -0 wd-run --once -c empty.yaml --kits-from-database --spool other "$pg_url"
	[ -s other.kits/database.yaml ]
	run -78 wd-run --once -c missing.yaml --kits-from-database "$pg_url"
}

@test "SQLite; a database without the tables keeps the previous list" {
	run -0 wd-run --once --kits-from-database sqlite:t.db
	[[ $output == *'wd-run: cannot read the kits of the database: keeping the previous ones status=66 retry_in=30s'* ]]
	wd-store -q --migrate sqlite:t.db
	sqlite_value t.db "INSERT INTO kits (kit_id, api_url) VALUES ('kit-1', '$sim_url/kit-1')"
	run -0 wd-run --once --kits-from-database sqlite:t.db
	[ "$(sqlite_value t.db 'SELECT DISTINCT kit_id FROM system_health')" = kit-1 ]
	cp wardragon.spool.kits/database.yaml before
	sqlite3 empty.db 'CREATE TABLE other (a)'
	run wd-run --once --kits-from-database sqlite:empty.db
	[[ $output == *'status=78 retry_in=30s'* ]]
	cmp before wardragon.spool.kits/database.yaml
}

@test "on SIGHUP the table is read before wd-poll writes its records of the kits, which would overwrite a change" {
	delay_dump 'sleep 1.5'
	add_kit 1
	PATH=$PWD/delayed:$PATH start run wd-run --kits-from-database "$pg_url"
	wait_for 10 stored kit-1
	psql -qd wd -c "UPDATE kits SET name = 'Mast'"
	kill -HUP "$started"
	wait_for 10 grep -q Mast wardragon.spool.kits/database.yaml
	wait_for 10 logged 'wd-poll: kits reloaded'
	ends_within 3 "$started"
	[ "$(pg_value wd 'SELECT name FROM kits')" = Mast ]
}

@test "after wd-poll was killed the table is read before it starts again" {
	delay_dump 'sleep 1.5'
	add_kit 1
	PATH=$PWD/delayed:$PATH start run wd-run -v --kits-from-database "$pg_url"
	wait_for 10 stored kit-1
	psql -qd wd -c "UPDATE kits SET name = 'Mast'"
	kill -9 "$(poll_pid)"
	wait_for 20 eval '[ "$(grep -c "started service=wd-poll" run.err)" = 2 ]'
	grep -q Mast wardragon.spool.kits/database.yaml
	psql -qd wd -c "DELETE FROM system_health"
	wait_for 20 stored kit-1
	ends_within 3 "$started"
	[ "$(pg_value wd 'SELECT name FROM kits')" = Mast ]
}

@test "after wd-poll was killed it starts again though the table cannot be read" {
	delay_dump '[ ! -e hang ] || exec sleep 60'
	add_kit 1
	PATH=$PWD/delayed:$PATH start run wd-run -v --kits-from-database "$pg_url"
	wait_for 10 stored kit-1
	touch hang
	kill -9 "$(poll_pid)"
	wait_for 40 eval '[ "$(grep -c "started service=wd-poll" run.err)" = 2 ]'
	psql -qd wd -c "DELETE FROM system_health"
	wait_for 20 stored kit-1
	ends_within 5 "$started"
}
