/* Why input was rejected: the codes that begin the `reason` of a `reject` line, listed in
 * wd-record(5). */
#ifndef WD_COMMON_REJECT_H
#define WD_COMMON_REJECT_H

#include <stddef.h>

enum reject_code {
	/* A line. */
	REJECT_NOT_JSON,
	REJECT_NO_TYPE,
	REJECT_TOO_LONG,
	/* A reply. */
	REJECT_NO_TIME,
	REJECT_NO_KIT,
	REJECT_NO_ENDPOINT,
	REJECT_NO_LIST,
	/* A record inside a reply. */
	REJECT_NOT_AN_OBJECT,
	REJECT_TOO_MANY,
	REJECT_NO_ID,
	REJECT_NO_FREQ,
	REJECT_NO_FIELDS,
	/* A user's program. */
	REJECT_FILTER_FAILED,
	REJECT_FILTER_NO_OBJECT,
	/* A record on its way into the database. */
	REJECT_BAD_VALUE,
	REJECT_REFUSED,
	REJECT_CODE_COUNT
};

struct reject_code_info {
	const char *code;    /* "no_id" */
	const char *text;    /* what follows the code where there is no detail */
	const char *stages;  /* which tools use it, separated by ", " */
	const char *meaning; /* for the manual: a sentence each */
	const char *remedy;
};

extern const struct reject_code_info reject_code_table[REJECT_CODE_COUNT];

/* Longest reason that reject_reason() writes, with the NUL; more detail is cut at a character. */
#define REJECT_REASON_SIZE 256

/* Write "code: detail" to `reason`, or with `detail` NULL "code: text", and return it. */
const char *reject_reason(
	char reason[REJECT_REASON_SIZE], enum reject_code code, const char *detail);

#endif
