# What the programs say when something is wrong: the thing, the reason, the way out.
load lib

# messages: each error and warning of the C sources, "FILE:LINE CALL(ARGUMENTS)", one a line.
messages() {
	(cd "$ROOT" && python3 - $(git ls-files 'common/*.c' 'tools/*.c')) <<-'PYTHON'
	import re, sys
	call = re.compile(r'\b(fail|log_error|log_warning|opt_usage)(?=\()')
	text = re.compile(r'"(?:[^"\\]|\\.)*"')
	for name in sys.argv[1:]:
	    source = open(name).read()
	    for found in call.finditer(source):
	        depth, at = 0, found.end()
	        while at == found.end() or depth:
	            quoted = text.match(source, at)
	            depth += (source[at] == '(') - (source[at] == ')')
	            at = quoted.end() if quoted else at + 1
	        arguments = re.sub(r'"\s+"', '', ' '.join(source[found.end():at].split()))
	        if 'const char *message' not in arguments:
	            line = source.count('\n', 0, found.start()) + 1
	            print(f'{name}:{line} {found.group()}{arguments}')
	PYTHON
}

@test "each names a thing: a field, or the option in its text" {
	messages >"$BATS_TEST_TMPDIR/messages"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/messages")" -gt 100 ]
	# A field that only counts what was left unsaid names nothing. Memory is the whole program's.
	sed 's/{"unsaid"[^}]*}//' "$BATS_TEST_TMPDIR/messages" |
		grep -vE '"out of memory"\)$| opt_usage\(.*--[a-z]| opt_usage\([^"]*$' |
		grep -E '^[^ ]+ (fail|log_[a-z]+)\([^{]*$| opt_usage\(.*NULL\)$' \
			>"$BATS_TEST_TMPDIR/bare" || true
	diff /dev/null "$BATS_TEST_TMPDIR/bare"
}

@test "each begins small, ends without a period, and does not say that it is an error" {
	messages | grep -oE '[(, ]"[^"]*"(, \{|\)|, )' | grep -E '"([A-Z][a-z]|[^"]*\.")|"(error|failed to)' \
		>"$BATS_TEST_TMPDIR/odd" || true
	diff /dev/null "$BATS_TEST_TMPDIR/odd"
}

@test "fields are plain words" {
	messages | grep -oE '\{"[^"]*"' | sort -u | grep -vE '^\{"[A-Za-z][A-Za-z_-]*"$' \
		>"$BATS_TEST_TMPDIR/odd" || true
	diff /dev/null "$BATS_TEST_TMPDIR/odd"
}
