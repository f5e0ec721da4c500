/* Which brokers and queues wd-send and wd-recv use, and as whom. */
#ifndef WD_QUEUE_SETTINGS_H
#define WD_QUEUE_SETTINGS_H

#include "common/cli/opt.h"
#include "common/record/shard.h"

#include <stdint.h>

/* What the command line says; the options are QUEUE_OPTIONS. */
struct queue_options {
	const char *queue; /* its name, or the beginning of the names of several */
	int64_t queues;    /* 0: one queue */
	const char *username, *password_file; /* NULL: none */
	const char *ca_file;                  /* NULL: the system's certificates */
	const char *client_cert, *client_key; /* NULL: none */
};

#define QUEUE_OPTIONS_DEFAULT                                                                      \
	{                                                                                          \
		.queue = "wardragon"                                                               \
	}

/* The entries of an opt table that fill a struct queue_options. */
/* clang-format off */
#define QUEUE_OPTIONS(options) \
	{"queue", OPT_TEXT, &(options).queue, "NAME", \
		"the queue (default wardragon)"}, \
	{"queues", OPT_NUMBER, &(options).queues, "N", \
		"use the N queues NAME.1 to NAME.N (default: one\nqueue, NAME)", 1, SHARDS_MAX}, \
	{"username", OPT_TEXT, &(options).username, "NAME", \
		"the user name for the broker (default guest)"}, \
	{"password-file", OPT_TEXT, &(options).password_file, "FILE", \
		"a file with the password"}, \
	{"ca-file", OPT_TEXT, &(options).ca_file, "FILE", \
		"the certificates that the broker's must be signed\nby (default: the system's)"}, \
	{"client-cert", OPT_TEXT, &(options).client_cert, "FILE", \
		"the certificate to present"}, \
	{"client-key", OPT_TEXT, &(options).client_key, "FILE", "and its key"}
/* clang-format on */

/* One broker: amqp[s]://[USER@]HOST[:PORT][/VHOST]. The texts point into `text`, which is owned. */
struct queue_broker {
	char *text;
	const char *host, *vhost;
	const char *username; /* NULL: none in the URL */
	int port;
	bool uses_tls;
};

enum queue_role {
	QUEUE_SENDER,   /* the queues are checked; what is published is confirmed */
	QUEUE_RECEIVER, /* the queues are checked, and the only one is consumed */
	QUEUE_KEEPER,   /* nothing is checked */
};

struct queue_settings {
	const char *program; /* "wd-send", which the broker shows */
	enum queue_role role;
	uint16_t prefetch; /* of a receiver: how many messages it may hold */
	struct queue_broker *brokers;
	size_t broker_count;
	char **names; /* of the queues */
	size_t name_count;
	const char *username; /* NULL: that of the URL, or guest */
	char *password;       /* NULL: guest */
	const char *ca_file, *client_cert, *client_key;
};

/* Parse the URLs of the brokers (at least one), read the password and name the queues. Returns 0,
 * EX_USAGE or EX_CONFIG; the failure has been logged. In any case release the settings. */
int queue_settings_open(struct queue_settings *settings, const struct opt_tool *tool,
	const struct queue_options *options, char *const *urls, size_t url_count);
void queue_settings_release(struct queue_settings *settings);

/* Parse the URL of a broker. Return NULL, or what is wrong with it: a static text that contains
 * nothing of it. A password is an error: command lines are public. */
const char *queue_broker_parse(struct queue_broker *broker, const char *url);

#endif
