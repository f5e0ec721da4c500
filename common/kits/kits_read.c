/* The kits of configuration files and folders. */
#include "common/kits/kits_read.h"

#include "common/kits/config_dir.h"
#include "common/kits/kits_yaml.h"
#include "common/log/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

typedef int compare_fn(const void *, const void *);

int kit_error(const struct kit_config *kit, const char *message)
{
	char text[LOG_LOCATION_SIZE];

	if (!kit->file)
		return fail(EX_CONFIG, message, {"kit", kit_label(kit)});
	return fail(EX_CONFIG, log_location(text, kit->file, kit->line, message),
		{"kit", kit_label(kit)});
}

/* Both kits have the same id or URL and are from a file or from a folder of files. */
static int duplicate_error(
	const struct kit_config *a, const struct kit_config *b, const char *message)
{
	bool is_in_order =
		strcmp(a->file, b->file) ? strcmp(a->file, b->file) < 0 : a->line < b->line;
	const struct kit_config *first = is_in_order ? a : b, *second = is_in_order ? b : a;
	char where[LOG_LOCATION_SIZE], other[LOG_LOCATION_SIZE];

	return fail(EX_CONFIG, log_location(where, second->file, second->line, message),
		{"kit", kit_label(second)},
		{"first", log_location(other, first->file, first->line, "")},
		{"hint", "correct or remove one of the two"});
}

/* Return the kits in the order of `compare`, in malloc'ed memory; NULL if out of memory. */
static struct kit_config **sort(const struct kit_list *kits, compare_fn *compare)
{
	struct kit_config **sorted = malloc(kits->count * sizeof(struct kit_config *) + 1);

	if (sorted && kits->count) {
		memcpy(sorted, kits->items, kits->count * sizeof(struct kit_config *));
		qsort(sorted, kits->count, sizeof(struct kit_config *), compare);
	}
	return sorted;
}

static int refuse_duplicates(const struct kit_list *kits, compare_fn *compare, const char *message)
{
	struct kit_config **sorted = sort(kits, compare);
	int status = 0;

	if (!sorted)
		return fail(EX_OSERR, "out of memory");
	for (size_t i = 1; i < kits->count; i++) {
		bool has_key = compare == kit_list_compare_ids ? sorted[i]->id : sorted[i]->api_url;
		if (has_key && compare(&sorted[i - 1], &sorted[i]) == 0)
			status = duplicate_error(sorted[i - 1], sorted[i], message);
	}
	free(sorted);
	return status;
}

/* Return the kit with the same id or URL as `kit`, or NULL. */
static const struct kit_config *find(const struct kit_config *kit, struct kit_config **by_id,
	struct kit_config **by_url, size_t count)
{
	struct kit_config **found = NULL;

	if (kit->id)
		found = bsearch(&kit, by_id, count, sizeof(kit), kit_list_compare_ids);
	if (!found && kit->api_url)
		found = bsearch(&kit, by_url, count, sizeof(kit), kit_list_compare_urls);
	return found ? *found : NULL;
}

static bool is_same_url(const struct kit_config *a, const struct kit_config *b)
{
	return a->api_url && b->api_url ? strcmp(a->api_url, b->api_url) == 0
					: a->api_url == b->api_url;
}

/* Append the kits of `more` whose id and URL are new. Earlier files override later ones: that one
 * kit is in both is normal, and worth a warning only if the URLs differ. */
static int append_new(struct kit_list *kits, struct kit_list *more)
{
	struct kit_config **by_id = sort(kits, kit_list_compare_ids);
	struct kit_config **by_url = sort(kits, kit_list_compare_urls);
	size_t count = kits->count;
	int status = by_id && by_url ? 0 : fail(EX_OSERR, "out of memory");

	for (size_t i = 0; i < more->count && !status; i++) {
		struct kit_config *kit = more->items[i];
		const struct kit_config *known = find(kit, by_id, by_url, count);
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

int kits_read(const struct kit_source *source, struct kit_list *kits, bool *may_be_empty)
{
	const struct opt_list *configs = source->configs;
	int status = 0;

	for (size_t i = 0; i < configs->count && !status; i++) {
		bool is_dir;
		status = read_config(source, configs->items[i], kits, &is_dir);
		*may_be_empty = *may_be_empty || is_dir;
	}
	if (!status && !kits->count && !*may_be_empty)
		status = fail(EX_CONFIG, "no kits", {"file", configs->items[0]},
			{"hint", "list them under kits:, each with an api_url; see wd-kits(5)"});
	return status;
}
