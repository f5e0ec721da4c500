/* The kits of this spool, kept in it across restarts. */
#include "tools/wd-poll/schedule/announced_kits.h"

#include "common/base/array.h"
#include "common/scan/scan.h"
#include "common/spool/spool_file.h"

#define FILE_NAME "poll.kits"

enum {
	URL_SIZE = 4096
};

enum announced_match {
	MATCH_NONE,    /* no such kit is polled */
	MATCH_PENDING, /* one at this address, whose name is not known yet */
	MATCH_NAME,
};

static bool read_line(struct span line, char name[KIT_IDENTITY_SIZE], char api_url[URL_SIZE])
{
	static const char *const names[] = {"kit_id", "api_url"};
	struct scan_member members[ARRAY_SIZE(names)];
	struct scan_error error;
	struct scan_keys index;

	scan_keys_init(&index, names, ARRAY_SIZE(names));
	if (!scan_object(line, &index, members, &error))
		return false;
	scan_text(members[1].value, api_url, URL_SIZE);
	return scan_text(members[0].value, name, KIT_IDENTITY_SIZE) > 0;
}

static enum announced_match match(const struct kit_set *set, const char *name, const char *api_url)
{
	enum announced_match best = MATCH_NONE;

	for (size_t i = 0; i < set->count; i++) {
		const struct kit_poll *poll = set->polls[i];
		bool is_pending = poll->name_source == KIT_NAME_PENDING;
		/* Its name will not become known, or is another kit's. */
		if ((is_pending && !poll->kit->enabled) || poll->is_duplicate)
			continue;
		if (!is_pending && strcmp(poll->name, name) == 0)
			return MATCH_NAME;
		if (is_pending && strcmp(poll->kit->api_url, api_url) == 0)
			best = MATCH_PENDING;
	}
	return best;
}

/* Append the lines of kits that are not polled to the output, and keep those that may be. */
static void settle(struct announced_kits *announced, struct span lines, struct kit_set *set)
{
	struct buffer pending = {0};
	char name[KIT_IDENTITY_SIZE], api_url[URL_SIZE];
	struct span line;

	while ((line = spool_file_next_line(&lines)).data) {
		if (!read_line(line, name, api_url))
			continue;
		enum announced_match found = match(set, name, api_url);
		struct buffer *out = found == MATCH_NONE ? set->context.out : &pending;
		set->context.kits_changed |= found == MATCH_NONE;
		if (found == MATCH_NAME)
			continue;
		buffer_add_span(out, line);
		buffer_add_char(out, '\n');
	}
	buffer_release(&announced->pending);
	announced->pending = pending;
}

int announced_kits_open(struct announced_kits *announced, struct spool *spool, struct kit_set *set)
{
	struct buffer content = {0};

	announced->spool = spool;
	if (!spool)
		return 0;
	int status = spool_file_read(spool, FILE_NAME, &content);
	if (!status)
		settle(announced, buffer_span(&content), set);
	buffer_release(&content);
	return status;
}

void announced_kits_release(struct announced_kits *announced)
{
	buffer_release(&announced->pending);
}

void announced_kits_update(struct announced_kits *announced, struct kit_set *set)
{
	struct buffer content = {0};

	if (!announced->spool || !set->context.kits_changed || !spool_sealed(announced->spool))
		return;
	settle(announced, buffer_span(&announced->pending), set);
	/* What settle() has written must be sealed first. */
	if (set->context.out->length)
		return;
	for (size_t i = 0; i < set->count; i++) {
		const struct kit_poll *poll = set->polls[i];
		if (poll->kit->enabled && poll->name_source != KIT_NAME_PENDING &&
			!poll->is_duplicate)
			kit_format(&content, poll->kit, poll->name, false);
	}
	buffer_add_span(&content, buffer_span(&announced->pending));
	spool_file_write(announced->spool, FILE_NAME, &content);
	set->context.kits_changed = false;
	buffer_release(&content);
}
