#include "tools/wd-watch/engine/subject.h"

#include "common/base/hash.h"
#include "common/base/xalloc.h"

#include <math.h>
#include <stdlib.h>

enum {
	SLOTS_FIRST = 1024
};

const char *const subject_kind_names[] = {
	[SUBJECT_DRONE] = "drone",
	[SUBJECT_AIRCRAFT] = "aircraft",
	[SUBJECT_SIGNAL] = "signal",
	[SUBJECT_KIT] = "kit",
};

/* From a secret start, so that no transmitter can choose ids that share a slot. */
static size_t slot_of(const struct subjects *subjects, const char *id)
{
	uint64_t hash = hash_bytes(subjects->seed, id, strlen(id));

	return (size_t)hash_fold(hash) & (subjects->slot_count - 1);
}

struct subject *subjects_find(const struct subjects *subjects, const char *id)
{
	struct subject *subject =
		subjects->slot_count ? subjects->slots[slot_of(subjects, id)] : NULL;

	while (subject && strcmp(subject->id, id) != 0)
		subject = subject->next_in_slot;
	return subject;
}

static void put_into_slot(struct subjects *subjects, struct subject *subject)
{
	size_t slot = slot_of(subjects, subject->id);

	subject->next_in_slot = subjects->slots[slot];
	subjects->slots[slot] = subject;
}

static void grow(struct subjects *subjects)
{
	if (!subjects->slot_count)
		subjects->seed = hash_seed();
	free(subjects->slots);
	subjects->slot_count = subjects->slot_count ? 2 * subjects->slot_count : SLOTS_FIRST;
	subjects->slots = xcalloc(subjects->slot_count, sizeof(struct subject *));
	for (struct subject *s = subjects->oldest; s; s = s->newer)
		put_into_slot(subjects, s);
}

/* --- the order of observations */

static void unlink_subject(struct subjects *subjects, struct subject *subject)
{
	*(subject->older ? &subject->older->newer : &subjects->oldest) = subject->newer;
	*(subject->newer ? &subject->newer->older : &subjects->newest) = subject->older;
}

static void append_subject(struct subjects *subjects, struct subject *subject)
{
	subject->older = subjects->newest;
	subject->newer = NULL;
	*(subjects->newest ? &subjects->newest->newer : &subjects->oldest) = subject;
	subjects->newest = subject;
}

static void unlink_reception(struct reception *reception)
{
	struct watch_kit *kit = reception->kit;

	*(reception->older ? &reception->older->newer : &kit->oldest) = reception->newer;
	*(reception->newer ? &reception->newer->older : &kit->newest) = reception->older;
}

/* By time, then by id, so that the order does not depend on history: a state that was written and
 * read again behaves the same. */
static bool is_before(const struct reception *a, const struct reception *b)
{
	return a->last != b->last ? a->last < b->last : strcmp(a->subject->id, b->subject->id) < 0;
}

/* Nearly always at the end. */
static void link_reception(struct reception *reception)
{
	struct watch_kit *kit = reception->kit;
	struct reception *older = kit->newest;

	while (older && is_before(reception, older))
		older = older->older;
	reception->older = older;
	reception->newer = older ? older->newer : kit->oldest;
	*(older ? &older->newer : &kit->oldest) = reception;
	*(reception->newer ? &reception->newer->older : &kit->newest) = reception;
}

void subjects_receive(
	struct subjects *subjects, struct subject *subject, struct watch_kit *kit, clock_us time)
{
	struct reception *reception = subject->receptions;

	while (reception && reception->kit != kit)
		reception = reception->next_of_subject;
	if (reception) {
		unlink_reception(reception);
	} else {
		reception = xmalloc(sizeof(*reception));
		*reception = (struct reception){
			.subject = subject, .kit = kit, .next_of_subject = subject->receptions};
		subject->receptions = reception;
		subjects->bytes += sizeof(*reception);
	}
	if (time > reception->last)
		reception->last = time;
	link_reception(reception);
	unlink_subject(subjects, subject);
	append_subject(subjects, subject);
}

void subjects_unreceive(struct subjects *subjects, struct reception *reception)
{
	struct reception **at = &reception->subject->receptions;

	while (*at != reception)
		at = &(*at)->next_of_subject;
	*at = reception->next_of_subject;
	unlink_reception(reception);
	subjects->bytes -= sizeof(*reception);
	free(reception);
}

void subjects_unreceive_all(struct subjects *subjects, struct subject *subject)
{
	while (subject->receptions)
		subjects_unreceive(subjects, subject->receptions);
}

/* --- subjects */

static size_t subject_size(const char *id)
{
	return sizeof(struct subject) + strlen(id) + 1;
}

static void free_tracks(struct subjects *subjects, struct watch_track *tracks)
{
	while (tracks) {
		struct watch_track *next = tracks->next;
		subjects->bytes -= sizeof(*tracks);
		free(tracks);
		tracks = next;
	}
}

static void drop(struct subjects *subjects, struct subject *subject)
{
	struct subject **at = &subjects->slots[slot_of(subjects, subject->id)];

	while (*at != subject)
		at = &(*at)->next_in_slot;
	*at = subject->next_in_slot;
	unlink_subject(subjects, subject);
	subjects_unreceive_all(subjects, subject);
	free_tracks(subjects, subject->tracks);
	subjects->bytes -= subject_size(subject->id);
	subjects->count--;
	free(subject);
}

struct subject *subjects_add(struct subjects *subjects, const char *id, enum subject_kind kind)
{
	while (subjects->oldest &&
		(subjects->count >= SUBJECTS_MAX || subjects->bytes > SUBJECTS_BYTES_MAX)) {
		drop(subjects, subjects->oldest);
		subjects->dropped++;
	}
	if (subjects->count >= subjects->slot_count)
		grow(subjects);
	struct subject *subject = xcalloc(1, subject_size(id));
	subject->kind = kind;
	subject->alt_m = NAN;
	memcpy(subject->id, id, strlen(id) + 1);
	append_subject(subjects, subject);
	put_into_slot(subjects, subject);
	subjects->bytes += subject_size(id);
	subjects->count++;
	return subject;
}

/* --- kits */

/* Where the kit is, or where it would be. */
static size_t kit_place(const struct subjects *subjects, const char *id)
{
	size_t low = 0, high = subjects->kit_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(subjects->kits[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct watch_kit *subjects_kit(struct subjects *subjects, const char *id)
{
	size_t place = kit_place(subjects, id);

	if (place < subjects->kit_count && strcmp(subjects->kits[place]->id, id) == 0)
		return subjects->kits[place];
	if (subjects->kit_count == WATCH_KITS_MAX)
		return NULL;
	if (!(subjects->kit_count & (subjects->kit_count - 1)))
		subjects->kits = xrealloc(
			subjects->kits, 2 * (subjects->kit_count + 1) * sizeof(struct watch_kit *));
	memmove(&subjects->kits[place + 1], &subjects->kits[place],
		(subjects->kit_count - place) * sizeof(struct watch_kit *));
	struct watch_kit *kit = xcalloc(1, sizeof(*kit));
	kit->alt_m = NAN;
	memcpy(kit->id, id, strnlen(id, RECORD_ID_MAX));
	subjects->kits[place] = kit;
	subjects->kit_count++;
	return kit;
}

void subjects_release(struct subjects *subjects)
{
	while (subjects->oldest)
		drop(subjects, subjects->oldest);
	for (size_t i = 0; i < subjects->kit_count; i++) {
		free_tracks(subjects, subjects->kits[i]->tracks);
		free(subjects->kits[i]);
	}
	free(subjects->kits);
	free(subjects->slots);
	*subjects = (struct subjects){0};
}

/* --- tracks */

struct watch_track *track_find(struct watch_track *tracks, size_t rule, int zone)
{
	while (tracks && (tracks->rule != rule || tracks->zone != zone))
		tracks = tracks->next;
	return tracks;
}

struct watch_track *track_open(
	struct subjects *subjects, struct watch_track **list, size_t rule, int zone)
{
	struct watch_track *track = track_find(*list, rule, zone);

	if (!track) {
		track = xcalloc(1, sizeof(*track));
		track->rule = (uint16_t)rule;
		track->zone = (int16_t)zone;
		track->next = *list;
		*list = track;
		subjects->bytes += sizeof(*track);
	}
	return track;
}
