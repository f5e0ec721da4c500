/* The kits of this wd-poll: read from files or the command line, checked, and selected. */
#include "tools/wd-poll/config/load.h"

#include "common/log.h"
#include "tools/wd-poll/config/config_dir.h"
#include "tools/wd-poll/config/kits_yaml.h"
#include "tools/wd-poll/config/select.h"
#include "tools/wd-poll/config/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* The usable part of a kit's rate limit: its operator's browser sends requests, too. */
static const double usable_share = 0.9;

typedef int compare_fn(const void *, const void *);

/* Log "kits.yaml:14: message", or only the message for the kit of the command line. */
static int kit_error(const struct poll_kit *kit, const char *message)
{
	char text[512], file[256];

	if (!kit->file)
		return fail(EX_CONFIG, message, {"kit", kit_label(kit)});
	log_quote(file, sizeof(file), kit->file);
	snprintf(text, sizeof(text), "%s:%u: %s", file, kit->line, message);
	return fail(EX_CONFIG, text, {"kit", kit_label(kit)});
}

/* Return the kits in the order of `compare`, in malloc'ed memory; NULL if there is none. */
static struct poll_kit **sort(const struct kit_list *kits, compare_fn *compare)
{
	struct poll_kit **sorted = malloc(kits->count * sizeof(struct poll_kit *) + 1);

	if (sorted && kits->count) {
		memcpy(sorted, kits->items, kits->count * sizeof(struct poll_kit *));
		qsort(sorted, kits->count, sizeof(struct poll_kit *), compare);
	}
	return sorted;
}

static int refuse_duplicates(const struct kit_list *kits, compare_fn *compare, const char *message)
{
	struct poll_kit **sorted = sort(kits, compare);
	int status = 0;

	if (!sorted)
		return fail(EX_OSERR, "out of memory");
	for (size_t i = 1; i < kits->count; i++) {
		bool equal = compare(&sorted[i - 1], &sorted[i]) == 0;
		if (equal && (sorted[i]->id || compare == kit_list_compare_urls))
			status = kit_error(sorted[i], message);
	}
	free(sorted);
	return status;
}

/* Log "60/5 + 60/5 + 60/30 = 26 requests a minute, …". */
static int rate_error(const struct poll_kit *kit)
{
	struct buffer sum = {0};

	for (unsigned i = 0; i < ENDPOINT_COUNT; i++)
		buffer_printf(
			&sum, "%s60/%g", i ? " + " : "", kit_interval_s(kit, (enum endpoint)i));
	buffer_printf(&sum, " = %.4g requests a minute, more than %g%% of %lld",
		kit_requests_per_minute(kit), usable_share * 100, (long long)kit->rate_limit);
	buffer_add_char(&sum, '\0');
	int status = sum.failed ? fail(EX_OSERR, "out of memory") : kit_error(kit, sum.data);
	buffer_release(&sum);
	return status;
}

static int check_rates(const struct kit_list *kits)
{
	int status = 0;

	for (size_t i = 0; i < kits->count; i++) {
		const struct poll_kit *kit = kits->items[i];
		double usable = usable_share * (double)kit->rate_limit;
		if (kit->rate_limit && kit_requests_per_minute(kit) > usable)
			status = rate_error(kit);
	}
	return status;
}

static int read_url(const struct kit_source *source, struct kit_list *kits)
{
	struct poll_kit kit = *source->defaults;
	const char *error = url_parse(source->url, &kit);
	int status = 0;

	if (!error && source->id) {
		kit.id = strdup(source->id);
		error = kit.id ? NULL : kit_out_of_memory;
	}
	if (!error && kit.password)
		error = "everybody can read a command line: give the password in kits.yaml, with "
			"password_file";
	if (!error && !kit_list_add(kits, &kit))
		error = kit_out_of_memory;
	if (error)
		status = fail(error == kit_out_of_memory ? EX_OSERR : EX_USAGE, error,
			{"option", "--url"});
	kit_release(&kit);
	return status;
}

/* Return the kit with the same id or URL as `kit`, or NULL. */
static const struct poll_kit *find(
	const struct poll_kit *kit, struct poll_kit **by_id, struct poll_kit **by_url, size_t count)
{
	struct poll_kit **found = NULL;

	if (kit->id)
		found = bsearch(&kit, by_id, count, sizeof(kit), kit_list_compare_ids);
	if (!found)
		found = bsearch(&kit, by_url, count, sizeof(kit), kit_list_compare_urls);
	return found ? *found : NULL;
}

static bool is_same_url(const struct poll_kit *a, const struct poll_kit *b)
{
	return strcmp(a->api_url, b->api_url) == 0;
}

/* Append the kits of `more` whose id and URL are new. Earlier files override later ones: that one
 * kit is in both is normal, and worth a warning only if the URLs differ. */
static int append_new(struct kit_list *kits, struct kit_list *more)
{
	struct poll_kit **by_id = sort(kits, kit_list_compare_ids);
	struct poll_kit **by_url = sort(kits, kit_list_compare_urls);
	size_t count = kits->count;
	int status = by_id && by_url ? 0 : fail(EX_OSERR, "out of memory");

	for (size_t i = 0; i < more->count && !status; i++) {
		struct poll_kit *kit = more->items[i];
		const struct poll_kit *known = find(kit, by_id, by_url, count);
		if (known && !is_same_url(known, kit))
			log_warning("kit is configured with another URL by an earlier --config: "
				    "skipped",
				{"kit", kit_label(kit)}, {"file", kit->file});
		if (!known && !kit_list_add(kits, kit))
			status = fail(EX_OSERR, "out of memory");
	}
	free(by_id);
	free(by_url);
	return status;
}

static int read_config(
	const struct kit_source *source, const char *config, struct kit_list *kits, bool *is_dir)
{
	struct kit_list more = {0};

	*is_dir = config_dir_is(config);
	int status = *is_dir ? config_dir_read(config, source, &more)
			     : kits_yaml_read(config, source, &more);
	if (!status)
		status = refuse_duplicates(&more, kit_list_compare_ids, "duplicate id");
	if (!status)
		status = refuse_duplicates(&more, kit_list_compare_urls, "duplicate URL");
	if (!status)
		status = append_new(kits, &more);
	kit_list_release(&more);
	return status;
}

/* A folder may be empty: it is filled by another program, and SIGHUP follows. */
static int read_configs(const struct kit_source *source, struct kit_list *kits, bool *may_be_empty)
{
	const struct opt_list *configs = source->configs;
	int status = 0;

	for (size_t i = 0; i < configs->count && !status; i++) {
		bool is_dir;
		status = read_config(source, configs->items[i], kits, &is_dir);
		*may_be_empty = *may_be_empty || is_dir;
	}
	if (!status && !kits->count && !*may_be_empty)
		status = fail(EX_CONFIG, "no kits", {"file", configs->items[0]});
	return status;
}

int load_kits(const struct kit_source *source, struct kit_list *kits)
{
	bool may_be_empty = false;
	int status =
		source->url ? read_url(source, kits) : read_configs(source, kits, &may_be_empty);

	if (!status)
		status = select_kits(source, kits, may_be_empty);
	if (!status)
		status = check_rates(kits);
	if (status)
		kit_list_release(kits);
	return status;
}
