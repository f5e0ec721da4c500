/* The main loop: broker in, lines out. */
#include "tools/wd-mqtt/service.h"

#include "common/base/hash.h"
#include "common/lines/output.h"
#include "common/log/log.h"
#include "common/process/notify.h"
#include "common/process/signals.h"
#include "tools/wd-mqtt/kits/clock_file.h"
#include "tools/wd-mqtt/kits/known_kits.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>

/* How long the last lines may wait for their reader after SIGTERM. */
#define FINISH_US (CLOCK_SECOND_US * 7 / 10)

struct service {
	const struct service_settings *settings;
	struct intake intake;
	struct broker broker;
	struct output output;
	struct log_condition output_full;
	bool stopping;
};

static struct moment now(void)
{
	return (struct moment){clock_mono_us(), clock_wall_us()};
}

static void take_message(void *self, const char *topic, struct span payload, bool is_retained)
{
	struct service *service = self;

	intake_message(&service->intake, topic, payload, is_retained, now());
}

static void broker_connected(void *self)
{
	struct service *service = self;

	intake_connected(&service->intake);
}

static void broker_lost(void *self, const char *reason)
{
	struct service *service = self;

	intake_broker_lost(&service->intake, reason, now());
}

static bool is_full(void *self)
{
	const struct service *service = self;

	return output_full(&service->output);
}

static int reload(struct service *service)
{
	const struct kit_source *source = service->settings->source;
	struct kit_list kits = {0};

	if (known_kits_read(source, &kits)) {
		log_error("reload failed: keeping the current kits", {"hint", "wd-mqtt --check"});
		return 0;
	}
	int status = known_kits_apply(&service->intake, &kits, service->settings->default_kit);
	log_info("reloaded the kits", {"kits", log_number((int64_t)kits.count).text});
	kit_list_release(&kits);
	return status;
}

static int handle_signals(struct service *service)
{
	int signal_number;
	int status = 0;

	while (!status && (signal_number = signals_next()) != 0) {
		if (signal_is_stop(signal_number))
			service->stopping = true;
		else if (signal_number == SIGHUP)
			status = reload(service);
	}
	return status;
}

/* A spool logs by itself that it is full. */
static void log_output_full(struct service *service)
{
	bool full = output_full(&service->output);
	uint64_t suppressed;

	if (service->output.spool ||
		!log_condition_changed(&service->output_full, &service->intake.limit, full,
			clock_mono_us(), &suppressed))
		return;
	if (full)
		log_warning("the reader is slow: not reading from the broker, which drops what "
			    "does not fit into its queue",
			{"file", "stdout"});
	else
		log_info("the reader keeps up again", {"file", "stdout"});
}

static int timeout_ms(const struct service *service)
{
	int64_t now_us = clock_mono_us(), next_us = output_next_us(&service->output);
	int64_t intake_us = intake_next_us(&service->intake);
	int64_t broker_us = broker_next_us(&service->broker, now_us);

	if (intake_us < next_us)
		next_us = intake_us;
	if (broker_us < next_us)
		next_us = broker_us;
	if (next_us <= now_us)
		return 0;
	next_us -= now_us;
	return next_us < CLOCK_MINUTE_US ? (int)(next_us / 1000) + 1 : 60000;
}

static int turn(struct service *service)
{
	struct pollfd watched[] = {
		{.fd = signals_fd(), .events = POLLIN},
		broker_pollfd(&service->broker),
		{.fd = output_fd(&service->output),
			.events = output_pending(&service->output) ? POLLOUT : 0},
	};
	uint64_t batches = service->intake.batch.written;
	int status = 0;

	notify_alive(clock_mono_us());
	poll(watched, 3, timeout_ms(service));
	if (watched[0].revents)
		status = handle_signals(service);
	broker_run(&service->broker);
	if (!output_full(&service->output))
		intake_tick(&service->intake, now());
	if (!status && watched[2].revents)
		status = output_check(&service->output);
	if (!status)
		status = output_flush(&service->output);
	/* A batch has waited long enough: its segment does not wait for another. */
	if (!status && service->output.spool && service->intake.batch.written != batches)
		status = spool_seal(service->output.spool, clock_mono_us());
	log_output_full(service);
	if (service->intake.clocks_changed && service->intake.own_clock == OWN_CLOCK_TRUSTED) {
		clock_file_write(&service->intake, service->output.spool);
		service->intake.clocks_changed = false;
	}
	return status;
}

/* Write what has been received, for as long as the reader takes it in time. */
static int finish(struct service *service)
{
	int64_t until_us = clock_mono_us() + FINISH_US;

	intake_flush(&service->intake, now());
	int status = output_flush(&service->output);
	while (!status && output_pending(&service->output) && clock_mono_us() < until_us) {
		struct pollfd reader = {.fd = output_fd(&service->output), .events = POLLOUT};
		poll(&reader, 1, 50);
		status = output_flush(&service->output);
	}
	if (!status && output_pending(&service->output))
		log_warning("the reader did not take the last lines", {"file", "stdout"});
	return status;
}

static void log_counts(const struct intake_counts *counts)
{
	log_info("stopped", {"received", log_number((int64_t)counts->received).text},
		{"retained", log_number((int64_t)counts->retained).text},
		{"repeated", log_number((int64_t)counts->repeated).text},
		{"rejected", log_number((int64_t)counts->rejected).text},
		{"limited", log_number((int64_t)counts->limited).text},
		{"unused", log_number((int64_t)counts->unused).text});
}

static int run(struct service *service)
{
	const struct broker_events events = {
		service, take_message, broker_connected, broker_lost, is_full};
	int status = broker_open(&service->broker, &service->settings->broker, &events);

	if (status)
		return status;
	notify("READY=1");
	while (!status && !service->stopping)
		status = turn(service);
	notify("STOPPING=1");
	broker_close(&service->broker);
	if (!status)
		status = finish(service);
	log_counts(&service->intake.counts);
	return status;
}

int service_run(const struct service_settings *settings, struct kit_list *kits, struct spool *spool)
{
	struct service *service = calloc(1, sizeof(*service));
	int status;

	if (!service) {
		kit_list_release(kits);
		return fail(EX_OSERR, "out of memory");
	}
	service->settings = settings;
	service->intake.settings = settings->intake;
	service->intake.topics = settings->topics;
	service->intake.out = &service->output.lines;
	service->intake.seed = hash_seed();
	output_open(&service->output, spool);
	intake_init(&service->intake, clock_mono_us());
	status = known_kits_apply(&service->intake, kits, settings->default_kit);
	kit_list_release(kits);
	if (!status)
		status = clock_file_read(&service->intake, spool);
	if (!status)
		status = run(service);
	intake_release(&service->intake);
	output_release(&service->output);
	/* A thread that still connects writes to the broker; it ends with the process. */
	if (!service->broker.thread_runs)
		free(service);
	return status;
}
