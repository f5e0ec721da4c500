# wd-drain: a segment that cannot be read for a reason outside of it stays, holds up nothing, and is fed later.
load lib
load drain

# Capabilities that let root read each file.
unprivileged() {
	[ "$(id -u)" != 0 ] || set -- setpriv --bounding-set=-dac_override,-dac_read_search \
		--inh-caps=-dac_override,-dac_read_search "$@"
	exec "$@"
}

warnings() {
	grep 'cannot read a segment' "$@"
}

@test "a segment without permission: the others are stored, one message a try, nothing in bad/" {
	segment 1 a
	segment 2 b
	segment 3 c
	segment 4 d
	chmod 0 spool/new/*[23]
	start drain unprivileged wd-drain spool
	wait_for 10 eval '[ "$(rows | tr -d "\n")" = ad ] && [ "$(ls spool/new | wc -l)" = 2 ]'
	diff <(warnings drain.err | head -1) - <<-'X'
		wd-drain: cannot read a segment: it stays in the spool spool=spool segment=0000000000000002-00000002 reason="Permission denied" hint="check owner and mode of the file and of the folders above it" retry_in=30s
	X
	not logged segment=0000000000000003-00000003
	tries=$(warnings drain.err | wc -l)
	kill -HUP "$started"
	wait_for 10 eval '[ "$(warnings drain.err | wc -l)" -gt $tries ]'
	chmod 600 spool/new/*2
	kill -HUP "$started"
	wait_for 10 eval '[ "$(rows | tr -d "\n")" = adb ] && [ "$(ls spool/new)" = 0000000000000003-00000003 ]'
	ends_within 2 "$started"
	grep ' waiting=1 .* unreadable=1$' drain.err
	[ ! -e spool/bad ]
	chmod 600 spool/new/*
	run -0 wd-drain --once spool
	drained
	[ "$(rows | tr -d '\n')" = adbc ]
	[ "$(kept_state)" = 4 ]
}

@test "--once: status 74 as long as a segment cannot be read" {
	segment 1 a
	segment 2 b
	chmod 0 spool/new/*1
	run -74 unprivileged wd-drain --once spool
	[[ $output == *'cannot read a segment: it stays in the spool spool=spool segment=0000000000000001-00000001 reason="Permission denied" hint='*above\ it\"$'\n'* ]]
	[ "$(ls spool/new)" = 0000000000000001-00000001 ]
	[ "$(rows)" = b ]
	[ ! -e spool/bad ]
	chmod 600 spool/new/*
	run -0 unprivileged wd-drain --once spool
	drained
	[ "$(rows | xargs)" = 'b a' ]
}

# failing_disk COMMAND…: segment 2 cannot be read beyond its start while there is $BROKEN.
failing_disk() {
	cat >read.c <<-'C'
		#include <errno.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		ssize_t read(int fd, void *data, size_t length)
		{
			char link[32], path[4096] = "";
			snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
			if (readlink(link, path, sizeof(path) - 1) > 0 && strstr(path, "/new/0000000000000002-") &&
				lseek(fd, 0, SEEK_CUR) > 0 && access(getenv("BROKEN"), F_OK) == 0) {
				errno = EIO;
				return -1;
			}
			return syscall(SYS_read, fd, data, length);
		}
	C
	cc -shared -fPIC -o read.so read.c
	BROKEN=${BROKEN:-broken} LD_PRELOAD=$PWD/read.so ASAN_OPTIONS=verify_asan_link_order=0 exec "$@"
}

@test "a disk that fails within a segment: it stays, and its lines count once" {
	segment 1 a
	segment 2 b c
	segment 3 d
	touch broken
	start drain failing_disk wd-drain spool
	wait_for 10 eval '[ "$(ls spool/new)" = 0000000000000002-00000002 ] && [ "$(kept_state)" = 2 ]'
	[ "$(rows | tr -d '\n')" = ad ]
	warnings drain.err | grep ' segment=0000000000000002-00000002 reason="Input/output error" '
	not logged 'the pipeline failed'
	[ ! -e spool/bad ]
	rm broken
	kill -HUP "$started"
	wait_for 10 drained
	ends_within 2 "$started"
	[ "$(rows | tr -d '\n')" = adbc ]
	[ "$(kept_state)" = 4 ]
}

@test "--once, and a disk that fails within a segment: the others are stored, status 74" {
	segment 1 a
	segment 2 b c
	segment 3 d
	touch broken
	run -74 failing_disk wd-drain --once spool
	[ "$(ls spool/new)" = 0000000000000002-00000002 ]
	[ "$(rows | tr -d '\n')" = ad ]
	[ ! -e spool/bad ]
	rm broken
	run -0 wd-drain --once spool
	[ "$(rows | tr -d '\n')" = adbc ]
	[ "$(kept_state)" = 4 ]
}

@test "a disk that fails while failing lines are set aside: the segment stays, and is searched again" {
	segment 1 a
	segment 2 b CRASH1 c CRASH2
	segment 3 d
	BROKEN=spool/bad run -74 failing_disk wd-drain --once spool
	[[ $output == *'set a line aside: a stage fails on it spool=spool segment=0000000000000002-00000002 line=2'* ]]
	[[ $output == *'cannot read a segment: it stays in the spool spool=spool segment=0000000000000002-00000002 reason="Input/output error" '* ]]
	[ "$(ls spool/new)" = 0000000000000002-00000002 ]
	[ "$(ls spool/bad)" = 0000000000000002-00000002-2 ]
	run -0 wd-drain --once spool
	drained
	[ "$(rows | sort -u | tr -d '\n')" = abcd ]
	[ "$(cat spool/bad/*)" = $'CRASH1\nCRASH2' ]
}

@test "a spool that cannot be listed is not empty: status 74" {
	command -v strace >/dev/null || skip "strace is not installed"
	[[ $BIN != */san/* ]] || skip "strace and LeakSanitizer exclude each other"
	segment 1 a
	run -74 strace -qq -o /dev/null -e inject=getdents64:error=EIO wd-drain --once spool
	[[ $output == *'cannot list the spool spool=spool reason="Input/output error"'* ]]
	run -0 wd-drain --once spool
	[ "$(rows)" = a ]
}

@test "a checkpoint that cannot be made durable: stages keep the former one, and nothing counts twice" {
	cat >fsync.c <<-'C'
		#include <errno.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		int fsync(int fd)
		{
			char link[32], path[4096] = "";
			snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
			if (readlink(link, path, sizeof(path) - 1) > 12 && access("broken", F_OK) == 0 &&
				strcmp(path + strlen(path) - 12, "/spool.state") == 0) {
				errno = EIO;
				return -1;
			}
			return syscall(SYS_fsync, fd);
		}
	C
	cc -shared -fPIC -o fsync.so fsync.c
	unsynced() {
		LD_PRELOAD=$PWD/fsync.so ASAN_OPTIONS=verify_asan_link_order=0 wd-drain --once spool
	}
	touch broken
	segment 1 a
	run -74 unsynced
	[ ! -e spool.state/current ]
	run -0 wd-drain --once spool
	former=$(readlink spool.state/current)
	segment 2 b
	run -74 unsynced
	[[ $output == *'cannot save a checkpoint'*'reason="Input/output error"'* ]]
	[ "$(readlink spool.state/current)" = "$former" ]
	run -0 wd-drain --once spool
	drained
	[ "$(kept_state)" = 2 ]
}
