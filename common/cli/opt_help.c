/* Print --help and --version from the tool's table of options. */
#include "common/cli/opt_help.h"

#include <stdio.h>
#include <string.h>

enum {
	HELP_INDENT = 28,
	HELP_WIDTH = 80
};

/* Print a word, on a new line if it does not fit after column `*column`. */
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

static void format_bytes(char *text, int64_t bytes)
{
	static const char suffixes[] = "GMK";
	int64_t unit = INT64_C(1) << 30;

	for (const char *suffix = suffixes; *suffix; suffix++, unit /= 1024) {
		if (bytes >= unit && bytes % unit == 0) {
			snprintf(text, OPT_DEFAULT_SIZE, "%lld%c", (long long)(bytes / unit),
				*suffix);
			return;
		}
	}
	snprintf(text, OPT_DEFAULT_SIZE, "%lld", (long long)bytes);
}

void opt_default_format(struct opt *opt)
{
	char *text = opt->default_text;
	const char *word;

	*text = '\0';
	switch (opt->kind) {
	case OPT_NUMBER:
		if (opt_in_range(opt, (double)*(int64_t *)opt->value))
			snprintf(text, OPT_DEFAULT_SIZE, "%lld", (long long)*(int64_t *)opt->value);
		break;
	case OPT_SECONDS:
		if (opt_in_range(opt, *(double *)opt->value))
			snprintf(text, OPT_DEFAULT_SIZE, "%.6g", *(double *)opt->value);
		break;
	case OPT_BYTES:
		if (opt_in_range(opt, (double)*(int64_t *)opt->value))
			format_bytes(text, *(int64_t *)opt->value);
		break;
	case OPT_TEXT:
		word = *(const char **)opt->value;
		snprintf(text, OPT_DEFAULT_SIZE, "%s", word ? word : "");
		break;
	case OPT_FLAG:
	case OPT_MAYBE:
	case OPT_LIST:
		break;
	}
}

static void print_option(const struct opt *opt)
{
	size_t column = HELP_INDENT;
	char env[64], shown[OPT_DEFAULT_SIZE + sizeof("(default )")];

	print_form(opt);
	print_words(opt->help, &column);
	if (*opt->default_text && !strstr(opt->help, "(default")) {
		snprintf(shown, sizeof(shown), "(default %s)", opt->default_text);
		print_words(shown, &column);
	}
	if (opt->env) {
		snprintf(env, sizeof(env), "[%s]", opt->env);
		print_words(env, &column);
	}
	putchar('\n');
}

void opt_help_print(const struct opt_tool *tool)
{
	printf("usage: %s [OPTION ...]%s%s\n%s\n\n", tool->name, *tool->operands ? " " : "",
		tool->operands, tool->purpose);
	for (size_t i = 0; i < tool->count; i++) {
		if (tool->opts[i].name)
			print_option(&tool->opts[i]);
	}
	printf("  -q, --quiet               log only warnings; twice: only errors\n"
	       "  -v, --verbose             log more\n"
	       "  -h, --help                print this help\n"
	       "  -V, --version             print the version\n");
	if (tool->notes)
		printf("\n%s\n", tool->notes);
	printf("\nSee %s(1) and wd(7).\n", tool->name);
}

void opt_version_print(const struct opt_tool *tool)
{
	printf("%s (wd-tools) " WD_VERSION "\n", tool->name);
	if (tool->libraries)
		printf("with %s\n", tool->libraries());
}
