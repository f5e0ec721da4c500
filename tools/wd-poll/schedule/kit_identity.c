/* What a kit reports about itself in /status. */
#include "tools/wd-poll/schedule/kit_identity.h"

#include "common/base/array.h"
#include "common/base/utf8.h"
#include "common/scan/scan.h"

enum {
	KIT_ID,
	UID,
	GPS_FIX,
	KEYS
};

static const char *const names[KEYS] = {"kit_id", "uid", "gps_fix"};

static const char placeholder[] = "wardragon-unknown";

static bool is_printable(const char *text, size_t length)
{
	uint32_t code;

	for (size_t size; length > 0; text += size, length -= size) {
		size = utf8_decode(text, length, &code);
		if (size == 0 || utf8_is_invisible(code))
			return false;
	}
	return true;
}

static bool read_id(struct span value, char id[KIT_IDENTITY_SIZE])
{
	size_t length = scan_text(value, id, KIT_IDENTITY_SIZE);

	if (length > 0 && strcmp(id, placeholder) != 0 && is_printable(id, length))
		return true;
	id[0] = '\0';
	return false;
}

void kit_identity_parse(struct span body, struct kit_identity *identity)
{
	struct scan_member members[KEYS];
	struct scan_error error;
	struct scan_keys index;

	*identity = (struct kit_identity){0};
	scan_keys_init(&index, names, ARRAY_SIZE(names));
	if (!scan_object(body, &index, members, &error))
		return;
	if (!read_id(members[KIT_ID].value, identity->id))
		read_id(members[UID].value, identity->id);
	identity->has_gps_fix = scan_kind(members[GPS_FIX].value) == SCAN_TRUE;
}
