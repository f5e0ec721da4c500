# Reject codes: one table in common/reject.c, documented in wd-record(5).

load lib

@test "wd-record(5) lists every reject code with its stages, meaning and remedy" {
	cd "$BATS_TEST_TMPDIR"
	"$BIN/../test/reject_codes" >table
	[ "$(grep -c '^\.It Ic ' table)" -ge 16 ]
	sed '1,/^\.Ss Reject codes/d;/^\.El/,$d' "$ROOT/man/wd-record.5" | sed '1,/^\.Bl/d' | diff table -
}
