/* Replies that a healthy kit would not give. */
#ifndef WD_SIM_FAULT
#define WD_SIM_FAULT

#include "common/buffer.h"

#include <stdint.h>

/* One way to be wrong. The document is replaced by `body`, or, where a `key` is given, the values
 * of that key are replaced by `value`, or `spoil` changes it. */
struct fault_case {
	const char *name;
	unsigned http_status; /* 0: the connection is closed without a reply */
	const char *header, *header_value;
	const char *body;
	const char *key, *value;
	void (*spoil)(struct buffer *document);
};

/* A case and how likely it is, 0..1. */
struct fault {
	const struct fault_case *what;
	double probability;
};

/* Reads "CASE" or "CASE:PROBABILITY"; false where it is neither. */
bool fault_parse(const char *text, struct fault *fault);

/* The first of the faults that strikes the n-th request, or NULL: a pure function of all four. */
const struct fault_case *fault_draw(
	const struct fault *faults, size_t count, uint64_t seed, uint64_t request);

/* Makes of the kit's document what is sent instead. */
void fault_spoil(const struct fault_case *what, struct buffer *document);

#endif
