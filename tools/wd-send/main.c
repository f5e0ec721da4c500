/* wd-send: sends the lines of its input to queues of RabbitMQ. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "common/queue/libraries.h"
#include "tools/wd-send/send.h"

#include <string.h>

static struct queue_options queue = QUEUE_OPTIONS_DEFAULT;
static const char *route;
static int64_t message_max = INT64_C(8) << 20;

static struct opt opts[] = {
	QUEUE_OPTIONS(queue),
	{"route", OPT_TEXT, &route, "KEY",
		"choose the queue of each line by this key: kit_id,\nas wd-poll --shard does"},
	{"message-max", OPT_BYTES, &message_max, "BYTES",
		"replace a longer line by a reject (default 8M)", 1024, 16 << 20},
};

static struct opt_tool tool = {
	.name = "wd-send",
	.operands = "URL [URL ...]",
	.purpose =
		"Sends the lines of standard input to a queue of RabbitMQ, and answers each mark\n"
		"once everything before it is confirmed.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
	.notes = "URL is amqp[s]://[USER@]HOST[:PORT][/VHOST]; several are tried in turn.",
	.libraries = queue_libraries,
};

int main(int argc, char **argv)
{
	struct send_settings settings = {0};
	int status = signals_open();

	if (status)
		return status;
	char **urls = argv + opt_parse(&tool, argc, argv);
	if (route && strcmp(route, "kit_id") != 0)
		return opt_usage(&tool, "only kit_id can choose the queue", route);
	if (route && !queue.queues)
		return opt_usage(&tool, "--route needs several queues: give --queues N", NULL);
	if (queue.queues && !route)
		return opt_usage(&tool, "several queues need --route kit_id", "--queues");
	settings.routes_by_kit = route != NULL;
	settings.message_max = (size_t)message_max;
	status = queue_settings_open(
		&settings.queue, &tool, &queue, urls, (size_t)(argv + argc - urls));
	settings.queue.role = QUEUE_SENDER;
	if (!status)
		status = send_run(&settings);
	queue_settings_release(&settings.queue);
	return status;
}
