# What is distributed: the archive, Debian packages, the container, programs for ARM. Long, except for the archive.
load lib

# Building takes minutes: the packages of one build are for all tests.
setup_file() {
	[ "${WD_CHECK:-}" = long ] && [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null || return 0
	"$ROOT/scripts/package" deb "$BATS_FILE_TMPDIR/packages" >"$BATS_FILE_TMPDIR/log" 2>&1 3>&- ||
		cat "$BATS_FILE_TMPDIR/log" >&2
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	packages=$BATS_FILE_TMPDIR/packages
}

long() {
	[ "${WD_CHECK:-}" = long ] || skip "long: builds packages (scripts/check --long)"
	[ "$(id -u)" = 0 ] || skip "needs root"
}

# copy FOLDER: the files that git knows, as a repository of its own.
copy() {
	mkdir -p "$1"
	(cd "$ROOT" && git ls-files -z | tar --null -T - -c) | tar -x -C "$1"
	git -C "$1" init -q
	git -C "$1" add -A
}

@test "make dist: every file, in a folder with the version, the same bytes each time" {
	copy one
	copy two/deeper
	find two -exec touch -d 2001-01-01 {} +
	make -s -C one dist
	make -s -C two/deeper dist
	version=$(sed -n 's/^VERSION = //p' "$ROOT/Makefile")
	cmp one/build/wd-tools-*.tar.gz two/deeper/build/wd-tools-*.tar.gz
	tar -tf "one/build/wd-tools-$version.tar.gz" | sed "s,^wd-tools-$version/,,; /^$/d" | sort |
		diff - <(git -C one ls-files | sort)
}

@test "the version is the same everywhere" {
	version=$(sed -n 's/^VERSION = //p' "$ROOT/Makefile")
	[ "$(sed -n '1s/.*(\(.*\)).*/\1/p' "$ROOT/debian/changelog")" = "$version" ]
	[[ $(wd-poll --version) == "wd-poll (wd-tools) $version"* ]]
}

@test "the packages that debian/control and scripts/apt.bash name for the build are the same" {
	# shellcheck source=scripts/apt.bash
	. "$ROOT/scripts/apt.bash"
	printf '%s\n' "${build_packages[@]}" | grep -- '^lib.*\(-dev\|leaflet\)$' | grep -v libc6 | sort >ours
	sed -n '/^Build-Depends:/,/^$/p' "$ROOT/debian/control" | grep -oE '^ lib[a-z0-9.-]+' | tr -d ' ' | sort | diff ours -
}

@test "compose files are valid, and name services that exist" {
	python3 - "$ROOT/compose.yaml" "$ROOT/compose.wardragon.yaml" <<-'X'
		import sys, yaml
		yaml.SafeLoader.add_constructor("!reset", lambda loader, node: None)
		compose, override = (yaml.safe_load(open(name)) for name in sys.argv[1:])
		for service in compose["services"].values():
		    assert set(service.get("depends_on", [])) <= set(compose["services"]), service
		    for volume in service.get("volumes", []):
		        source = volume.split(":")[0]
		        assert source.startswith("./") or source in compose["volumes"], volume
		# wd-mqtt writes to the spool that wd-run stores: the default one, in its folder.
		mqtt, collector = compose["services"]["mqtt"], compose["services"]["collector"]
		assert mqtt["entrypoint"][-2:] == ["--spool", "/var/lib/wardragon/wardragon.spool"]
		assert "collector-data:/var/lib/wardragon" in mqtt["volumes"] and "collector-data:/var/lib/wardragon" in collector["volumes"]
		ours = override["services"]["collector"]
		# As the older collector's page has them.
		assert ours["container_name"] == "wardragon-collector"
		assert set(ours["environment"]) == {"DATABASE_URL", "KITS_CONFIG", "POLL_INTERVAL", "STATUS_POLL_INTERVAL"}
		assert "./config:/config:ro" in ours["volumes"]
		# Its health check is in Python, which the image lacks.
		assert "find /tmp/collector_healthy" in ours["healthcheck"]["test"][1]
		ingest = override["services"]["mqtt-ingest"]
		assert ingest["entrypoint"] == mqtt["entrypoint"] and ingest["healthcheck"] == {"disable": True}
		assert "collector-data:/var/lib/wardragon" in ingest["volumes"] and "collector-data:/var/lib/wardragon" in ours["volumes"]
	X
}

@test "Debian packages: lintian has no complaint, two builds give the same bytes" {
	long
	command -v debootstrap >/dev/null || skip "needs debootstrap"
	copy two/deeper
	touch -d 2001-01-01 two/deeper/Makefile
	TZ=Asia/Tokyo LC_ALL=C two/deeper/scripts/package deb "$PWD/second"
	[ "$(ls "$packages"/*.deb)" != "" ]
	for file in "$packages"/*.deb; do
		cmp "$file" "second/${file##*/}"
	done
}

# tree: a minimal Debian of this release at $tree, which starts no service.
tree() {
	tree=$BATS_TEST_TMPDIR/tree
	debootstrap --variant=minbase --include=ca-certificates "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" \
		"$tree" >"$tree.log" 2>&1
	chmod 755 "$tree"
	printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
	chmod +x "$tree/usr/sbin/policy-rc.d"
	mount -t proc proc "$tree/proc"
}

in_tree() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive chroot "$tree" "$@" </dev/null 3>&-
}

teardown() {
	[ -z "${tree:-}" ] || umount "$tree/proc" 2>/dev/null || true
}

files_of_tree() {
	(cd "$tree" && find . -xdev \( -path ./proc -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/dpkg \
		-o -path ./var/lib/apt -o -path ./tmp -o -path ./var/lib/systemd \) -prune -o -print | sort)
}

@test "Debian packages: install, the pipeline, upgrade, purge that leaves nothing of ours, and keeps data" {
	long
	command -v debootstrap >/dev/null || skip "needs debootstrap"
	tree
	mkdir "$tree/packages"
	cp "$packages"/*.deb "$tree/packages"
	in_tree apt-get update -q
	in_tree sh -c 'apt-get install -qy --no-install-recommends /packages/wd-tools_*.deb /packages/wd-tools-sim_*.deb sqlite3 jq'
	# Not enabled, with the users and folders.
	[ -z "$(find "$tree/etc/systemd/system" -name 'wd-*' -o -name 'wardragon*')" ]
	in_tree getent passwd wd-poll wd-drain
	[ "$(in_tree stat -c %a /etc/wardragon/credentials)" = 700 ]
	[ "$(in_tree dpkg-query -Wf '${Conffiles}' wd-tools | grep -c /etc/wardragon/)" = 3 ]
	install -m755 "$ROOT/debian/tests/pipeline" "$tree/packages/pipeline"
	run -0 in_tree /packages/pipeline
	[[ ${lines[-1]} = ok ]]
	# An upgrade keeps what was edited.
	echo 'LOG_LEVEL=debug' >>"$tree/etc/wardragon/poll.env"
	cp "$ROOT/config/kits.yaml.example" "$tree/etc/wardragon/kits.yaml"
	in_tree sh -c 'dpkg -i --force-confold /packages/*.deb'
	grep -q 'LOG_LEVEL=debug' "$tree/etc/wardragon/poll.env"
	echo row >"$tree/var/lib/wardragon/wardragon.db"
	in_tree apt-get purge -qy wd-tools wd-tools-sim >purge
	grep -q '/var/lib/wardragon has collected data' purge
	rm -r "$tree/var/lib/wardragon"
	files_of_tree | grep -E '/(wd-|wardragon)' | grep -v '^./packages' | diff /dev/null -
}

@test "the container: built on a Debian of debootstrap, it starts, stores, is healthy, and stops" {
	long
	command -v buildah debootstrap >/dev/null || skip "needs buildah and debootstrap"
	tree
	umount "$tree/proc"
	container=$(buildah --storage-driver vfs from scratch)
	buildah --storage-driver vfs add -q "$container" "$tree" /
	buildah --storage-driver vfs commit -q --rm "$container" localhost/wd-base
	BASE=localhost/wd-base run -0 "$ROOT/scripts/package" container --test
	[[ $output != *'not ok'* ]]
}

@test "arm64: the unit tests and the pipeline to SQLite in qemu, and the packages" {
	long
	command -v debootstrap >/dev/null || skip "needs debootstrap"
	run -0 "$ROOT/scripts/package" arm
	[[ ${lines[-1]} = 'arm64: ok' ]]
	for package in "$ROOT"/build/arm64/wd-tools_*.deb; do
		[ "$(dpkg-deb -f "$package" Architecture)" = arm64 ]
	done
}

@test "armhf: compiles, with 64-bit times and file sizes" {
	long
	command -v debootstrap >/dev/null || skip "needs debootstrap"
	run -0 "$ROOT/scripts/package" arm armhf
	[[ ${lines[-1]} = 'armhf: ok' ]]
}
