# Error messages of the C programs: the subject, the reason, the remedy.
load lib

# messages: print each error and warning in the C sources: "FILE:LINE CALL(ARGUMENTS)".
messages() {
	(cd "$ROOT" && python3 - $(git ls-files 'common/*.c' 'tools/*.c')) <<-'PYTHON'
	import re, sys
	call = re.compile(r'\b(fail|log_error|log_warning|opt_usage|opt_usage_closest)(?=\()')
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
	        arguments = re.sub(r'LOG_ERRNO\((\w+|\w+\(\w*\))\)', r'{"reason", \1}, {"hint", \1}', arguments)
        if 'const char *message' not in arguments:
	            line = source.count('\n', 0, found.start()) + 1
	            print(f'{name}:{line} {found.group()}{arguments}')
	PYTHON
}

@test "each names its subject: a field, or the option in its text" {
	messages >"$BATS_TEST_TMPDIR/messages"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/messages")" -gt 100 ]
	# "suppressed" only counts messages. "out of memory" has no subject.
	sed 's/{"suppressed"[^}]*}//' "$BATS_TEST_TMPDIR/messages" |
		grep -vE '"out of memory"\)$| opt_usage\(.*--[a-z]| opt_usage\([^"]*$| opt_usage\(&?tool, "(no|only) ' |
		grep -E '^[^ ]+ (fail|log_[a-z]+)\([^{]*$| opt_usage\(.*NULL\)$' \
			>"$BATS_TEST_TMPDIR/bare" || true
	diff /dev/null "$BATS_TEST_TMPDIR/bare"
}

@test "the reason of a failed system call has its hint" {
	# The reader of a closed pipe ended by itself.
	messages | grep 'strerror(' | grep -vE '"hint"|EPIPE|mosquitto_strerror' >"$BATS_TEST_TMPDIR/bare" || true
	diff /dev/null "$BATS_TEST_TMPDIR/bare"
}

@test "each starts in lower case, ends without a period, and does not call itself an error" {
	messages | grep -oE '[(, ]"[^"]*"(, \{|\)|, )' | grep -E '"([A-Z][a-z]|[^"]*\.")|"(error|failed to)' \
		>"$BATS_TEST_TMPDIR/odd" || true
	diff /dev/null "$BATS_TEST_TMPDIR/odd"
}

@test "fields are plain words" {
	messages | grep -oE '\{"[^"]*"' | sort -u | grep -vE '^\{"[A-Za-z][A-Za-z_-]*"$' \
		>"$BATS_TEST_TMPDIR/odd" || true
	diff /dev/null "$BATS_TEST_TMPDIR/odd"
}
