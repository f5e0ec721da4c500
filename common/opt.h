/* Command-line options: one table a tool, which parses, checks, and prints --help. */
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
	OPT_SECONDS, /* decimal seconds within min..max, or with a suffix ms s m h d; double */
	OPT_BYTES,   /* an integer within min..max, or with a suffix K M G (powers of 1024); int64_t
		      */
};

/* Who said it: the last that spoke wins, in this order. */
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

struct opt {
	const char *name; /* without the dashes; NULL for what only the environment sets */
	enum opt_kind kind;
	void *value;            /* holds the default until somebody says otherwise */
	const char *argument;   /* what --help calls it: "SECONDS" */
	const char *help;       /* is wrapped to 80 columns */
	double min, max;        /* both 0: any */
	const char *env;        /* environment variable, or NULL */
	const char *env_too;    /* its other spelling; asked when `env` is not set */
	char letter;            /* its short form, or 0 */
	enum opt_origin origin; /* set by opt_parse() */
};

struct opt_tool {
	const char *name;     /* "wd-poll" */
	const char *operands; /* what follows the options: "[FILE ...]" */
	const char *purpose;  /* one sentence */
	struct opt *opts;
	size_t count;
	const char *notes; /* what --help says at its end, or NULL */
	/* Which libraries run here, for --version: "libcurl/7.88.1", not what was compiled against;
	 * a static text. NULL where none tells. */
	const char *(*libraries)(void);
};

/* Opens the log under the tool's name, reads the environment, then the command line; every tool
 * also knows -h --help, -V --version, -q --quiet and -v --verbose. Returns the index of the first
 * operand in `argv`. Ends the process itself: status 0 after --help and --version; 64 (EX_USAGE)
 * for an unknown option, a missing argument or a value, also one from the environment, that is
 * none; the complaint names the option and the value. An empty environment variable counts as not
 * set. */
int opt_parse(struct opt_tool *tool, int argc, char **argv);

/* Says what is wrong with the command line, and where to read on; returns EX_USAGE. */
int opt_usage(const struct opt_tool *tool, const char *message, const char *subject);

/* Values as people write them: "90", "1.5", "250ms", "2h"; "512", "64K", "2G". False for others. */
bool opt_seconds_parse(const char *text, double *seconds);
bool opt_bytes_parse(const char *text, int64_t *bytes);

#endif
