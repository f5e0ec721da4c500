# The services under a real systemd, in a container: start, secrets, reload, crash, watchdog, stop, PostgreSQL,
# upgrade, uninstall.
load lib

packages=systemd,systemd-sysv,dbus,postgresql,jq,sqlite3,libcurl4,libpq5,libyaml-0-2,libjq1,libsqlite3-0,libmicrohttpd12,libssl3,libmosquitto1,libgeos-c1v5,librabbitmq4,curl

setup_file() {
	[ "$WD_CHECK" = long ] && [ "$(id -u)" = 0 ] || return 0
	command -v debootstrap systemd-nspawn >/dev/null || return 0
	export TREE=$BATS_FILE_TMPDIR/tree
	debootstrap --variant=minbase --include="$packages" "$(codename)" "$TREE" >"$BATS_FILE_TMPDIR/log" 2>&1
	chmod 755 "$TREE"
	install_tools
	# Neither a bus nor a service manager of the host is needed.
	systemd-nspawn -q -b -D "$TREE" --private-network --register=no --keep-unit </dev/null \
		>"$BATS_FILE_TMPDIR/boot" 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/nspawn"
	wait_for 60 booted
	inside bash -c 'systemd-sysusers; systemd-tmpfiles --create
		systemd-run -q --unit=sim wd-sim --kits 2 --port 8088'
	wait_for 10 inside bash -c 'wd-poll -qq --once --url http://127.0.0.1:8088/kit-1 >/dev/null'
	write_kits 8088
	inside bash -c 'echo tok-1 >/etc/wardragon/credentials/one.token'
}

# The programs are those of this machine, so the container has the same release of Debian.
codename() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

install_tools() {
	make -s -C "$ROOT" install DESTDIR="$TREE" PREFIX=/usr >/dev/null 3>&-
}

# inside COMMAND…: run it in the container, whose init is the child of systemd-nspawn.
inside() {
	local init
	init=$(pgrep -P "$(<"$BATS_FILE_TMPDIR/nspawn")")
	nsenter -t "$init" -m -u -i -n -p -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" 3>&-
}

booted() {
	inside systemctl is-active -q multi-user.target
}

# write_kits PORT: two kits, the first with a token.
write_kits() {
	cat >"$TREE/etc/wardragon/kits.yaml" <<-YAML
		kits:
		  - id: kit-001
		    api_url: "http://127.0.0.1:$1/kit-1"
		    bearer_token_file: credentials/one.token
		  - id: kit-002
		    api_url: "http://127.0.0.1:$1/kit-2"
	YAML
}

teardown_file() {
	[ -f "$BATS_FILE_TMPDIR/nspawn" ] || return 0
	inside systemctl poweroff || true
	wait_for 30 not kill -0 "$(<"$BATS_FILE_TMPDIR/nspawn")"
}

setup() {
	[ "$WD_CHECK" = long ] || skip "long: boots a whole Debian (scripts/check --long)"
	[ "$(id -u)" = 0 ] || skip "needs root, for a container"
	command -v debootstrap systemd-nspawn >/dev/null || skip "needs debootstrap and systemd-container"
}

# value SQL: what the service stored, with SQLite.
value() {
	inside sqlite3 -readonly -cmd '.timeout 20000' /var/lib/wardragon/wardragon.db "$1"
}

# more_than NUMBER: whether that many drone rows are stored.
more_than() {
	[ "$(value 'SELECT count(*) FROM drones')" -gt "$1" ]
}

active() {
	[ "$(inside systemctl is-active "$1")" = active ]
}

pid_of() {
	inside systemctl show -p MainPID --value "$1"
}

# replaced SERVICE PID: whether it runs again, as another process.
replaced() {
	local now
	now=$(pid_of "$1")
	[ "$now" != 0 ] && [ "$now" != "$2" ] && active "$1"
}

logged() {
	inside journalctl -q --no-pager -u "$1" | grep -q -e "$2"
}

@test "enable --now starts the services, with a secret, and rows are stored" {
	inside systemctl daemon-reload
	inside systemctl enable -q --now wardragon.target wd-poll wd-drain wd-health-report.timer
	active wd-poll
	active wd-drain
	wait_for 20 more_than 0
	[ "$(value 'SELECT count(*) FROM kits')" = 2 ]
}

@test "reload reads a changed kits.yaml, and fails with the message if it is broken" {
	inside systemctl reload wd-poll
	wait_for 5 logged wd-poll 'kits reloaded'
	wait_for 5 logged wd-poll 'changed credentials need a restart'
	printf 'kits: {\n' >"$TREE/etc/wardragon/kits.yaml"
	not inside systemctl reload wd-poll
	logged wd-poll 'kits.yaml:2: invalid YAML'
	active wd-poll
	write_kits 8088
}

@test "the units of one kit, whose id has a dash" {
	inside systemctl start wd-poll@kit-001 wd-drain@kit-001
	active wd-poll@kit-001
	active wd-drain@kit-001
	[ "$(inside ls /var/spool/wardragon | xargs)" = 'all events kit-001' ]
	inside systemctl reload wd-poll@kit-001
	inside systemctl stop wd-poll@kit-001 wd-drain@kit-001
}

@test "kill -9 of either: it is restarted, and rows are stored again" {
	local service before pid
	for service in wd-poll wd-drain; do
		pid=$(pid_of $service)
		inside bash -c "kill -9 $pid"
		wait_for 10 replaced $service "$pid"
		before=$(value 'SELECT count(*) FROM drones')
		wait_for 20 more_than "$before"
	done
}

@test "the watchdog restarts what hangs" {
	local pid
	pid=$(pid_of wd-drain)
	inside bash -c "kill -STOP $pid"
	wait_for 60 logged wd-drain 'Watchdog timeout'
	wait_for 60 replaced wd-drain "$pid"
}

@test "the report of the timer" {
	active wd-health-report.timer
	inside systemctl start wd-health-report
	wait_for 5 logged wd-health-report '2 kits: 2 online'
}

@test "kits that are edited in the database are polled; wd-poll reads their list only" {
	echo 'POLL_OPTIONS=--config /var/lib/wardragon-kits' >"$TREE/etc/wardragon/poll.env"
	inside systemctl restart wd-poll
	inside systemctl enable -q --now wd-kits.timer wd-kits.path
	inside runuser -u wd-drain -- sqlite3 -cmd '.timeout 20000' /var/lib/wardragon/wardragon.db \
		"INSERT INTO kits (kit_id, api_url) VALUES ('kit-db', 'http://localhost:8088/kit-1')"
	polled() {
		[ "$(value "SELECT count(*) FROM drones WHERE kit_id = 'kit-db'")" -gt 0 ]
	}
	wait_for 45 polled
	not inside nsenter -t "$(pid_of wd-poll)" -m runuser -u wd-poll -- ls /var/lib/wardragon
	inside runuser -u wd-drain -- sqlite3 -cmd '.timeout 20000' /var/lib/wardragon/wardragon.db \
		"UPDATE kits SET enabled = 0 WHERE kit_id = 'kit-db'"
	dropped() {
		not grep -q kit-db "$TREE/var/lib/wardragon-kits/database.yaml"
	}
	wait_for 45 dropped
}

@test "events: wd-notify is ready, delivers, and is restarted when it is killed" {
	local pid
	cp "$TREE/usr/share/doc/wd-tools/watch.yaml.example" "$TREE/etc/wardragon/watch.yaml"
	printf '#!/bin/sh\ncat >>/var/lib/wardragon-notify/delivered\n' >"$TREE/etc/wardragon/handlers/one"
	chmod 755 "$TREE/etc/wardragon/handlers/one"
	echo 'DRAIN_OPTIONS=--watch /etc/wardragon/watch.yaml --events /var/spool/wardragon/events' \
		>"$TREE/etc/wardragon/drain.env"
	# Type=notify: start waits for READY=1.
	inside systemctl enable -q --now wd-notify
	active wd-notify
	inside systemctl restart wd-drain
	wait_for 30 inside grep -q '"type":"event"' /var/lib/wardragon-notify/delivered
	pid=$(pid_of wd-notify)
	inside bash -c "kill -9 $pid"
	wait_for 10 replaced wd-notify "$pid"
}

@test "a live map: wd-serve is ready, gets the lines of wd-drain, also after a restart and a kill" {
	local pid
	echo 'DRAIN_OPTIONS=--copy /run/wd-serve/lines.sock' >"$TREE/etc/wardragon/drain.env"
	inside systemctl enable -q --now wd-serve
	[ "$(inside curl -s http://127.0.0.1:8090/healthz)" = ok ]
	inside systemctl restart wd-drain
	shown() {
		inside curl -s http://127.0.0.1:8090/metrics | grep -q '^wd_serve_tracks [1-9]'
	}
	wait_for 20 shown
	inside systemctl restart wd-serve
	wait_for 20 shown
	pid=$(pid_of wd-serve)
	inside bash -c "kill -9 $pid"
	wait_for 10 replaced wd-serve "$pid"
	wait_for 20 shown
}

@test "an upgrade in place: the new files, a restart, and nothing is lost" {
	local before
	before=$(value 'SELECT count(*) FROM drones')
	install_tools
	inside systemctl daemon-reload
	inside systemctl restart wd-poll wd-drain
	wait_for 20 more_than "$before"
	[ "$(value 'PRAGMA integrity_check')" = ok ]
}

@test "stop of the target waits for its services" {
	inside systemctl stop wardragon.target
	for unit in wd-poll wd-drain wd-notify wd-serve wd-health-report.timer; do
		not active $unit
	done
	inside systemctl start wardragon.target
	wait_for 10 active wd-poll
}

postgresql() {
	inside runuser -u postgres -- "$@"
}

@test "PostgreSQL instead of SQLite" {
	inside systemctl start postgresql
	wait_for 20 postgresql psql -c 'SELECT 1'
	postgresql createdb wardragon
	postgresql wd-store -q --migrate --roles postgresql:///wardragon
	postgresql psql -q wardragon -c 'CREATE ROLE "wd-drain" LOGIN IN ROLE wd_writer'
	echo postgresql:///wardragon | inside install -Dm 600 /dev/stdin /etc/credstore/wardragon.database-url
	inside systemctl restart wd-drain
	stored() {
		[ "$(postgresql psql -Atc 'SELECT count(*) FROM drones' wardragon)" -gt 0 ]
	}
	wait_for 20 stored
}

@test "uninstall leaves nothing behind" {
	inside systemctl disable -q --now wardragon.target wd-poll wd-drain wd-notify wd-serve wd-health-report.timer \
		wd-kits.timer wd-kits.path
	make -s -C "$ROOT" uninstall DESTDIR="$TREE" PREFIX=/usr
	inside systemctl daemon-reload
	rm -rf "$TREE"/etc/wardragon "$TREE"/var/spool/wardragon "$TREE"/var/lib/wardragon*
	for user in wd-poll wd-drain wd-notify wd-serve; do
		inside userdel $user
	done
	run -0 find "$TREE/etc" "$TREE/usr" "$TREE/var" -xdev \( -name 'wd-*' -o -name 'wardragon*' \) \
		! -path '*/credstore/*' ! -path '*/log/*' ! -path '*/lib/private/*' ! -path '*/postgresql/*' -print -quit
	[ -z "$output" ]
}
