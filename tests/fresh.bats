# The two commands of the README on machines that have nothing: minimal trees of Debian 12 and 13.
load lib

setup() {
	[ "$WD_CHECK" = long ] || skip "long: makes whole Debian trees (scripts/check --long)"
	[ "$(id -u)" = 0 ] || skip "needs root, for chroot"
	command -v debootstrap >/dev/null || skip "needs debootstrap"
}

# fresh_tree SUITE: a minimal Debian with git and this checkout at /wd-tools; sets $tree.
fresh_tree() {
	tree=$BATS_TEST_TMPDIR/$1
	debootstrap --variant=minbase --include=git,ca-certificates "$1" "$tree" >"$tree.log" 2>&1
	# Users of the tree other than root must be able to enter it: PostgreSQL's, for one.
	chmod 755 "$tree"
	# No service may be started inside.
	printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
	chmod +x "$tree/usr/sbin/policy-rc.d"
	git clone -q "$ROOT" "$tree/wd-tools"
	mount -t proc proc "$tree/proc"
	mount --rbind /dev "$tree/dev"
	mount --make-rslave "$tree/dev"
}

teardown() {
	[ -n "${tree:-}" ] || return 0
	umount -R "$tree/dev" "$tree/proc" 2>/dev/null || true
}

in_tree() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb WD_CHECK= \
		chroot "$tree" bash -c "cd /wd-tools && $1" </dev/null 3>&-
}

# demo_then_check SUITE: runs both commands in a new tree of that Debian.
demo_then_check() {
	fresh_tree "$1"
	run -0 in_tree scripts/demo
	[[ $output == *"kit-3"* ]]
	run in_tree "scripts/check --fast"
	grep -A12 '^not ok' <<<"$output" || true
	[[ ${lines[-1]} =~ ^[0-9]+" passed, 0 failed, "[0-9]+" skipped"$ ]]
}

@test "Debian 12: the demo, then the check" {
	demo_then_check bookworm
}

@test "Debian 13: the demo, then the check" {
	demo_then_check trixie
}
