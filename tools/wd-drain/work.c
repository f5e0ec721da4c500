#include "tools/wd-drain/work.h"

#include "common/log/log.h"
#include "common/pipeline/cause.h"
#include "common/time/backoff.h"
#include "tools/wd-drain/pipeline/probe.h"

#include <string.h>
#include <sysexits.h>

/* Number of failures with the same first segment after which its lines are suspected. */
#define ATTEMPTS_MAX 3

#define BACKOFF_S     1.0
#define BACKOFF_MAX_S 30.0

#define SPOOL_RETRY_US CLOCK_SECOND_US

/* Failures in a row. */
struct failures {
	unsigned count;    /* without any progress */
	unsigned attempts; /* that may be the data's fault, with the same first segment */
	char first[SEGMENT_NAME_SIZE];
};

/* Wait, for a shorter time when a signal comes. */
static void pause_until(struct drain *drain, int64_t until_us)
{
	drain->woken = false;
	while (!drain_is_stopping(drain) && !drain->woken &&
		drain_poll(drain, NULL, 0, until_us) < until_us)
		;
}

static double wait_s(const struct failures *failures, const struct run_outcome *outcome)
{
	if (cause_is_permanent(outcome->status))
		return BACKOFF_MAX_S;
	return backoff_wait_s(failures->count, BACKOFF_S, BACKOFF_MAX_S);
}

static const char *failure_text(const struct run_outcome *outcome)
{
	switch (outcome->kind) {
	case RUN_NO_ACKS:
		return "a stage drops marks: nothing was released";
	case RUN_NO_SINK:
		return "the last command does not acknowledge: nothing was released";
	default:
		return "the pipeline failed";
	}
}

static const char *failure_hint(const struct run_outcome *outcome)
{
	switch (outcome->kind) {
	case RUN_NO_ACKS:
	case RUN_NO_SINK:
		return "end the command with wd-store --acknowledge";
	default:
		return NULL;
	}
}

static void log_failure(const struct run_outcome *outcome, double retry_s)
{
	struct cause_text how = cause_describe(outcome->end ? outcome->end : outcome->status << 8);

	log_warning(failure_text(outcome), {"stage", outcome->stage}, {how.key, how.value},
		{"segments", log_number((int64_t)outcome->unreleased).text},
		{outcome->unreleased ? "segment" : NULL, outcome->first},
		{"hint", failure_hint(outcome)},
		{retry_s >= 0 ? "retry_in" : NULL, log_seconds(retry_s).text});
}

/* Whether this was a failure too many that may be the fault of the first segment. */
static bool suspects_data(struct failures *failures, const struct run_outcome *outcome)
{
	if (outcome->kind != RUN_DATA || outcome->unreleased == 0)
		return false;
	if (strcmp(failures->first, outcome->first) != 0)
		failures->attempts = 0;
	memcpy(failures->first, outcome->first, SEGMENT_NAME_SIZE);
	return ++failures->attempts >= ATTEMPTS_MAX;
}

/* Handle the outcome of a run. Return 0 to go on, or an exit status. */
static int handle_outcome(
	struct drain *drain, struct failures *failures, const struct run_outcome *outcome)
{
	if (outcome->progressed)
		failures->count = 0;
	if (outcome->kind == RUN_DONE || outcome->kind == RUN_STOPPED || drain_is_stopping(drain))
		return 0;
	failures->count++;
	bool stays =
		outcome->kind == RUN_NO_SINK || (drain->settings.once && outcome->kind != RUN_DATA);
	double retry_s = stays ? -1 : drain->settings.once ? 0 : wait_s(failures, outcome);
	log_failure(outcome, retry_s);
	if (stays)
		return outcome->status;
	if (retry_s > 0)
		pause_until(drain, clock_mono_us() + (int64_t)(retry_s * CLOCK_SECOND_US));
	return 0;
}

/* A state that was removed begins again, rather than fail each checkpoint from now on. */
static int check_state(struct drain *drain)
{
	if (state_is_current(&drain->state))
		return 0;
	log_warning("the state folder was removed or replaced: statistics begin again",
		{"state", drain->settings.state});
	state_close(&drain->state);
	return state_open(&drain->state, drain->settings.state);
}

static int run_once(struct drain *drain, struct failures *failures)
{
	struct run_request request = {.commit = true};
	struct run_outcome outcome;
	int status = check_state(drain);

	if (!status)
		status = run_pipeline(drain, &request, &outcome);

	if (!status && suspects_data(failures, &outcome)) {
		failures->attempts = 0;
		log_failure(&outcome, -1);
		status = probe(drain, outcome.unreleased, &outcome);
	}
	return status ? status : handle_outcome(drain, failures, &outcome);
}

/* --- the spool */

/* Wait until there is a spool; with --once a missing one is an error. */
static int await_spool(struct drain *drain)
{
	int attempts = 0;
	int status;

	while ((status = drain_open_spool(drain)) == EX_NOINPUT) {
		if (drain->settings.once)
			return fail(EX_NOINPUT, "no such spool", {"spool", drain->settings.spool},
				{"hint", "wd-poll --spool DIR creates it"});
		/* wd-poll may be about to make it. */
		if (++attempts == 2)
			log_warning("there is no spool yet: waiting for it",
				{"spool", drain->settings.spool});
		pause_until(drain, clock_mono_us() + SPOOL_RETRY_US);
		if (drain_is_stopping(drain))
			return 0;
	}
	return status;
}

/* It was removed or replaced: begins with what is there then. */
static int reopen_spool(struct drain *drain)
{
	drain_close_spool(drain);
	if (drain->settings.once)
		return EX_IOERR;
	int status = await_spool(drain);
	if (!status && !drain_is_stopping(drain)) {
		log_info("the spool is there again", {"spool", drain->settings.spool});
		status = drain_begin(drain);
	}
	return status;
}

/* With --once: what is stored is also released, as far as that is possible. */
static int finish_once(struct drain *drain)
{
	while (release_is_busy(&drain->release) && !drain_is_stopping(drain))
		drain_poll(drain, NULL, 0, INT64_MAX);
	if (drain_is_stopping(drain) && drain_next(drain))
		return fail(EX_TEMPFAIL, "stopped before everything was stored",
			{"spool", drain->settings.spool});
	if (drain->unreadable.names.count > 0)
		return EX_IOERR;
	return drain->release.waiting.count > 0 ? EX_TEMPFAIL : 0;
}

int work(struct drain *drain)
{
	struct failures failures = {0};
	int status = await_spool(drain);

	if (!status && !drain_is_stopping(drain))
		status = drain_open_state(drain);
	if (!status && !drain_is_stopping(drain))
		status = drain_begin(drain);
	while (!status && !drain_is_stopping(drain)) {
		if (drain->spool_lost)
			status = reopen_spool(drain);
		else
			status = drain_refresh(drain);
		if (status || drain->spool_lost)
			continue;
		if (drain_next(drain))
			status = run_once(drain, &failures);
		else if (drain->settings.once)
			break;
		else
			drain_poll(drain, NULL, 0, INT64_MAX);
	}
	if (!status && drain->settings.once)
		status = finish_once(drain);
	return status;
}
