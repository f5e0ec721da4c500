/* wd-sim: simulated kits for demonstrations and tests. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "tools/wd-sim/listen.h"
#include "tools/wd-sim/replay.h"
#include "tools/wd-sim/server.h"

#include <stddef.h>
#include <sysexits.h>
#include <unistd.h>

/* The port of DragonSync. */
#define DEFAULT_PORT 8088

#define FAULTS_MAX 32

static struct {
	int64_t kits, drones, aircraft, signals, port, seed, clock_skew_s;
	bool keep_alive, print_config;
	const char *replay, *mqtt;
} args = {.kits = 1, .drones = 3, .aircraft = 3, .signals = 3, .port = DEFAULT_PORT, .seed = 1};

static struct opt_list fault_texts;

static struct opt opts[] = {
	{"kits", OPT_NUMBER, &args.kits, "N", "number of kits; kit K is at /kit-K", 1, 10000},
	{"drones", OPT_NUMBER, &args.drones, "N", "drones per kit", 0, 100000},
	{"aircraft", OPT_NUMBER, &args.aircraft, "N", "aircraft per kit", 0, 100000},
	{"signals", OPT_NUMBER, &args.signals, "N", "radio signals per kit", 0, 10000},
	{"seed", OPT_NUMBER, &args.seed, "N", "seed of all names and paths", 0, 1e15},
	{"clock-skew", OPT_NUMBER, &args.clock_skew_s, "SECONDS", "offset of the kits' clocks",
		-1e9, 1e9},
	{"fault", OPT_LIST, &fault_texts, "CASE[:P]",
		"send faulty replies with probability P; see FAULTS in\n"
		"wd-sim(1)"},
	{"keep-alive", OPT_FLAG, &args.keep_alive, NULL,
		"HTTP/1.1 with persistent connections; real kits use 1.0"},
	{"port", OPT_NUMBER, &args.port, "N", "port on 127.0.0.1; 0: any free port", 0, 65535},
	{"mqtt", OPT_TEXT, &args.mqtt, "URL", "also publish to the broker at mqtt://HOST[:PORT]"},
	{"replay", OPT_TEXT, &args.replay, "FOLDER",
		"serve the recorded replies pollNN-ENDPOINT.http in order"},
	{"print-config", OPT_FLAG, &args.print_config, NULL,
		"print a kits.yaml for these kits and exit"},
};

static struct opt_tool tool = {
	.name = "wd-sim",
	.operands = "",
	.purpose = "Serves simulated WarDragon kits on 127.0.0.1.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
};

static int print_config(void)
{
	struct buffer config = {0};
	int status;

	document_put_config(&config, (unsigned)args.kits, (unsigned)args.port);
	status = buffer_write(&config, STDOUT_FILENO, "stdout");
	buffer_release(&config);
	return status;
}

static int replay(int listen_fd, unsigned port)
{
	struct recording recording = {0};
	int status = recording_open(&recording, args.replay);

	if (status)
		close(listen_fd);
	else
		status = replay_run(listen_fd, port, &recording);
	recording_release(&recording);
	return status;
}

static int read_faults(struct fault faults[FAULTS_MAX])
{
	if (fault_texts.count > FAULTS_MAX)
		return opt_usage(&tool, "too many --fault options", NULL);
	for (size_t i = 0; i < fault_texts.count; i++) {
		if (!fault_parse(fault_texts.items[i], &faults[i]))
			return opt_usage(&tool, "unknown fault", fault_texts.items[i]);
	}
	return 0;
}

static int simulate(int listen_fd, unsigned port)
{
	struct fault faults[FAULTS_MAX];
	const struct server_options options = {
		.world = {(uint64_t)args.seed, (unsigned)args.kits, (unsigned)args.drones,
			(unsigned)args.aircraft, (unsigned)args.signals},
		.faults = faults,
		.fault_count = fault_texts.count,
		.keep_alive = args.keep_alive,
		.mqtt_url = args.mqtt,
		.clock_skew = args.clock_skew_s * CLOCK_SECOND_US,
	};
	int status = read_faults(faults);

	if (!status)
		status = templates_open();
	if (status)
		close(listen_fd);
	else
		status = server_run(listen_fd, port, &options);
	templates_close();
	return status;
}

int main(int argc, char **argv)
{
	unsigned port;
	int listen_fd;
	int status = signals_open();

	if (status)
		return status;
	if (opt_parse(&tool, argc, argv) != argc)
		return opt_usage(&tool, "unexpected argument", argv[argc - 1]);
	if (args.replay && fault_texts.count)
		return opt_usage(&tool, "--replay and --fault exclude each other", NULL);
	if (args.replay && args.mqtt)
		return opt_usage(&tool, "--replay and --mqtt exclude each other", NULL);
	if (args.print_config && args.port == 0)
		return opt_usage(&tool, "--print-config requires a --port", NULL);
	if (args.print_config)
		return print_config();
	port = (unsigned)args.port;
	status = listen_open(&listen_fd, &port);
	if (status)
		return status;
	return args.replay ? replay(listen_fd, port) : simulate(listen_fd, port);
}
