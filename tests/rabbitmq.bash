# A real RabbitMQ for the tests: rabbit_start in setup_file, rabbit_stop in teardown_file. One broker takes several
# seconds to start.
# shellcheck shell=bash disable=SC2034 # variables for the tests

RABBIT_BIN=/usr/lib/rabbitmq/bin

rabbit_as() {
	if [ "$(id -u)" = 0 ]; then
		(cd / && exec runuser -u rabbitmq -- env "${rabbit_env[@]}" "$@")
	else
		env "${rabbit_env[@]}" "$@"
	fi
}

# rabbit_folder: create the broker's folder, $RABBIT_DIR, before rabbit_start, so that files can be put there.
rabbit_folder() {
	export RABBIT_DIR
	RABBIT_DIR=$(mktemp -d /tmp/wd-rabbit.XXXXXX)
}

# rabbit_start [LINE…]: start a broker on a free port of loopback, with these lines in its configuration; set
# $RABBIT_PORT and $amqp_url.
rabbit_start() {
	[ -x "$RABBIT_BIN/rabbitmq-server" ] || return
	local ports
	read -ra ports < <(free_ports 3)
	[ -n "${RABBIT_DIR:-}" ] || rabbit_folder
	export RABBIT_PORT=${ports[0]} RABBIT_DIST=${ports[1]} RABBIT_EPMD=${ports[2]}
	{
		echo "listeners.tcp.1 = 127.0.0.1:$RABBIT_PORT"
		echo 'vm_memory_high_watermark.absolute = 1GB'
		echo 'disk_free_limit.absolute = 50MB'
		printf '%s\n' "$@"
	} >"$RABBIT_DIR/rabbitmq.conf"
	echo '[].' >"$RABBIT_DIR/plugins"
	[ "$(id -u)" != 0 ] || chown -R rabbitmq "$RABBIT_DIR"
	rabbit_up
}

# The environment of all of the broker's programs.
rabbit_environment() {
	amqp_url=amqp://127.0.0.1:$RABBIT_PORT
	rabbit_env=(
		HOME="$RABBIT_DIR" RABBITMQ_NODENAME="wd$RABBIT_PORT@localhost" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
		RABBITMQ_NODE_PORT="$RABBIT_PORT" RABBITMQ_DIST_PORT="$RABBIT_DIST" ERL_EPMD_PORT="$RABBIT_EPMD"
		ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_MNESIA_BASE="$RABBIT_DIR/mnesia" RABBITMQ_LOG_BASE="$RABBIT_DIR/log"
		RABBITMQ_CONFIG_FILE="$RABBIT_DIR/rabbitmq.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$RABBIT_DIR/plugins"
		RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
		RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
	)
}

# Write $RABBIT_DIR/start, which becomes the broker, and $RABBIT_DIR/is_up. As for systemd, there is no process in
# between: the pid of the broker is known from its beginning.
rabbit_scripts() {
	local as=()
	rabbit_environment
	[ "$(id -u)" != 0 ] || as=(setpriv --reuid rabbitmq --regid rabbitmq --init-groups)
	{
		printf '#!/bin/sh\necho $$ >%q\ncd / && exec' "$RABBIT_DIR/pid"
		printf ' %q' "${as[@]}" env "${rabbit_env[@]}" RUNNING_UNDER_SYSTEMD=true "$RABBIT_BIN/rabbitmq-server"
	} >"$RABBIT_DIR/start"
	printf '#!/bin/sh\namqp-declare-queue -u %q -q probe && amqp-delete-queue -u %q -q probe\n' "$amqp_url" "$amqp_url" \
		>"$RABBIT_DIR/is_up"
	chmod +x "$RABBIT_DIR/start" "$RABBIT_DIR/is_up"
}

rabbit_up() {
	rabbit_scripts
	setsid "$RABBIT_DIR/start" >>"$RABBIT_DIR/output" 2>&1 3>&- &
	wait_for 60 rabbit_is_up
}

rabbit_is_up() {
	"$RABBIT_DIR/is_up" >/dev/null 2>&1
}

# rabbit_kill: kill -9.
rabbit_kill() {
	local pid
	pid=$(cat "$RABBIT_DIR/pid")
	kill -9 "$pid"
	wait_for 10 not kill -0 "$pid"
}

rabbitctl() {
	rabbit_environment
	rabbit_as "$RABBIT_BIN/rabbitmqctl" -q "$@"
}

rabbit_stop() {
	[ -n "${RABBIT_DIR:-}" ] || return 0
	rabbit_environment
	[ ! -s "$RABBIT_DIR/pid" ] || kill -9 "$(cat "$RABBIT_DIR/pid")" || true
	rabbit_as epmd -kill >/dev/null 2>&1 || true
	rm -rf "$RABBIT_DIR"
}

# need_rabbit: skip a test where no broker is installed.
need_rabbit() {
	[ -x "$RABBIT_BIN/rabbitmq-server" ] || skip "rabbitmq-server is not installed"
	rabbit_environment
}

# queue_length QUEUE: print the number of messages that are ready; those of a consumer are not.
queue_length() {
	rabbitctl list_queues name messages | awk -v name="$1" '$1 == name {print $2}'
}

# start_reading INPUT OUTPUT COMMAND…: start it in the background, with its standard input from INPUT.
start_reading() {
	# shellcheck disable=SC2016 # for the inner shell
	start "$2" bash -c 'input=$1; shift; exec "$@" <"$input"' bash "$1" "${@:3}"
}
