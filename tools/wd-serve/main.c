/* wd-serve: a live map of the records that pass through. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/lines/lines.h"
#include "common/process/signals.h"
#include "common/record/record.h"
#include "tools/wd-serve/input.h"
#include "tools/wd-serve/server.h"

#include <signal.h>
#include <unistd.h>

static struct opt_list hosts;
static struct serve_options options = {
	.listen = "127.0.0.1:8090",
	.hosts = &hosts,
	.page = {.title = "WarDragon", .tiles_credit = "", .is_live = true},
};
static double keep_s = 3600, gap_s = 600;
static int64_t points_max = 500000;
static const char *input;

static struct opt opts[] = {
	{"listen", OPT_TEXT, &options.listen, "ADDRESS:PORT", "where to serve"},
	{"input", OPT_TEXT, &input, "SOCKET",
		"read lines from programs that connect to SOCKET, and\npass nothing on"},
	{"cert", OPT_TEXT, &options.cert_file, "FILE", "serve HTTPS with this certificate (PEM)"},
	{"key", OPT_TEXT, &options.key_file, "FILE", "and this private key (PEM)"},
	{"token-file", OPT_TEXT, &options.token_file, "FILE", "require the token in FILE"},
	{"host", OPT_LIST, &hosts, "NAME", "allow requests to this host name, too"},
	{"insecure", OPT_FLAG, &options.insecure, NULL,
		"allow addresses that other machines reach, without TLS"},
	{"keep", OPT_SECONDS, &keep_s, "SECONDS", "show the last SECONDS", 1, 1e8},
	{"max-points", OPT_NUMBER, &points_max, "N",
		"keep at most about N points, 40 bytes each, and thin tracks beyond", 1000, 1e9},
	{"gap", OPT_SECONDS, &gap_s, "SECONDS", "split a track at a longer gap", 1, 1e8},
	{"title", OPT_TEXT, &options.page.title, "TEXT", "title of the page"},
	{"zones", OPT_TEXT, &options.page.zones_file, "FILE",
		"show zones and known drones, as wd-watch --zones prints them"},
	{"tiles", OPT_TEXT, &options.page.tiles_url, "URL",
		"base map, https://HOST/…/{z}/{x}/{y}.png"},
	{"tiles-credit", OPT_TEXT, &options.page.tiles_credit, "TEXT",
		"attribution of the base map"},
};

static struct opt_tool tool = {
	.name = "wd-serve",
	.operands = "[FILE ...]",
	.purpose = "Passes lines through and serves a live map of the records among them.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
};

static struct live live;
static struct serve_server server;
static struct buffer output;

static int take_line(void *self, struct span line)
{
	(void)self;
	if (!input) {
		buffer_add_span(&output, line);
		buffer_add_char(&output, '\n');
	}
	live_add(&live, line);
	return 0;
}

static int skip_line(void *self, struct span beginning)
{
	(void)self;
	live.malformed++;
	if (!input)
		record_put_overlong(&output, "wd-serve", beginning);
	return 0;
}

/* Lines are written before browsers are served, so that browsers never delay the pipeline. */
static int settle(void *self, bool idle)
{
	(void)self;
	(void)idle;
	int status = buffer_write(&output, STDOUT_FILENO, "stdout");
	if (!status)
		server_run(&server);
	return status;
}

static int timeout_ms(void *self)
{
	(void)self;
	return server_timeout_ms(&server);
}

static struct pollfd watch(void *self)
{
	(void)self;
	return (struct pollfd){.fd = server_fd(&server), .events = POLLIN};
}

static int take_signal(void *self, int signal_number)
{
	(void)self;
	return signal_number == SIGHUP ? server_reload(&server) : 0;
}

int main(int argc, char **argv)
{
	static struct line_handler handler = {
		.line = take_line,
		.overlong = skip_line,
		.settle = settle,
		.timeout_ms = timeout_ms,
		.watch = watch,
	};
	int status = signals_open();

	if (status)
		return status;
	char **files = argv + opt_parse(&tool, argc, argv);
	if (input && *files)
		return opt_usage(&tool, "--input cannot be combined with files", *files);
	track_table_init(&live.table, (size_t)points_max);
	live.keep_us = (clock_us)(keep_s * (double)CLOCK_SECOND_US);
	live.gap_us = (int64_t)(gap_s * (double)CLOCK_SECOND_US);
	options.page.gap_us = live.gap_us;
	options.page.keep_us = live.keep_us;
	options.page.points_max = points_max;
	/* Without a certificate there is nothing to reload: SIGHUP ends a filter. */
	handler.signal = options.cert_file ? take_signal : NULL;
	status = server_open(&server, &live, &options);
	if (!status)
		status = input ? input_run(input, &handler) : lines_run(files, &handler);
	server_close(&server);
	live_release(&live);
	buffer_release(&output);
	return status;
}
