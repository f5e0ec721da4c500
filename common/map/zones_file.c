#include "common/map/zones_file.h"

#include "common/file/read_file.h"
#include "common/log/log.h"
#include "common/scan/scan.h"

#include <sysexits.h>

static int parse(const char *file, struct span text, struct buffer *out)
{
	static const char *const names[] = {"type"};
	struct scan_keys keys;
	struct scan_member type;
	struct scan_error error;
	size_t length = 0;

	scan_keys_init(&keys, names, 1);
	if (!scan_object(text, &keys, &type, &error) ||
		!scan_text_is(type.value, "FeatureCollection"))
		return fail(EX_CONFIG, "not a GeoJSON FeatureCollection", {"file", file},
			{"hint", "wd-watch -r RULES --zones prints one"});
	char *at = buffer_reserve(out, SCAN_COMPACT_MAX(text.length));
	if (!at)
		return fail(EX_OSERR, "out of memory", {"file", file});
	scan_compact(text, SCAN_STRICT, at, &length, &error);
	out->length += length;
	return 0;
}

int zones_file_read(const char *file, struct buffer *out)
{
	struct buffer content = {0};
	bool found;

	if (!file)
		return 0;
	int status = read_file(file, &content, NULL, &found);
	if (!status && !found)
		status = fail(EX_NOINPUT, "no such file", {"file", file});
	if (!status)
		status = parse(file, buffer_span(&content), out);
	buffer_release(&content);
	return status;
}
