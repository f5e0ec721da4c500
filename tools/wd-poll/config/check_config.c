/* --check: what would be polled, for people. */
#include "tools/wd-poll/config/check_config.h"

#include "common/buffer.h"
#include "common/log.h"

#include <unistd.h>

enum {
	VALUE_SIZE = 256
};

/* Names come from whoever wrote the file: on a terminal they are data. */
static void put_value(struct buffer *out, const char *key, const char *value)
{
	char quoted[VALUE_SIZE];

	log_quote(quoted, sizeof(quoted), value);
	buffer_printf(out, "%s%s", key, quoted);
}

static void put_kit(struct buffer *out, const struct poll_kit *kit)
{
	put_value(out, "", kit->id ? kit->id : "(told by /status)");
	put_value(out, " ", kit->api_url);
	if (!kit->enabled) {
		buffer_add_text(out, " disabled\n");
		return;
	}
	buffer_printf(out, " every %gs, status every %gs, timeout %gs, %.4g requests a minute",
		kit->poll_interval_s, kit->status_interval_s, kit->timeout_s,
		kit_requests_per_minute(kit));
	if (kit->rate_limit)
		buffer_printf(out, " of %lld", (long long)kit->rate_limit);
	for (size_t i = 0; i < kit->tags.count; i++)
		put_value(out, i ? "," : ", tags ", kit->tags.items[i]);
	buffer_add_char(out, '\n');
}

int check_config_print(struct kit_list *kits)
{
	struct buffer out = {0};
	size_t enabled = 0;

	for (size_t i = 0; i < kits->count; i++) {
		put_kit(&out, kits->items[i]);
		enabled += kits->items[i]->enabled;
	}
	buffer_printf(&out, "%zu kits, %zu enabled\n", kits->count, enabled);
	int status = buffer_write(&out, STDOUT_FILENO, "stdout");
	buffer_release(&out);
	kit_list_release(kits);
	return status;
}
