# The units: whole, sandboxed, and about the users and folders that they need.
load lib

setup_file() {
	export PREFIX=$BATS_FILE_TMPDIR/usr
	make -s -C "$ROOT" install PREFIX="$PREFIX" >/dev/null 3>&-
}

teardown() {
	stop_started
	[ -z "${shared:-}" ] || rm -rf "$shared"
}

units=(wd-poll wd-poll@ wd-drain wd-drain@ wd-health-report)

@test "systemd finds nothing wrong with the units" {
	run -0 systemd-analyze verify --man=no "$PREFIX"/lib/systemd/system/*
	[ -z "$output" ]
}

# exposure UNIT: tenths of what systemd-analyze(1) says, from 0 to 100.
exposure() {
	systemd-analyze security --offline=true "$PREFIX/lib/systemd/system/$1.service" |
		sed -n 's/.*exposure level for .*: \([0-9]*\)\.\([0-9]\) .*/\1\2/p'
}

@test "what talks to kits is exposed at 1.2, what has the database at 0.5, at most" {
	for unit in wd-poll wd-poll@; do
		[ "$((10#$(exposure $unit)))" -le 12 ]
	done
	for unit in wd-drain wd-drain@ wd-health-report; do
		[ "$((10#$(exposure $unit)))" -le 5 ]
	done
}

@test "the one has no network, the other no database" {
	cd "$PREFIX/lib/systemd/system"
	grep -q '^PrivateNetwork=yes' wd-drain.service
	grep -q '^RestrictAddressFamilies=AF_UNIX$' wd-drain.service
	run -1 grep -l 'database-url\|drain\.env' wd-poll.service wd-poll@.service
	[ "$(sed -n 's/^User=//p' wd-poll.service wd-drain.service | sort | xargs)" = "wd-drain wd-poll" ]
}

@test "the programs and options that units name exist" {
	cd "$PREFIX/lib/systemd/system"
	run -1 grep -h '@[A-Z]*@' "${units[@]/%/.service}"
	for unit in "${units[@]}"; do
		read -r program options <<<"$(sed -n 's/^ExecStart=//p' "$unit.service")"
		[ -x "$program" ]
		for option in $(grep -oE -- '--[a-z-]+' <<<"$options"); do
			"$program" --help | grep -q -e "$option"
		done
	done
}

@test "a unit of one kit differs from that of all in nothing but the kit" {
	cd "$PREFIX/lib/systemd/system"
	for name in wd-poll wd-drain; do
		diff <(sed '/^Description/d; s,/all,/%i,g' $name.service) \
			<(sed '/^Description/d; s/ --kit %I//' $name@.service)
	done
}

@test "users and folders: two users share the spool's group" {
	[ "$(id -u)" = 0 ] || skip "only root makes users and folders of others, also in a tree of its own"
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/etc"
	systemd-sysusers --root="$root" "$PREFIX/lib/sysusers.d/wd-tools.conf"
	[ "$(grep -cE '^wd-(poll|drain):' "$root/etc/passwd")" = 2 ]
	grep -E '^wardragon:' "$root/etc/group" | grep -w wd-poll | grep -qw wd-drain
	systemd-tmpfiles --root="$root" --create "$PREFIX/lib/tmpfiles.d/wd-tools.conf"
	[ "$(stat -c %a "$root/etc/wardragon/credentials")" = 700 ]
	[ "$(stat -c %a "$root/var/spool/wardragon")" = 755 ]
}

# The folder as ExecStartPre= makes it, between two users: the one writes, the other takes away.
@test "two users can share a spool, and others see nothing of it" {
	[ "$(id -u)" = 0 ] || skip "only root can be two others"
	# The tests' own folders are closed to them, and perhaps the whole tree is.
	shared=$(mktemp -d) && chmod 755 "$shared" && cd "$shared"
	make -s -C "$ROOT" install PREFIX="$shared/usr" >/dev/null
	# shellcheck disable=SC2046 # words
	install $(sed -n 's,^ExecStartPre=+/usr/bin/install ,,p' "$PREFIX/lib/systemd/system/wd-poll.service" |
		sed "s,-o wd-poll -g wardragon,-o 61001 -g 61000,; s,/var/spool/wardragon,$PWD,g")
	sim
	umask 0027
	as() {
		setpriv --reuid "$1" --regid 61000 --clear-groups -- env PATH="$shared/usr/bin:/usr/bin:/bin" HOME=/nonexistent "${@:2}"
	}
	as 61001 wd-poll --once --url "$sim_url/kit-1" --spool "$PWD/all"
	install -d -o 61002 store
	cd store
	as 61002 wd-drain --once ../all sqlite:one.db
	[ -z "$(ls ../all/new)" ]
	[ "$(sqlite_value one.db 'SELECT count(*) FROM system_health')" = 1 ]
	run ! setpriv --reuid 61003 --regid 61003 --clear-groups ls ../all
}
