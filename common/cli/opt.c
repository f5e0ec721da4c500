/* Parse command-line options from one table per tool. */
#include "common/cli/opt.h"

#include "common/base/array.h"
#include "common/base/buffer.h"
#include "common/cli/opt_help.h"
#include "common/cli/spelling.h"
#include "common/log/log.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

/* getopt_long() reports the n-th entry of the table as FIRST_OPT + n. */
enum {
	FIRST_OPT = 256,
	OPTS_MAX = 48
};

static const struct option everywhere[] = {
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
};

struct unit {
	const char *suffix;
	double factor;
};

/* Parse a decimal number, followed by one of `units` or by nothing. */
static bool parse_with_unit(const char *text, const struct unit *units, size_t count, double *value)
{
	size_t digits = strspn(text, "0123456789.");
	char *rest;

	*value = strtod(text, &rest);
	if (digits == 0 || rest != text + digits)
		return false;
	if (*rest == '\0')
		return true;
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(rest, units[i].suffix) == 0) {
			*value *= units[i].factor;
			return true;
		}
	}
	return false;
}

bool opt_seconds_parse(const char *text, double *seconds)
{
	static const struct unit units[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600},
		{"d", 86400}, {"w", 7 * 86400}, {"y", 365 * 86400}};

	return parse_with_unit(text, units, ARRAY_SIZE(units), seconds);
}

bool opt_bytes_parse(const char *text, int64_t *bytes)
{
	static const struct unit units[] = {{"K", 1024}, {"M", 1048576}, {"G", 1073741824}};
	double value;

	if (!parse_with_unit(text, units, ARRAY_SIZE(units), &value) || value > 9e15)
		return false;
	*bytes = (int64_t)value;
	return true;
}

static bool parse_integer(const char *text, int64_t *number)
{
	char *rest;

	errno = 0;
	*number = strtoll(text, &rest, 10);
	return rest != text && *rest == '\0' && *text != ' ' && errno == 0;
}

bool opt_in_range(const struct opt *opt, double value)
{
	return (opt->min == 0 && opt->max == 0) || (value >= opt->min && value <= opt->max);
}

static bool append(struct opt_list *list, const char *item)
{
	const char **items = realloc(list->items, (list->count + 1) * sizeof(*items));

	if (!items)
		return false;
	items[list->count++] = item;
	list->items = items;
	return true;
}

/* Store `text` as the value of the option; false if it is not a valid value. */
static bool store(const struct opt *opt, const char *text)
{
	switch (opt->kind) {
	case OPT_FLAG:
		*(bool *)opt->value = true;
		return true;
	case OPT_TEXT:
		*(const char **)opt->value = text;
		return true;
	case OPT_MAYBE:
		*(const char **)opt->value = text ? text : "";
		return true;
	case OPT_LIST:
		/* The command line replaces what the environment set. */
		if (opt->origin == OPT_FROM_ENVIRONMENT)
			((struct opt_list *)opt->value)->count = 0;
		return append(opt->value, text);
	case OPT_NUMBER:
		return parse_integer(text, opt->value) &&
		       opt_in_range(opt, (double)*(int64_t *)opt->value);
	case OPT_SECONDS:
		return opt_seconds_parse(text, opt->value) &&
		       opt_in_range(opt, *(double *)opt->value);
	case OPT_BYTES:
		return opt_bytes_parse(text, opt->value) &&
		       opt_in_range(opt, (double)*(int64_t *)opt->value);
	}
	return false;
}

static void expected(const struct opt *opt, char *text, size_t size)
{
	const char *what = opt->kind == OPT_SECONDS ? "seconds"
			   : opt->kind == OPT_BYTES ? "bytes"
						    : "a number";

	if (opt->min == 0 && opt->max == 0)
		snprintf(text, size, "%s", what);
	else
		snprintf(text, size, "%s from %.16g to %.16g", what, opt->min, opt->max);
}

static void refuse(
	const struct opt_tool *tool, const struct opt *opt, const char *source, const char *text)
{
	char wanted[96];

	expected(opt, wanted, sizeof(wanted));
	log_error("invalid value", {source, text}, {"expected", wanted});
	fprintf(stderr, "Try '%s --help'.\n", tool->name);
	exit(EX_USAGE);
}

static void read_environment(const struct opt_tool *tool, struct opt *opt)
{
	const char *name = opt->env;
	const char *text = name ? getenv(name) : NULL;

	if ((!text || !*text) && opt->env_too) {
		name = opt->env_too;
		text = getenv(name);
	}
	if (!text || !*text)
		return;
	if (!store(opt, text))
		refuse(tool, opt, name, text);
	opt->origin = OPT_FROM_ENVIRONMENT;
}

static void print_and_exit(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		exit(0);
	exit(buffer_write_error(STDOUT_FILENO, "stdout", errno));
}

static int needs_argument(const struct opt *opt)
{
	return opt->kind == OPT_FLAG    ? no_argument
	       : opt->kind == OPT_MAYBE ? optional_argument
					: required_argument;
}

/* Convert the table to the form that getopt_long() reads. */
static void translate(const struct opt_tool *tool, struct option *longs, char *letters)
{
	size_t used = 0;
	char *letter = letters + strlen(strcpy(letters, ":hVqv"));

	memcpy(longs, everywhere, sizeof(everywhere));
	used = ARRAY_SIZE(everywhere);
	for (size_t i = 0; i < tool->count && used < OPTS_MAX; i++) {
		const struct opt *opt = &tool->opts[i];
		if (!opt->name)
			continue;
		longs[used++] =
			(struct option){opt->name, needs_argument(opt), NULL, (int)i + FIRST_OPT};
		if (!opt->letter)
			continue;
		*letter++ = opt->letter;
		if (needs_argument(opt) == required_argument)
			*letter++ = ':';
	}
	*letter = '\0';
	longs[used] = (struct option){0};
}

static struct opt *find(const struct opt_tool *tool, int code)
{
	if (code >= FIRST_OPT)
		return &tool->opts[code - FIRST_OPT];
	for (size_t i = 0; i < tool->count; i++) {
		if (tool->opts[i].name && tool->opts[i].letter == code)
			return &tool->opts[i];
	}
	return NULL;
}

/* Store the argument of one of the tool's own options. */
static void take(const struct opt_tool *tool, struct opt *opt, const char *text)
{
	char source[64];

	if (!store(opt, text)) {
		snprintf(source, sizeof(source), "--%s", opt->name);
		refuse(tool, opt, source, text);
	}
	opt->origin = OPT_FROM_COMMAND_LINE;
}

/* Report whether `word` ("--s") begins the name of a long option. */
static bool is_prefix(const struct option *longs, const char *word)
{
	size_t length = strcspn(word + 2, "=");

	while (longs->name && strncmp(longs->name, word + 2, length) != 0)
		longs++;
	return longs->name != NULL;
}

/* Write the long option that `word` ("--onec") was probably meant to be to `text`; return it or
 * NULL. */
static const char *closest_option(const struct option *longs, const char *word, char text[64])
{
	snprintf(text, 64, "%.*s", (int)strcspn(word + 2, "="), word + 2);
	while (longs->name && !one_edit_apart(text, longs->name))
		longs++;
	snprintf(text, 64, "--%s", longs->name ? longs->name : "");
	return longs->name ? text : NULL;
}

/* Log what getopt_long() refused, and exit: `code` is what it returned, `word` the last argument it
 * read. */
static void refuse_option(
	const struct opt_tool *tool, const struct option *longs, int code, const char *word)
{
	const char letter[] = {'-', (char)optopt, '\0'};
	/* For a long option optopt is its code, or 0 if it is unknown. */
	bool is_long = strncmp(word, "--", 2) == 0 &&
		       (!optopt || optopt >= FIRST_OPT || strchr("hVqv", optopt));
	char text[64];

	if (code == ':')
		exit(opt_usage(tool, "option needs an argument", is_long ? word : letter));
	if (!is_long)
		exit(opt_usage(tool, "unknown option", letter));
	if (optopt)
		exit(opt_usage(tool, "option takes no argument", word));
	if (is_prefix(longs, word))
		exit(opt_usage(tool, "ambiguous option", word));
	exit(opt_usage_closest(tool, "unknown option", word, closest_option(longs, word, text)));
}

int opt_usage_closest(
	const struct opt_tool *tool, const char *message, const char *subject, const char *closest)
{
	char hint[96];

	snprintf(hint, sizeof(hint), "did you mean %s?", closest ? closest : "");
	log_error(message, {subject ? "argument" : NULL, subject}, {"hint", closest ? hint : NULL});
	fprintf(stderr, "Try '%s --help'.\n", tool->name);
	return EX_USAGE;
}

int opt_usage(const struct opt_tool *tool, const char *message, const char *subject)
{
	return opt_usage_closest(tool, message, subject, NULL);
}

int opt_parse(struct opt_tool *tool, int argc, char **argv)
{
	struct option longs[OPTS_MAX + 1];
	char letters[2 * OPTS_MAX + 8];
	int code;

	log_open(tool->name);
	for (size_t i = 0; i < tool->count; i++) {
		opt_default_format(&tool->opts[i]);
		read_environment(tool, &tool->opts[i]);
	}
	translate(tool, longs, letters);
	opterr = 0;
	while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		switch (code) {
		case 'h':
			opt_help_print(tool);
			print_and_exit();
			break;
		case 'V':
			opt_version_print(tool);
			print_and_exit();
			break;
		case 'q':
			log_adjust(-1);
			break;
		case 'v':
			log_adjust(+1);
			break;
		case '?':
		case ':':
			refuse_option(tool, longs, code, argv[optind - 1]);
			break;
		default:
			take(tool, find(tool, code), optarg);
		}
	}
	return optind;
}
