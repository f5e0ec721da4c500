#include "tools/wd-drain/pipeline/probe.h"

#include "common/log/log.h"
#include "common/pipeline/cause.h"
#include "tools/wd-drain/pipeline/skip.h"
#include "tools/wd-drain/spool/aside.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

/* A segment or a line has failed alone when it did so this often. */
#define ATTEMPTS 2

/* Segments after a failing one that are tried to see whether the pipeline works at all. */
#define NEIGHBOURS_MAX 3

/* While nothing passes, more failing lines prove nothing. */
#define UNPROVEN_MAX 3

/* A segment with more failing lines is set aside whole. */
#define CULPRITS_MAX 32

struct isolation {
	struct drain *drain;
	const char *name;
	struct line_numbers culprits;
	bool passed; /* something did: the pipeline works */
	struct run_outcome *outcome;
};

/* Run it until it does not fail through its data, at most `attempts` times. */
static int attempt(struct drain *drain, const struct run_request *request, int attempts,
	struct run_outcome *outcome)
{
	int status = 0;

	for (int i = 0; i < attempts; i++) {
		status = run_pipeline(drain, request, outcome);
		if (status || outcome->kind != RUN_DATA || drain_is_stopping(drain))
			break;
	}
	return status;
}

/* A segment that has gone meanwhile proves nothing. */
static bool has_passed(const struct run_outcome *outcome)
{
	return outcome->kind == RUN_DONE && outcome->progressed;
}

static bool is_hopeless(const struct isolation *isolation)
{
	size_t most = isolation->passed ? CULPRITS_MAX : UNPROVEN_MAX;

	return isolation->culprits.count >= most;
}

/* Feed a range of lines, and split it where it fails. The outcome is RUN_DONE, unless something
 * else than the data ended the search. */
static int bisect(struct isolation *isolation, size_t first, size_t last)
{
	struct run_outcome *outcome = isolation->outcome;
	struct run_request request = {isolation->name, first, last};
	int status = attempt(isolation->drain, &request, first == last ? ATTEMPTS : 1, outcome);

	if (status)
		return status;
	isolation->passed = isolation->passed || has_passed(outcome);
	if (outcome->kind != RUN_DATA || drain_is_stopping(isolation->drain))
		return 0;
	if (first == last) {
		outcome->kind = RUN_DONE;
		return line_numbers_add(&isolation->culprits, first);
	}
	size_t middle = first + (last - first) / 2;
	status = bisect(isolation, first, middle);
	if (status || outcome->kind != RUN_DONE || is_hopeless(isolation) ||
		drain_is_stopping(isolation->drain))
		return status;
	return bisect(isolation, middle + 1, last);
}

/* Whether one of the next segments passes; nothing is committed. */
static int try_neighbours(struct isolation *isolation)
{
	struct drain *drain = isolation->drain;
	size_t next = drain->queue_first + 1;
	int status = 0;

	for (size_t i = 0; !status && i < NEIGHBOURS_MAX && next + i < drain->queue.count; i++) {
		struct run_request request = {drain->queue.names[next + i]};
		status = run_pipeline(drain, &request, isolation->outcome);
		isolation->passed = has_passed(isolation->outcome);
		if (isolation->passed || isolation->outcome->kind != RUN_DATA)
			break;
	}
	return status;
}

static int release_segment(struct drain *drain, const char *name)
{
	int status = release_add(&drain->release, name);

	drain->queue_first++;
	release_continue(&drain->release, clock_mono_us());
	return status;
}

/* The next segment cannot be read, for the reason of the errno `error`. */
static int pass_over(struct drain *drain, const char *name, int error)
{
	drain->queue_first++;
	return skip_segment(drain, name, error);
}

/* Set the culprits aside and store the rest once more, in order, so that the state includes it. */
static int store_rest(struct isolation *isolation)
{
	struct drain *drain = isolation->drain;
	struct run_request request = {
		.segment = isolation->name, .skipped = &isolation->culprits, .commit = true};
	int status = 0;

	for (size_t i = 0; !status && i < isolation->culprits.count; i++)
		status = aside_line(&drain->spool, isolation->name, isolation->culprits.numbers[i]);
	if (status < 0)
		return pass_over(drain, isolation->name, errno);
	if (!status)
		status = attempt(drain, &request, ATTEMPTS, isolation->outcome);
	if (status || isolation->outcome->kind == RUN_OUTSIDE)
		return status;
	if (isolation->outcome->kind == RUN_DATA) {
		/* Every part has been stored by itself: only the state lacks them. */
		log_warning("a segment fails as a whole and passes in parts",
			{"segment", isolation->name});
		isolation->outcome->kind = RUN_DONE;
		return release_segment(drain, isolation->name);
	}
	if (isolation->outcome->kind == RUN_DONE)
		drain->queue_first++;
	return 0;
}

/* All lines were tried, and something passed. */
static int conclude(struct isolation *isolation)
{
	struct drain *drain = isolation->drain;

	if (isolation->culprits.count < CULPRITS_MAX)
		return store_rest(isolation);
	drain->queue_first++;
	return aside_segment(&drain->spool, isolation->name, "too many lines fail");
}

static bool may_go_on(const struct isolation *isolation)
{
	return isolation->outcome->kind == RUN_DONE && !drain_is_stopping(isolation->drain);
}

/* Find the culprits. If no line passes, search further only if another segment passes. */
static int find_culprits(struct isolation *isolation, size_t lines)
{
	int status = bisect(isolation, 1, lines);

	if (status || isolation->passed || !may_go_on(isolation))
		return status;
	status = try_neighbours(isolation);
	if (status || !isolation->passed)
		return status;
	isolation->culprits.count = 0;
	return bisect(isolation, 1, lines);
}

/* The next segment fails alone. */
static int isolate(struct drain *drain, const char *name, bool passed, struct run_outcome *outcome)
{
	struct isolation isolation = {drain, name, .passed = passed, .outcome = outcome};
	struct run_outcome failure = *outcome;
	struct cause_text how = cause_describe(failure.end);
	size_t lines = 0;

	log_warning("a segment fails alone: looking for the line", {"stage", failure.stage},
		{how.key, how.value}, {"segment", name});
	outcome->kind = RUN_DONE;
	if (input_count_lines(&drain->spool, name, &lines))
		return pass_over(drain, name, errno);
	int status = lines > 0 ? find_culprits(&isolation, lines) : 0;
	if (!status && isolation.passed && may_go_on(&isolation)) {
		status = conclude(&isolation);
	} else if (!status && !isolation.passed && !drain_is_stopping(drain) &&
		   outcome->kind != RUN_OUTSIDE && outcome->kind != RUN_STOPPED) {
		log_error("every segment fails: assuming that the pipeline is at fault",
			{"stage", failure.stage}, {"segment", name});
		*outcome = failure;
		outcome->kind = RUN_OUTSIDE;
	}
	line_numbers_release(&isolation.culprits);
	return status;
}

int probe(struct drain *drain, size_t suspects, struct run_outcome *outcome)
{
	char name[SEGMENT_NAME_SIZE];
	bool passed = false;
	int status = 0;

	for (size_t i = 0; !status && i < suspects && drain_next(drain); i++) {
		memcpy(name, drain_next(drain), SEGMENT_NAME_SIZE);
		struct run_request request = {.segment = name, .commit = true};
		status = attempt(drain, &request, ATTEMPTS, outcome);
		if (status || drain_is_stopping(drain))
			break;
		if (outcome->kind == RUN_DATA)
			return isolate(drain, name, passed, outcome);
		if (outcome->kind != RUN_DONE || outcome->unreleased > 0)
			break;
		passed = passed || outcome->progressed;
		drain->queue_first++;
	}
	return status;
}
