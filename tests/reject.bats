# Reject codes: one table in common/record/reject.c, documented in wd-record(5), used by all filters.

load lib

@test "wd-record(5) lists every reject code with its stages, meaning and remedy" {
	cd "$BATS_TEST_TMPDIR"
	"$BIN/../test/reject_codes" >table
	[ "$(grep -c '^\.It Ic ' table)" -ge 16 ]
	sed '1,/^\.Ss Reject codes/d;/^\.El/,$d' "$ROOT/man/wd-record.5" | sed '1,/^\.Bl/d' | diff table -
}

@test "a line over 16 MiB becomes a reject in every filter, and the next line is unharmed" {
	cd "$BATS_TEST_TMPDIR"
	cp "$ROOT/config/watch.yaml.example" rules.yaml
	{
		printf '{"type":"drone","x":"'
		head -c 17000000 /dev/zero | tr '\0' a
		printf '"}\n{"type":"x"}\n'
	} >lines
	for filter in wd-normalize wd-health 'wd-watch -r rules.yaml' wd-tee; do
		$filter <lines >out
		[ "$(head -1 out | jq -r '.stage, .reason')" = "${filter%% *}"$'\n''too_long: line longer than 16 MiB' ]
		[ "$(tail -1 out)" = '{"type":"x"}' ]
	done
	wd-serve --listen 127.0.0.1:0 <lines >out
	[ "$(head -1 out | jq -r '.stage, .reason')" = $'wd-serve\ntoo_long: line longer than 16 MiB' ]
	[ "$(tail -1 out)" = '{"type":"x"}' ]
}

@test "a file that ends within a line does no harm to the first line of the next" {
	cd "$BATS_TEST_TMPDIR"
	cp "$ROOT/config/watch.yaml.example" rules.yaml
	printf '{"type":"x","n":1}\n{"type":"x","n":' >one
	printf '{"type":"x","n":2}\n' >two
	for filter in wd-health 'wd-watch -r rules.yaml' 'wd-serve --listen 127.0.0.1:0'; do
		$filter one two >out
		[ "$(jq -Rr 'fromjson? | .n' out | xargs)" = '1 2' ]
	done
}
