/* All tracks, in bounded memory: for the formats that show a thing as one whole. */
#ifndef WD_EXPORT_SKY
#define WD_EXPORT_SKY

#include "tools/wd-export/track.h"

struct sky {
	size_t points_max; /* at least 1000: how many bytes may be held, in points */
	struct track **tracks;
	size_t count, capacity;
	uint32_t *slots; /* open addressing by kind, kit and id; an index + 1, 0 is free */
	size_t slot_count;
	size_t used;     /* bytes that the tracks hold */
	uint64_t stride; /* of the points of a track each how manieth is kept; a power of two */
	bool full;       /* of things: leaving out points does not help */
	uint64_t turned_away; /* records of things for which there was no room */
};

void sky_init(struct sky *sky, size_t points_max);
void sky_release(struct sky *sky);

/* Takes in an observation. When the memory is used up, each second point of all tracks is left out,
 * and from then on only each second is taken. Where that does not help, because the things are too
 * many or too long their names, it is full: new things are turned away, those that are known do not
 * grow. Returns 0 or EX_OSERR. */
int sky_add(struct sky *sky, const struct observation *observation);

/* Puts the tracks in order, by kit, kind and id, and the points of each. */
void sky_finish(struct sky *sky);

/* After sky_finish(): where a kit was at `time`; false where that is not known. */
bool sky_kit_place(const struct sky *sky, const char *kit_id, clock_us time, struct place *place);

#endif
