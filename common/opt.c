/* Command-line options: one table a tool, which parses, checks, and prints --help. */
#include "common/opt.h"

#include "common/array.h"
#include "common/log.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

/* getopt_long() reports the n-th entry of the table as FIRST_OPT + n. */
enum {
	FIRST_OPT = 256,
	MOST_OPTS = 48,
	HELP_INDENT = 28,
	HELP_WIDTH = 80
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

/* A decimal number, nothing before it, one of `units` or nothing behind it. */
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
	static const struct unit units[] = {
		{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

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

static bool in_range(const struct opt *opt, double value)
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

/* Stores `text` where the option wants it; false if it is no value for it. */
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
		       in_range(opt, (double)*(int64_t *)opt->value);
	case OPT_SECONDS:
		return opt_seconds_parse(text, opt->value) && in_range(opt, *(double *)opt->value);
	case OPT_BYTES:
		return opt_bytes_parse(text, opt->value) &&
		       in_range(opt, (double)*(int64_t *)opt->value);
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
	log_error("bad value", {source, text}, {"expected", wanted});
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

/* Writes a word, on a line of its own where it does not fit behind column `*column`. */
static void print_word(const char *word, size_t length, size_t *column)
{
	if (*column + 1 + length > HELP_WIDTH) {
		printf("\n%*s", HELP_INDENT, "");
		*column = HELP_INDENT;
	} else if (*column > HELP_INDENT) {
		putchar(' ');
		++*column;
	}
	printf("%.*s", (int)length, word);
	*column += length;
}

static void print_words(const char *text, size_t *column)
{
	static const char blanks[] = " \n";

	for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
		size_t length = strcspn(text, blanks);
		print_word(text, length, column);
		text += length;
	}
}

/* "-c, --config FILE" */
static void print_form(const struct opt *opt)
{
	char form[64];
	const char *argument = opt->argument ? opt->argument : "";
	char join = opt->kind == OPT_FLAG ? '\0' : ' ';
	int used;

	if (opt->letter)
		used = snprintf(form, sizeof(form), "-%c, --%s", opt->letter, opt->name);
	else
		used = snprintf(form, sizeof(form), "    --%s", opt->name);
	if (opt->kind == OPT_MAYBE)
		snprintf(form + used, sizeof(form) - (size_t)used, "[=%s]", argument);
	else if (join)
		snprintf(form + used, sizeof(form) - (size_t)used, "%c%s", join, argument);
	printf("  %-*s", HELP_INDENT - 2, form);
	if (strlen(form) > HELP_INDENT - 3)
		printf("\n%*s", HELP_INDENT, "");
}

static void print_option(const struct opt *opt)
{
	size_t column = HELP_INDENT;
	char env[64];

	print_form(opt);
	print_words(opt->help, &column);
	if (opt->env) {
		snprintf(env, sizeof(env), "[%s]", opt->env);
		print_words(env, &column);
	}
	putchar('\n');
}

static void print_help(const struct opt_tool *tool)
{
	printf("usage: %s [OPTION ...]%s%s\n%s\n\n", tool->name, *tool->operands ? " " : "",
		tool->operands, tool->purpose);
	for (size_t i = 0; i < tool->count; i++) {
		if (tool->opts[i].name)
			print_option(&tool->opts[i]);
	}
	printf("  -q, --quiet               say less; again: only errors\n"
	       "  -v, --verbose             say more\n"
	       "  -h, --help                this text\n"
	       "  -V, --version             the version\n");
	if (tool->notes)
		printf("\n%s\n", tool->notes);
	printf("\nSee %s(1) and wd(7).\n", tool->name);
}

static void print_version(const struct opt_tool *tool)
{
	printf("%s (wd-tools) " WD_VERSION "\n", tool->name);
	if (tool->libraries)
		printf("with %s\n", tool->libraries());
}

static void print_and_exit(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		exit(0);
	exit(fail(EX_IOERR, "cannot write", {"file", "stdout"}, {"reason", strerror(errno)}));
}

static int needs_argument(const struct opt *opt)
{
	return opt->kind == OPT_FLAG    ? no_argument
	       : opt->kind == OPT_MAYBE ? optional_argument
					: required_argument;
}

/* The same table in the shape that getopt_long() reads. */
static void translate(const struct opt_tool *tool, struct option *longs, char *letters)
{
	size_t used = 0;
	char *letter = letters + strlen(strcpy(letters, ":hVqv"));

	memcpy(longs, everywhere, sizeof(everywhere));
	used = ARRAY_SIZE(everywhere);
	for (size_t i = 0; i < tool->count && used < MOST_OPTS; i++) {
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

/* An option of the tool's own, or a mistake. */
static void take(const struct opt_tool *tool, int code, char **argv)
{
	struct opt *opt = code == '?' || code == ':' ? NULL : find(tool, code);
	char source[64];

	if (!opt) {
		exit(opt_usage(tool, code == ':' ? "option needs an argument" : "unknown option",
			argv[optind - 1]));
	}
	if (!store(opt, optarg)) {
		snprintf(source, sizeof(source), "--%s", opt->name);
		refuse(tool, opt, source, optarg);
	}
	opt->origin = OPT_FROM_COMMAND_LINE;
}

int opt_usage(const struct opt_tool *tool, const char *message, const char *subject)
{
	log_error(message, {subject ? "argument" : NULL, subject});
	fprintf(stderr, "Try '%s --help'.\n", tool->name);
	return EX_USAGE;
}

int opt_parse(struct opt_tool *tool, int argc, char **argv)
{
	struct option longs[MOST_OPTS + 1];
	char letters[2 * MOST_OPTS + 8];
	int code;

	log_open(tool->name);
	for (size_t i = 0; i < tool->count; i++)
		read_environment(tool, &tool->opts[i]);
	translate(tool, longs, letters);
	opterr = 0;
	while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		switch (code) {
		case 'h':
			print_help(tool);
			print_and_exit();
			break;
		case 'V':
			print_version(tool);
			print_and_exit();
			break;
		case 'q':
			log_adjust(-1);
			break;
		case 'v':
			log_adjust(+1);
			break;
		default:
			take(tool, code, argv);
		}
	}
	return optind;
}
