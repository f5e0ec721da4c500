#include "tools/wd-watch/engine/state.h"

#include "common/base/xalloc.h"
#include "common/file/read_file.h"
#include "common/file/write_atomic.h"
#include "common/lines/json.h"
#include "common/log/log.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define STATE_VERSION 1

/* A line is an array: the values in the order of the format functions below. Times are microseconds
 * since 1970. */

static void put_rule(struct buffer *out, const struct engine *engine, size_t i)
{
	buffer_printf(out, "[\"rule\",\"%016" PRIx64 "\",%" PRId64 "]\n",
		engine->rules->items[i].digest, engine->loaded[i]);
}

static void put_number(struct buffer *out, double number)
{
	if (isnan(number))
		buffer_add_text(out, "null");
	else
		json_put_number(out, number);
}

/* The last values of a line. */
static void put_place(struct buffer *out, struct position position, double alt_m)
{
	put_number(out, position.lat);
	buffer_add_char(out, ',');
	put_number(out, position.lon);
	buffer_add_char(out, ',');
	put_number(out, alt_m);
	buffer_add_text(out, "]\n");
}

/* `place` says which of the rule's zones, or which state of a kit. */
static void put_track(struct buffer *out, const struct watch_track *track, size_t place)
{
	buffer_printf(out,
		"[\"track\",%u,%zu,%d,%d,%d,%d,%u,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64,
		track->rule, place, track->is_inside, track->is_quiet, track->is_present,
		track->has_dwelled, track->hits, track->entered, track->outside_since,
		track->appearance, track->raised);
	for (size_t i = 0; i < ENTER_COUNT_MAX; i++)
		buffer_printf(out, ",%" PRId64, track->recent[i]);
	buffer_add_text(out, "]\n");
}

static size_t place_of_zone(const struct rule *rule, int zone)
{
	size_t place = 0;

	while (rule->zones[place] != zone)
		place++;
	return place;
}

static void put_kit(struct buffer *out, const struct watch_kit *kit)
{
	buffer_add_text(out, "[\"kit\",");
	json_put_text(out, span_of(kit->id));
	buffer_add_char(out, ',');
	json_put_text(out, span_of(kit->state));
	buffer_printf(out, ",%" PRId64 ",\"%016" PRIx64 "\",%d,", kit->time, kit->poller,
		kit->has_position);
	put_place(out, kit->position, kit->alt_m);
	for (const struct watch_track *track = kit->tracks; track; track = track->next)
		put_track(out, track, (size_t)track->zone);
}

static void put_subject(struct buffer *out, const struct subject *subject, const struct rule *rules)
{
	buffer_add_text(out, "[\"subject\",");
	json_put_text(out, span_of(subject->id));
	buffer_printf(out, ",%d,%d,%" PRId64 ",%" PRId64 ",%" PRId64 ",%d,", (int)subject->kind,
		subject->is_gone, subject->first, subject->appeared, subject->last,
		subject->has_position);
	put_place(out, subject->position, subject->alt_m);
	for (const struct reception *r = subject->receptions; r; r = r->next_of_subject) {
		buffer_add_text(out, "[\"reception\",");
		json_put_text(out, span_of(r->kit->id));
		buffer_printf(out, ",%" PRId64 "]\n", r->last);
	}
	for (const struct watch_track *track = subject->tracks; track; track = track->next)
		put_track(out, track, place_of_zone(&rules[track->rule], track->zone));
}

void state_format(struct buffer *out, const struct engine *engine)
{
	const struct subjects *subjects = &engine->subjects;

	buffer_printf(out, "[\"wd-watch\",%d]\n", STATE_VERSION);
	for (size_t i = 0; i < engine->rules->count; i++)
		put_rule(out, engine, i);
	for (size_t i = 0; i < subjects->kit_count; i++)
		put_kit(out, subjects->kits[i]);
	for (const struct subject *s = subjects->oldest; s; s = s->newer)
		put_subject(out, s, engine->rules->items);
	buffer_add_text(out, "[\"end\"]\n");
}

/* --- reading */

struct state_reader {
	struct engine *engine;
	struct span line; /* the items of the array that have not been read */
	bool is_wrong;
	int *rules; /* by number in the state: the number in the engine, or -1 */
	size_t rule_count;
	struct subject *subject; /* to which receptions and tracks belong */
	struct watch_track **tracks;
};

static struct span next_item(struct state_reader *reader)
{
	struct span item = {0};

	if (!scan_next(&reader->line, &item))
		reader->is_wrong = true;
	return item;
}

static double next_number(struct state_reader *reader)
{
	double number;

	return scan_number(next_item(reader), &number) ? number : NAN;
}

/* Microseconds are below 2^53 until the year 2255, and a double holds them. */
static int64_t next_integer(struct state_reader *reader)
{
	double number = next_number(reader);

	if (!(fabs(number) < (double)WATCH_TIME_MAX)) {
		reader->is_wrong = true;
		return 0;
	}
	return (int64_t)number;
}

static struct position next_position(struct state_reader *reader)
{
	double lat = next_number(reader);

	return (struct position){lat, next_number(reader)};
}

static void next_text(struct state_reader *reader, char *text, size_t size)
{
	scan_text(next_item(reader), text, size);
}

static uint64_t next_hash(struct state_reader *reader)
{
	char text[17];

	next_text(reader, text, sizeof(text));
	return strtoull(text, NULL, 16);
}

static void read_rule(struct state_reader *reader)
{
	const struct rules *rules = reader->engine->rules;
	uint64_t digest = next_hash(reader);
	clock_us loaded = next_integer(reader);
	int number = -1;

	for (size_t i = 0; i < rules->count; i++) {
		if (rules->items[i].digest == digest)
			number = (int)i;
	}
	if (number >= 0)
		reader->engine->loaded[number] = loaded;
	reader->rules = xrealloc(reader->rules, (reader->rule_count + 1) * sizeof(*reader->rules));
	reader->rules[reader->rule_count++] = number;
}

static void read_kit(struct state_reader *reader)
{
	char id[WATCH_ID_SIZE];

	next_text(reader, id, sizeof(id));
	struct watch_kit *kit = subjects_kit(&reader->engine->subjects, id);
	if (!kit) {
		reader->is_wrong = true;
		return;
	}
	next_text(reader, kit->state, sizeof(kit->state));
	kit->time = next_integer(reader);
	kit->poller = next_hash(reader);
	kit->has_position = next_integer(reader);
	kit->position = next_position(reader);
	kit->alt_m = next_number(reader);
	reader->subject = NULL;
	reader->tracks = &kit->tracks;
}

static void read_subject(struct state_reader *reader)
{
	char id[SUBJECT_ID_SIZE];

	next_text(reader, id, sizeof(id));
	int64_t kind = next_integer(reader);
	if (kind < SUBJECT_DRONE || kind > SUBJECT_SIGNAL ||
		subjects_find(&reader->engine->subjects, id)) {
		reader->is_wrong = true;
		return;
	}
	struct subject *subject =
		subjects_add(&reader->engine->subjects, id, (enum subject_kind)kind);
	subject->is_gone = next_integer(reader);
	subject->first = next_integer(reader);
	subject->appeared = next_integer(reader);
	subject->last = next_integer(reader);
	subject->has_position = next_integer(reader);
	subject->position = next_position(reader);
	subject->alt_m = next_number(reader);
	reader->subject = subject;
	reader->tracks = &subject->tracks;
}

static void read_reception(struct state_reader *reader)
{
	char id[WATCH_ID_SIZE];

	next_text(reader, id, sizeof(id));
	struct watch_kit *kit = subjects_kit(&reader->engine->subjects, id);
	if (kit && reader->subject)
		subjects_receive(
			&reader->engine->subjects, reader->subject, kit, next_integer(reader));
	else
		reader->is_wrong = true;
}

/* The rule's number here, -1 if it is not one of ours, and what the track's place means. */
static int track_rule(struct state_reader *reader, int *zone)
{
	int64_t rule = next_integer(reader), place = next_integer(reader);

	if (!reader->tracks || rule < 0 || (size_t)rule >= reader->rule_count || place < 0) {
		reader->is_wrong = true;
		return -1;
	}
	int number = reader->rules[rule];
	if (number < 0)
		return -1;
	const struct rule *ours = &reader->engine->rules->items[number];
	if (place >= (reader->subject ? (int64_t)ours->zone_count : EVENT_COUNT)) {
		reader->is_wrong = true;
		return -1;
	}
	*zone = reader->subject ? ours->zones[place] : (int)place;
	return number;
}

static void read_track(struct state_reader *reader)
{
	int zone, number = track_rule(reader, &zone);

	if (number < 0)
		return;
	struct watch_track *track =
		track_open(&reader->engine->subjects, reader->tracks, (size_t)number, zone);
	track->is_inside = next_integer(reader);
	track->is_quiet = next_integer(reader);
	track->is_present = next_integer(reader);
	track->has_dwelled = next_integer(reader);
	track->hits = (uint8_t)next_integer(reader);
	track->entered = next_integer(reader);
	track->outside_since = next_integer(reader);
	track->appearance = next_integer(reader);
	track->raised = next_integer(reader);
	for (size_t i = 0; i < ENTER_COUNT_MAX; i++)
		track->recent[i] = next_integer(reader);
	if (track->hits > ENTER_COUNT_MAX)
		reader->is_wrong = true;
}

static bool read_line(struct state_reader *reader, struct span line)
{
	static const struct {
		const char *name;
		void (*read)(struct state_reader *reader);
	} kinds[] = {{"rule", read_rule}, {"kit", read_kit}, {"subject", read_subject},
		{"reception", read_reception}, {"track", read_track}};
	struct scan_error error;

	if (!scan_check(line, SCAN_STRICT, &error) || scan_kind(line) != SCAN_ARRAY)
		return false;
	reader->line = scan_items(line);
	struct span name = next_item(reader);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (scan_text_is(name, kinds[i].name)) {
			kinds[i].read(reader);
			return !reader->is_wrong;
		}
	}
	return false;
}

static bool next_line(struct span *text, struct span *line)
{
	const char *newline = text->length ? memchr(text->data, '\n', text->length) : NULL;

	if (!newline)
		return false;
	*line = (struct span){text->data, (size_t)(newline - text->data)};
	*text = (struct span){newline + 1, text->length - line->length - 1};
	return true;
}

bool state_parse(struct span text, struct engine *engine)
{
	struct state_reader reader = {.engine = engine};
	struct span line;
	char head[32];

	snprintf(head, sizeof(head), "[\"wd-watch\",%d]", STATE_VERSION);
	bool good = next_line(&text, &line) && span_equals(line, head), ended = false;
	while (good && !ended && next_line(&text, &line)) {
		ended = span_equals(line, "[\"end\"]");
		good = ended || read_line(&reader, line);
	}
	free(reader.rules);
	return good && ended && !text.length;
}

int state_read(const char *path, struct engine *engine)
{
	struct buffer content = {0};
	bool exists;
	int status = read_file(path, &content, NULL, &exists);

	if (!status && exists && !state_parse(buffer_span(&content), engine))
		status = fail(EX_DATAERR, "not a whole state file", {"file", path},
			{"hint", "remove it to start without a state"});
	buffer_release(&content);
	return status;
}

int state_write(const char *path, const struct engine *engine)
{
	struct buffer content = {0};

	state_format(&content, engine);
	int status = write_atomic(path, &content);
	buffer_release(&content);
	return status;
}
