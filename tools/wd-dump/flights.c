#include "tools/wd-dump/flights.h"

#include "common/base/xalloc.h"
#include "tools/wd-dump/flight.h"

#include <stdlib.h>

#define BUCKET_US (SIGHTING_BUCKET_S * CLOCK_SECOND_US)
#define GAP_US    (FLIGHT_GAP_S * CLOCK_SECOND_US)

/* Flights in the order of their start. */
struct flight_queue {
	struct flight *head, *tail;
	size_t count;
};

/* The flights of a bucket, sorted by drone. */
struct flight_bucket {
	clock_us time;
	struct flight **flights;
	size_t count, capacity, at; /* at: where the search for the next drone starts */
};

/* A flight continues only in the bucket that follows, because a gap is as long as a bucket: the flights
 * of two buckets are all that can still change. */
struct flights {
	const struct selection *selection;
	struct flight_bucket before, current;
	struct flight *group; /* the sightings of one drone in `current`, or NULL */
	struct flight_leg *legs;
	size_t leg_count, leg_capacity;
	struct flight_queue queue,
		newest; /* newest: the selected ones if their number is limited */
	struct flight *shown;
	struct buffer kits;
	bool finished;
};

struct flights *flights_open(const struct selection *selection)
{
	struct flights *flights = xcalloc(1, sizeof(*flights));

	flights->selection = selection;
	return flights;
}

static struct flight *queue_take(struct flight_queue *queue)
{
	struct flight *flight = queue->head;

	queue->head = flight->next;
	if (queue->head)
		queue->head->previous = NULL;
	else
		queue->tail = NULL;
	queue->count--;
	return flight;
}

static bool is_later(const struct flight *a, const struct flight *b)
{
	if (flight_started(a) != flight_started(b))
		return flight_started(a) > flight_started(b);
	return strcmp(flight_drone(a).data, flight_drone(b).data) > 0;
}

/* Buckets come in their order, so that only flights of the same bucket are passed. */
static void queue_add(struct flight_queue *queue, struct flight *flight)
{
	struct flight *after = queue->tail;

	while (after && is_later(after, flight))
		after = after->previous;
	flight->previous = after;
	flight->next = after ? after->next : queue->head;
	*(after ? &after->next : &queue->head) = flight;
	*(flight->next ? &flight->next->previous : &queue->tail) = flight;
	queue->count++;
}

static void queue_release(struct flight_queue *queue)
{
	while (queue->head)
		flight_free(queue_take(queue));
}

void flights_close(struct flights *flights)
{
	if (!flights)
		return;
	queue_release(&flights->queue);
	queue_release(&flights->newest);
	if (flights->group)
		flight_free(flights->group);
	if (flights->shown)
		flight_free(flights->shown);
	free(flights->before.flights);
	free(flights->current.flights);
	free(flights->legs);
	buffer_release(&flights->kits);
	free(flights);
}

static void bucket_add(struct flight_bucket *bucket, struct flight *flight)
{
	if (bucket->count == bucket->capacity) {
		bucket->capacity = bucket->capacity ? 2 * bucket->capacity : 64;
		bucket->flights =
			xrealloc(bucket->flights, bucket->capacity * sizeof(*bucket->flights));
	}
	bucket->flights[bucket->count++] = flight;
}

/* Return the flight of a drone in the bucket, or NULL. Drones are asked for in their order. */
static struct flight *bucket_find(struct flight_bucket *bucket, struct span drone)
{
	int order = -1;

	while (bucket->at < bucket->count &&
		(order = strcmp(flight_drone(bucket->flights[bucket->at]).data, drone.data)) < 0)
		bucket->at++;
	return order == 0 ? bucket->flights[bucket->at] : NULL;
}

/* Insert in the order of time; of the same time, the sighting that was added first comes first. */
static void add_leg(struct flights *flights, const struct row *sighting)
{
	struct flight_leg leg;
	size_t at = flights->leg_count;

	if (!flight_leg_of(sighting, &leg))
		return;
	if (flights->leg_count == flights->leg_capacity) {
		flights->leg_capacity = flights->leg_capacity ? 2 * flights->leg_capacity : 16;
		flights->legs =
			xrealloc(flights->legs, flights->leg_capacity * sizeof(*flights->legs));
	}
	for (; at > 0 && flights->legs[at - 1].time > leg.time; at--)
		flights->legs[at] = flights->legs[at - 1];
	flights->legs[at] = leg;
	flights->leg_count++;
}

/* The sightings of a drone in a bucket are complete: they continue its flight, or begin one. */
static void end_group(struct flights *flights)
{
	struct flight *group = flights->group, *flight;

	if (!group)
		return;
	flight = bucket_find(&flights->before, flight_drone(group));
	if (flight && flight_started(group) - flight_ended(flight) <= GAP_US) {
		flight_merge(flight, group);
		flight_free(group);
	} else {
		flight = group;
		queue_add(&flights->queue, flight);
	}
	for (size_t i = 0; i < flights->leg_count; i++)
		flight_add_leg(flight, &flights->legs[i]);
	bucket_add(&flights->current, flight);
	flights->group = NULL;
	flights->leg_count = 0;
}

/* Start with a new bucket. What the one before it did not continue has ended. */
static void next_bucket(struct flights *flights, clock_us time)
{
	struct flight_bucket before = flights->before;

	for (size_t i = 0; i < before.count; i++)
		before.flights[i]->ended = true;
	for (size_t i = 0; i < flights->current.count; i++)
		flights->current.flights[i]->ended = time > flights->current.time + BUCKET_US;
	flights->before = flights->current;
	flights->before.at = 0;
	if (time > flights->before.time + BUCKET_US)
		flights->before.count = 0;
	flights->current = before;
	flights->current.count = 0;
	flights->current.time = time;
}

void flights_add(struct flights *flights, const struct row *sighting)
{
	clock_us time = sighting->cells[SIGHTING_BUCKET].integer;
	struct flight *more = flight_new(sighting);

	if (flights->group &&
		(time != flights->current.time ||
			strcmp(flight_drone(flights->group).data, flight_drone(more).data) != 0))
		end_group(flights);
	if (time != flights->current.time)
		next_bucket(flights, time);
	if (flights->group) {
		flight_merge(flights->group, more);
		flight_free(more);
	} else {
		flights->group = more;
	}
	add_leg(flights, sighting);
}

void flights_finish(struct flights *flights)
{
	end_group(flights);
	flights->finished = true;
}

static bool has_kit(const struct flight *flight, const struct opt_list *kits)
{
	for (size_t i = 0; i < kits->count; i++) {
		for (size_t k = 0; k < flight->kit_count; k++) {
			if (strcmp(kits->items[i], flight->kits[k]) == 0)
				return true;
		}
	}
	return kits->count == 0;
}

static bool is_selected(const struct flight *flight, const struct selection *selection)
{
	return (!selection->has_until || flight_started(flight) < selection->until) &&
	       (!selection->has_since || flight_ended(flight) >= selection->since) &&
	       has_kit(flight, &selection->kits);
}

/* Return the first flight in the order of their start if it has ended and is selected, or NULL. */
static struct flight *take_ended(struct flights *flights)
{
	while (flights->queue.head && (flights->queue.head->ended || flights->finished)) {
		struct flight *flight = queue_take(&flights->queue);
		if (is_selected(flight, flights->selection))
			return flight;
		flight_free(flight);
	}
	return NULL;
}

static void keep_newest(struct flights *flights)
{
	struct flight *flight;

	while ((flight = take_ended(flights)) != NULL) {
		queue_add(&flights->newest, flight);
		if (flights->newest.count > (size_t)flights->selection->max)
			flight_free(queue_take(&flights->newest));
	}
}

static struct flight *take_next(struct flights *flights)
{
	if (!flights->selection->max)
		return take_ended(flights);
	keep_newest(flights);
	return flights->finished && flights->newest.head ? queue_take(&flights->newest) : NULL;
}

bool flights_next(struct flights *flights, struct row *row)
{
	if (flights->shown)
		flight_free(flights->shown);
	flights->shown = take_next(flights);
	if (flights->shown)
		flight_row(flights->shown, row, &flights->kits);
	return flights->shown != NULL;
}
