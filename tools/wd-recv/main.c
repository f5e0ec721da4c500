/* wd-recv: feeds messages of a queue of RabbitMQ to a command that acknowledges them. */
#include "common/base/array.h"
#include "common/log/log.h"
#include "common/pipeline/command_line.h"
#include "common/process/notify.h"
#include "common/process/signals.h"
#include "common/queue/libraries.h"
#include "common/time/clock.h"
#include "tools/wd-recv/declare.h"
#include "tools/wd-recv/work.h"

#include <unistd.h>

/* Twice the batch: one is stored while the next one arrives. */
#define PREFETCH 128

static struct queue_options queue = QUEUE_OPTIONS_DEFAULT;
static bool declare, check;
static double deadline_s = 60, release_s = 600;

static struct opt opts[] = {
	QUEUE_OPTIONS(queue),
	{"declare", OPT_FLAG, &declare, NULL, "create the queues where they are missing, and exit"},
	{"check", OPT_FLAG, &check, NULL, "check the queues, and exit"},
	{"deadline", OPT_SECONDS, &deadline_s, "SECONDS",
		"restart a COMMAND that acknowledges nothing and is\nnot busy for this long", 1,
		3600},
	{"release", OPT_SECONDS, &release_s, "SECONDS",
		"give messages back to the broker when nothing was\nacknowledged for this long; "
		"less "
		"than its\nconsumer_timeout",
		1, 86400},
};

static struct opt_tool tool = {
	.name = "wd-recv",
	.operands = "URL [URL ...] -- COMMAND ...",
	.purpose = "Feeds the messages of a queue of RabbitMQ to COMMAND, and acknowledges those\n"
		   "that it has acknowledged.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
	.notes = "URL is amqp[s]://[USER@]HOST[:PORT][/VHOST]; several are tried in turn.",
	.libraries = queue_libraries,
};

static int check_usage(const struct command_line *line)
{
	bool command_wanted = !declare && !check;

	if (declare && check)
		return opt_usage(&tool, "only one of --declare and --check", NULL);
	if (!command_wanted && line->command)
		return opt_usage(&tool, "--declare and --check run no command", line->command[0]);
	if (command_wanted && (!line->command || !line->command[0]))
		return opt_usage(&tool, "no command: give it after --", NULL);
	if (command_wanted && queue.queues)
		return opt_usage(
			&tool, "one wd-recv reads one queue: give it with --queue", "--queues");
	return 0;
}

static void report(const struct receiver *receiver)
{
	log_info("messages", {"acknowledged", log_number(receiver->acknowledged).text},
		{"set_aside", log_number(receiver->set_aside).text},
		{"read", log_number(receiver->counts.read).text},
		{"stored", log_number(receiver->counts.stored).text},
		{"unchanged", log_number(receiver->counts.unchanged).text},
		{"rejected", log_number(receiver->counts.rejected).text},
		{"ignored", log_number(receiver->counts.ignored).text},
		{receiver->dropped ? "dropped" : NULL, log_number(receiver->dropped).text});
}

static int receive(struct receiver *receiver, char **command)
{
	int status = command_init(&receiver->commands.commands[0], command);

	receiver->commands.count = 1;
	if (!status)
		status = queue_link_open(&receiver->link, &receiver->queue);
	if (!status) {
		notify("READY=1");
		status = receiver_work(receiver);
		notify("STOPPING=1");
		report(receiver);
		if (!queue_link_close(&receiver->link))
			_exit(status);
	}
	command_list_release(&receiver->commands);
	return status;
}

int main(int argc, char **argv)
{
	static struct receiver receiver;
	int status = signals_open();

	if (status)
		return status;
	struct command_line line = command_line_parse(&tool, argc, argv);
	status = check_usage(&line);
	if (status)
		return status;
	status =
		queue_settings_open(&receiver.queue, &tool, &queue, line.words, (size_t)line.count);
	receiver.queue.role = declare || check ? QUEUE_KEEPER : QUEUE_RECEIVER;
	receiver.queue.prefetch = PREFETCH;
	receiver.deadline_us = (int64_t)(deadline_s * (double)CLOCK_SECOND_US);
	receiver.release_us = (int64_t)(release_s * (double)CLOCK_SECOND_US);
	if (!status)
		status = declare ? declare_queues(&receiver.queue)
			 : check ? check_queues(&receiver.queue)
				 : receive(&receiver, line.command);
	queue_settings_release(&receiver.queue);
	return status;
}
