/* --check: what would be received, for people. */
#include "tools/wd-mqtt/kits/check_config.h"

#include "common/log/log.h"

#include <unistd.h>

/* Ids and names may hold anything that a file can hold. */
static void add_value(struct buffer *out, const char *value)
{
	char text[512];

	log_quote(text, sizeof(text), value);
	buffer_add_text(out, text);
}

static void add_kit(struct buffer *out, const struct kit_config *kit)
{
	buffer_add_text(out, "kit ");
	add_value(out, kit->id);
	buffer_printf(out, " source=%s", kit_input_names[kit->input]);
	if (kit->mqtt_id) {
		buffer_add_text(out, " mqtt_id=");
		add_value(out, kit->mqtt_id);
	}
	buffer_add_text(out, kit->enabled ? "\n" : " disabled\n");
}

int check_config_print(const struct service_settings *settings, struct kit_list *kits)
{
	const struct broker_settings *broker = &settings->broker;
	char filter[TOPIC_MAX + 32];
	struct buffer out = {0};
	size_t received = 0;

	buffer_add_text(&out, "broker ");
	add_value(&out, broker->host);
	buffer_printf(&out, " port=%d%s\n", broker->port, broker->uses_tls ? " tls" : "");
	for (unsigned i = 0; i < TOPIC_FILTERS; i++) {
		topics_filter(&settings->topics, i, filter);
		buffer_add_text(&out, "topic ");
		add_value(&out, filter);
		buffer_add_char(&out, '\n');
	}
	for (size_t i = 0; i < kits->count; i++) {
		if (!kits->items[i]->id)
			continue;
		add_kit(&out, kits->items[i]);
		received += kits->items[i]->enabled && kits->items[i]->input != KIT_HTTP;
	}
	buffer_printf(&out, "%zu kits, %zu received by MQTT\n", kits->count, received);
	int status = buffer_write(&out, STDOUT_FILENO, "stdout");
	buffer_release(&out);
	kit_list_release(kits);
	return status;
}
