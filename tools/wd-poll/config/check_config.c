/* --check: what would be polled. */
#include "tools/wd-poll/config/check_config.h"

#include "common/base/buffer.h"
#include "common/lines/json.h"
#include "common/log/log.h"

#include <unistd.h>

enum {
	VALUE_SIZE = 256
};

/* The file may contain anything: quote it for a terminal. */
static void put_value(struct buffer *out, const char *key, const char *value)
{
	char quoted[VALUE_SIZE];

	log_quote(quoted, sizeof(quoted), value);
	buffer_printf(out, "%s%s", key, quoted);
}

static void put_kit(struct buffer *out, const struct kit_config *kit)
{
	put_value(out, "", kit->id ? kit->id : "(id from /status)");
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

static void put_kit_json(struct buffer *out, const struct kit_config *kit)
{
	json_open(out, "kit");
	json_text(out, "id", span_of(kit->id));
	json_text(out, "address", span_of(kit->address));
	json_text(out, "api_url", span_of(kit->api_url));
	json_bool(out, "enabled", kit->enabled);
	json_number(out, "poll_interval_s", kit->poll_interval_s);
	json_number(out, "status_interval_s", kit->status_interval_s);
	json_number(out, "timeout_s", kit->timeout_s);
	json_number(out, "requests_per_minute", kit_requests_per_minute(kit));
	json_integer(out, "rate_limit", kit->rate_limit);
	json_close(out);
}

static void put_summary(struct buffer *out, size_t kits, size_t enabled, bool as_json)
{
	if (!as_json) {
		buffer_printf(out, "%zu kits, %zu enabled\n", kits, enabled);
		return;
	}
	json_open(out, "summary");
	json_integer(out, "kits", (int64_t)kits);
	json_integer(out, "enabled", (int64_t)enabled);
	json_close(out);
}

int check_config_print(struct kit_list *kits, bool as_json)
{
	struct buffer out = {0};
	size_t enabled = 0;

	for (size_t i = 0; i < kits->count; i++) {
		if (as_json)
			put_kit_json(&out, kits->items[i]);
		else
			put_kit(&out, kits->items[i]);
		enabled += kits->items[i]->enabled;
	}
	put_summary(&out, kits->count, enabled, as_json);
	int status = buffer_write(&out, STDOUT_FILENO, "stdout");
	buffer_release(&out);
	kit_list_release(kits);
	return status;
}
