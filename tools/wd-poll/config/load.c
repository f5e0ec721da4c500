/* The kits of this wd-poll: read, checked, and chosen among. */
#include "tools/wd-poll/config/load.h"

#include "common/log.h"
#include "tools/wd-poll/config/kits_yaml.h"
#include "tools/wd-poll/config/select.h"
#include "tools/wd-poll/config/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* Of a kit's rate limit, what may be used: its operator's browser asks too. */
static const double usable_share = 0.9;

/* "kits.yaml:14: message", or the message alone for the kit of the command line. */
static int log_problem(const char *file, const struct poll_kit *kit, const char *message,
	const char *key, const char *value)
{
	char text[512];

	if (!file || !kit->line)
		return fail(EX_CONFIG, message, {key, value});
	snprintf(text, sizeof(text), "%s:%u: %s", file, kit->line, message);
	return fail(EX_CONFIG, text, {key, value});
}

/* Neighbours in the order of `compare` that are equal in it. */
static int refuse_duplicates(const char *file, const struct kit_list *kits,
	int (*compare)(const void *, const void *), const char *message)
{
	struct poll_kit **sorted = malloc(kits->count * sizeof(struct poll_kit *) + 1);
	int status = 0;

	if (!sorted)
		return fail(EX_OSERR, "out of memory");
	if (kits->count)
		memcpy(sorted, kits->items, kits->count * sizeof(struct poll_kit *));
	qsort(sorted, kits->count, sizeof(struct poll_kit *), compare);
	for (size_t i = 1; i < kits->count; i++) {
		bool twins = compare(&sorted[i - 1], &sorted[i]) == 0;
		if (twins && (sorted[i]->id || compare == kit_list_compare_urls))
			status = log_problem(file, sorted[i], message, "kit", kit_label(sorted[i]));
	}
	free(sorted);
	return status;
}

/* "60/5 + 60/5 + 60/30 = 26 requests a minute, …" */
static int rate_error(const char *file, const struct poll_kit *kit)
{
	struct buffer sum = {0};

	for (unsigned i = 0; i < ENDPOINT_COUNT; i++)
		buffer_printf(
			&sum, "%s60/%g", i ? " + " : "", kit_interval_s(kit, (enum endpoint)i));
	buffer_printf(&sum, " = %.4g requests a minute, more than %g%% of %lld",
		kit_requests_per_minute(kit), usable_share * 100, (long long)kit->rate_limit);
	buffer_add_char(&sum, '\0');
	int status = sum.failed ? fail(EX_OSERR, "out of memory")
				: log_problem(file, kit, sum.data, "kit", kit_label(kit));
	buffer_release(&sum);
	return status;
}

static int check_rates(const char *file, const struct kit_list *kits)
{
	int status = 0;

	for (size_t i = 0; i < kits->count; i++) {
		const struct poll_kit *kit = kits->items[i];
		double usable = usable_share * (double)kit->rate_limit;
		if (kit->rate_limit && kit_requests_per_minute(kit) > usable)
			status = rate_error(file, kit);
	}
	return status;
}

static int read_url(const struct kit_source *source, struct kit_list *kits)
{
	struct poll_kit kit = *source->defaults;
	const char *wrong = url_parse(source->url, &kit);
	bool secret = kit.password != NULL;

	if (!wrong && source->id) {
		kit.id = strdup(source->id);
		wrong = kit.id ? NULL : "out of memory";
	}
	if (!wrong && !secret && kit_list_add(kits, &kit))
		return 0;
	kit_release(&kit);
	if (secret)
		return fail(EX_USAGE,
			"everybody can read a command line: give the password in "
			"kits.yaml, with password_file",
			{"option", "--url"});
	return fail(EX_USAGE, wrong ? wrong : "out of memory", {"option", "--url"});
}

static int load(const struct kit_source *source, struct kit_list *kits)
{
	int status =
		source->url ? read_url(source, kits) : kits_yaml_read(source->file, source, kits);

	if (!status)
		status = refuse_duplicates(
			source->file, kits, kit_list_compare_ids, "two kits have this id");
	if (!status)
		status = refuse_duplicates(
			source->file, kits, kit_list_compare_urls, "two kits have this URL");
	if (!status)
		status = select_kits(source, kits);
	if (!status)
		status = check_rates(source->file, kits);
	return status;
}

int load_kits(const struct kit_source *source, struct kit_list *kits)
{
	int status = load(source, kits);

	if (status)
		kit_list_release(kits);
	return status;
}
