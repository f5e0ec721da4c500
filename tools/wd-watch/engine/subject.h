/* What is being watched: drones, aircraft, signals and kits, and what each rule knows of them. */
#ifndef WD_WATCH_SUBJECT_H
#define WD_WATCH_SUBJECT_H

#include "tools/wd-watch/rules/rules.h"

/* When a subject is not within the bounds, the one that was observed the longest time ago is
 * dropped; it is new if it comes again. */
enum {
	SUBJECTS_MAX = 100000,
	WATCH_KITS_MAX = 16384,
};
#define SUBJECTS_BYTES_MAX ((size_t)64 << 20)

/* "drone-alert" and '@' and a kit's id: encrypted drones are told apart by kit only. */
#define SUBJECT_ID_SIZE (2 * RECORD_ID_MAX + 2)

enum subject_kind {
	SUBJECT_DRONE,
	SUBJECT_AIRCRAFT,
	SUBJECT_SIGNAL,
	SUBJECT_KIT,
};

extern const char *const subject_kind_names[];

/* What one rule knows of a subject in one of its zones. */
struct watch_track {
	struct watch_track *next; /* of the same subject */
	uint16_t rule;
	int16_t zone; /* RULE_ZONE_NONE: everywhere; of a kit, the enum watch_event of its state */
	bool is_inside;
	bool is_quiet;   /* its `enter` was not reported: neither is `leave` */
	bool is_present; /* it was inside at the first look */
	bool has_dwelled;
	uint8_t hits;                     /* consecutive observations inside, up to enter_count */
	clock_us recent[ENTER_COUNT_MAX]; /* their times, the newest last */
	clock_us entered;
	clock_us outside_since; /* 0: not outside */
	clock_us appearance;    /* of the subject, when the rule matched first; 0: it never did */
	clock_us raised;        /* the last enter, present, seen or signal; 0: none */
};

/* That a kit received a subject: in the kit's list, oldest observation first, and in the
 * subject's. */
struct reception {
	struct subject *subject;
	struct watch_kit *kit;
	clock_us last;
	struct reception *next_of_subject;
	struct reception *older, *newer; /* of the kit */
};

struct subject {
	enum subject_kind kind;
	bool is_gone;                   /* lost, and not seen since */
	clock_us first, appeared, last; /* of observations; `appeared`: since it was lost last */
	bool has_position;
	struct position position;
	double alt_m;
	struct watch_track *tracks;
	struct reception *receptions;
	struct subject *older, *newer; /* in the order of their last observations */
	struct subject *next_in_slot;
	char id[]; /* with its NUL */
};

struct watch_kit {
	char id[WATCH_ID_SIZE];
	char state[16];  /* as kit_status said last; "" */
	clock_us time;   /* the newest of its lines */
	uint64_t poller; /* a hash of the poller that asks it; 0: not named */
	bool has_position;
	struct position position;
	double alt_m; /* NAN: not known */
	struct reception *oldest, *newest;
	struct watch_track *tracks;
};

/* Zero-initialise. */
struct subjects {
	struct subject **slots;
	uint64_t seed; /* of their hash */
	size_t slot_count, count, bytes;
	struct subject *oldest, *newest;
	struct watch_kit **kits; /* sorted by id */
	size_t kit_count;
	uint64_t dropped; /* for lack of room */
};

void subjects_release(struct subjects *subjects);

struct subject *subjects_find(const struct subjects *subjects, const char *id);

/* Add a subject that is not there yet; it is the newest. Another one may be dropped for it. */
struct subject *subjects_add(struct subjects *subjects, const char *id, enum subject_kind kind);

/* Note an observation by `kit`, which makes the subject the newest. */
void subjects_receive(
	struct subjects *subjects, struct subject *subject, struct watch_kit *kit, clock_us time);

/* Forget that `reception->kit` received its subject, or that any kit did. */
void subjects_unreceive(struct subjects *subjects, struct reception *reception);
void subjects_unreceive_all(struct subjects *subjects, struct subject *subject);

/* The kit; NULL where there are WATCH_KITS_MAX others. */
struct watch_kit *subjects_kit(struct subjects *subjects, const char *id);

/* What `rule` knows in `zone`; NULL if that is nothing. */
struct watch_track *track_find(struct watch_track *tracks, size_t rule, int zone);

/* The same; create it if it does not exist. `list` is a subject's or a kit's. */
struct watch_track *track_open(
	struct subjects *subjects, struct watch_track **list, size_t rule, int zone);

#endif
