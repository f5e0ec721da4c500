# make install and make uninstall.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make -s -C "$ROOT" install DESTDIR="$PWD/image" PREFIX=/usr >/dev/null 3>&-
}

teardown() {
	stop_started
}

installed() {
	(cd image && find . -type f -o -type l) | sort
}

@test "programs, scripts, pages, units and examples are installed" {
	for name in $(basename -a "$ROOT"/scripts/wd-* "$ROOT"/tools/*/); do
		[ -x "image/usr/bin/$name" ]
	done
	for page in "$ROOT"/man/*.[157]; do
		[ -f "image/usr/share/man/man${page##*.}/$(basename "$page")" ]
	done
	for unit in wd-poll wd-poll@ wd-mqtt wd-drain wd-drain@ wd-recv@ wd-serve wd-health-report wd-prune wd-kits; do
		grep -q '^ExecStart=/usr/bin/wd-' "image/usr/lib/systemd/system/$unit.service"
	done
	[ -f image/usr/share/doc/wd-tools/kits.yaml.example ]
	[ -f image/usr/share/bash-completion/completions/wd-drain ]
	[ -f image/usr/lib/sysusers.d/wd-tools.conf ]
	[ -f image/usr/lib/tmpfiles.d/wd-tools.conf ]
}

@test "nothing refers to the build tree" {
	run -1 grep -rIl -e "$ROOT" -e "$PWD" image
	[ -z "$(find image -xtype l)" ]
	[ -z "$(find image ! -type l -perm /022)" ]
}

@test "the installed programs work without the tree" {
	sim
	PATH=$PWD/image/usr/bin:/usr/bin:/bin
	[ "$(command -v wd-drain)" = "$PWD/image/usr/bin/wd-drain" ]
	run -0 wd-drain --version
	wd-poll --once --url "$sim_url/kit-1" --spool spool
	# As a unit starts it, with a PATH that does not contain them.
	PATH=/usr/bin:/bin run -0 "$PWD/image/usr/bin/wd-drain" --once spool sqlite:one.db
	[ "$(sqlite_value one.db 'SELECT count(*) FROM system_health')" = 1 ]
	printf 'kits:\n- id: k\n  api_url: %s/kit-1\n' "$sim_url" >kits.yaml
	PATH=/usr/bin:/bin run -0 "$PWD/image/usr/bin/wd-run" --once sqlite:two.db
	[ "$(sqlite_value two.db 'SELECT count(*) FROM system_health')" = 1 ]
	PATH=/usr/bin:/bin run -0 "$PWD/image/usr/bin/wd-validate" kits.yaml sqlite:two.db
}

@test "make uninstall removes its files and no others" {
	[ "$(installed | wc -l)" -gt 40 ]
	mkdir -p image/usr/bin && touch image/usr/bin/other
	make -s -C "$ROOT" uninstall DESTDIR="$PWD/image" PREFIX=/usr
	[ "$(installed)" = ./usr/bin/other ]
}
