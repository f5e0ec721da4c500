/* Parse command-line options and the environment, and print --help: one table per tool. */
#ifndef WD_COMMON_OPT_H
#define WD_COMMON_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an option's argument is, and what its `value` points at. */
enum opt_kind {
	OPT_FLAG,    /* none; bool, set to true */
	OPT_TEXT,    /* any text; const char * into argv or the environment */
	OPT_MAYBE,   /* `--name` or `--name=TEXT`; const char *, "" without the text */
	OPT_LIST,    /* any text, may be given again; struct opt_list */
	OPT_NUMBER,  /* a decimal integer within min..max; int64_t */
	OPT_SECONDS, /* decimal seconds within min..max, or with a suffix ms s m h d w; double */
	OPT_BYTES,   /* an integer within min..max, or with a suffix K M G (powers of 1024); int64_t
		      */
};

/* Where the value comes from: later entries override earlier ones. */
enum opt_origin {
	OPT_FROM_DEFAULT,
	OPT_FROM_ENVIRONMENT,
	OPT_FROM_COMMAND_LINE,
};

/* Zero-initialise. `items` points into argv and is never freed: it lives as long as the process. */
struct opt_list {
	const char **items;
	size_t count;
};

#define OPT_DEFAULT_SIZE 24

struct opt {
	const char *name; /* without the dashes; NULL if only the environment sets it */
	enum opt_kind kind;
	void *value;            /* holds the default, which --help prints */
	const char *argument;   /* its name in --help: "SECONDS" */
	const char *help;       /* wrapped to 80 columns; may contain its own "(default ...)" */
	double min, max;        /* both 0: any */
	const char *env;        /* environment variable, or NULL */
	const char *env_too;    /* alternative name, used if `env` is not set */
	char letter;            /* short form, or 0 */
	enum opt_origin origin; /* set by opt_parse() */

	char default_text[OPT_DEFAULT_SIZE]; /* set by opt_parse() */
};

struct opt_tool {
	const char *name;     /* "wd-poll" */
	const char *operands; /* what follows the options: "[FILE ...]" */
	const char *purpose;  /* one sentence */
	struct opt *opts;
	size_t count;
	const char *notes; /* printed at the end of --help, or NULL */
	/* Return the versions of the libraries that are loaded, as static text: "libcurl/7.88.1";
	 * or NULL. */
	const char *(*libraries)(void);
};

/* Open the log under the tool's name, read the environment, then the command line. Every tool also
 * has -h --help, -V --version, -q --quiet and -v --verbose. Return the index of the first operand
 * in `argv`. Exit with 0 after --help and --version, and with 64 (EX_USAGE) for an unknown option,
 * a missing argument or an invalid value, also in the environment; the message contains the option
 * and the value. An empty environment variable counts as not set. */
int opt_parse(struct opt_tool *tool, int argc, char **argv);

/* Log what is wrong with the command line and how to get help; return EX_USAGE. */
int opt_usage(const struct opt_tool *tool, const char *message, const char *subject);
/* The same with a hint, "did you mean CLOSEST?", unless `closest` is NULL. */
int opt_usage_closest(
	const struct opt_tool *tool, const char *message, const char *subject, const char *closest);

/* Parse values with units: "90", "1.5", "250ms", "2h"; "512", "64K", "2G". Return false for other
 * texts. */
bool opt_seconds_parse(const char *text, double *seconds);
bool opt_bytes_parse(const char *text, int64_t *bytes);

#endif
