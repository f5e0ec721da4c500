/* The kits of this wd-poll: read from files or the command line, checked, and selected. */
#include "tools/wd-poll/config/load.h"

#include "common/kits/kits_read.h"
#include "common/kits/url.h"
#include "common/log/log.h"
#include "tools/wd-poll/config/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* The usable part of a kit's rate limit: its operator's browser sends requests, too. */
static const double usable_share = 0.9;

/* Log "60/5 + 60/5 + 60/30 + 60/3600 = 26.02 requests a minute, …". */
static int rate_error(const struct kit_config *kit)
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
		const struct kit_config *kit = kits->items[i];
		double usable = usable_share * (double)kit->rate_limit;
		if (kit->rate_limit && kit_requests_per_minute(kit) > usable)
			status = rate_error(kit);
	}
	return status;
}

static int read_url(const struct kit_source *source, struct kit_list *kits)
{
	struct kit_config kit = *source->defaults;
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
			/* It may contain a password. */
			{"url", strchr(source->url, '@') ? "..." : source->url},
			{"expected", "http://HOST:PORT"});
	kit_release(&kit);
	return status;
}

int load_kits(const struct kit_source *source, struct kit_list *kits)
{
	bool may_be_empty = false;
	int status = source->url ? read_url(source, kits) : kits_read(source, kits, &may_be_empty);

	if (!status)
		status = select_kits(source, kits, may_be_empty);
	if (!status)
		status = check_rates(kits);
	if (status)
		kit_list_release(kits);
	return status;
}
