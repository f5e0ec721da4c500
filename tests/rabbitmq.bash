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
		RABBITMQ_PID_FILE="$RABBIT_DIR/pid" RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
		RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
	)
}

rabbit_up() {
	rabbit_environment
	rabbit_as setsid "$RABBIT_BIN/rabbitmq-server" >>"$RABBIT_DIR/output" 2>&1 3>&- &
	wait_for 60 rabbit_is_up
}

rabbit_is_up() {
	rabbit_environment
	amqp-declare-queue -u "$amqp_url" -q probe >/dev/null 2>&1 && amqp-delete-queue -u "$amqp_url" -q probe
}

# rabbit_kill: kill -9, as a power cut for the broker.
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
