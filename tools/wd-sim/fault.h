/* Faulty replies. */
#ifndef WD_SIM_FAULT_H
#define WD_SIM_FAULT_H

#include "common/base/buffer.h"

#include <stdint.h>

/* One kind of faulty reply. `body` replaces the document; or `value` replaces the values of `key`;
 * or `corrupt` changes the document. */
struct fault_case {
	const char *name;
	unsigned http_status; /* 0: the connection is closed without a reply */
	const char *header, *header_value;
	const char *body;
	const char *key, *value;
	void (*corrupt)(struct buffer *document);
};

/* A case and its probability, 0..1. */
struct fault {
	const struct fault_case *kind;
	double probability;
};

/* Parse "CASE" or "CASE:PROBABILITY". Return false if it is neither. */
bool fault_parse(const char *text, struct fault *fault);

/* Return the fault for the n-th request, or NULL. The first fault drawn is used; the result depends
 * on the arguments only. */
const struct fault_case *fault_draw(
	const struct fault *faults, size_t count, uint64_t seed, uint64_t request);

/* Replace or corrupt the document as the fault requires. */
void fault_apply(const struct fault_case *fault, struct buffer *document);

#endif
