# The strict scanner against others who read JSON: Python's json and jq.

load lib

setup_file() {
	[ "${WD_CHECK:-}" = long ] && count=2000000 || count=60000
	cd "$BATS_FILE_TMPDIR"
	"$ROOT/tests/scan_against.py" make "${WD_SEED:-1}" $count >texts
	"$BIN/../test/scan_lines" <texts >verdicts
}

@test "Python gives the same verdict and the same value" {
	cd "$BATS_FILE_TMPDIR"
	"$ROOT/tests/scan_against.py" judge texts verdicts
}

@test "jq reads all that comes out, and writes it back the same" {
	cd "$BATS_FILE_TMPDIR"
	grep -v '^!' verdicts | sed 's/^~//' >accepted
	[ "$(wc -l <accepted)" -gt 10000 ]
	jq -c . accepted >jq
	[ "$(wc -l <accepted)" = "$(wc -l <jq)" ]
	# An infinity is ±1.797e308 to jq, and keys that are there twice are one: to both alike.
	python3 -c 'import json, sys
def same(a, b):
	if isinstance(a, dict):
		return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
	if isinstance(a, list):
		return len(a) == len(b) and all(map(same, a, b))
	return a == b or isinstance(a, (int, float)) and (abs(a) == float("inf") or float(a) == float(b))
for ours, theirs in zip(open("accepted"), open("jq"), strict=True):
	if not same(json.loads(ours), json.loads(theirs)):
		sys.exit(ours + theirs)'
}
