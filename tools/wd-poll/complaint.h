/* Saying what is wrong with a kit when it changes, and not for ever. Pure. */
#ifndef WD_POLL_COMPLAINT
#define WD_POLL_COMPLAINT

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialise: all is well. One for each thing that can go wrong by itself. */
struct complaint {
	int about; /* the caller's code for what is wrong; 0: nothing */
};

/* At most 6 lines a minute for all complaints that share it, however fast they change. */
struct complaint_ration {
	int64_t minute_us; /* when the minute began */
	unsigned said;
	uint64_t unsaid; /* since the last line */
};

/* Whether a line is due now that `about` is wrong (0: all is well again): it differs from what was
 * wrong before and the ration has not been used up. `*unsaid` is then how many lines were left out
 * since the last one; what stays as it is needs no line and counts as none. */
bool complaint_due(struct complaint *complaint, struct complaint_ration *ration, int about,
	int64_t now_us, uint64_t *unsaid);

#endif
