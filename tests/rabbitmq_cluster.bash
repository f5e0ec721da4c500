# Three nodes of RabbitMQ for the tests, each in a network namespace of its own, joined by a bridge: cluster_start in
# setup_file, cluster_stop in teardown_file. Only root can create them. Load rabbitmq first.
# shellcheck shell=bash disable=SC2034 # variables for the tests

CLUSTER_NODES=3

cluster_node_address() {
	echo "198.18.$CLUSTER_NUMBER.$1"
}

# in_node NODE COMMAND…: run it in the namespace of the node.
in_node() {
	ip netns exec "$CLUSTER_BRIDGE-$1" "${@:2}"
}

# cluster_network: create a bridge whose number is not in use, and a namespace for each node.
cluster_network() {
	local node
	for CLUSTER_NUMBER in $(shuf -i 1-254 -n 20); do
		CLUSTER_BRIDGE=wd$CLUSTER_NUMBER
		! ip link add "$CLUSTER_BRIDGE" type bridge 2>/dev/null || break
	done
	export CLUSTER_NUMBER CLUSTER_BRIDGE
	ip address add "$(cluster_node_address 254)/24" dev "$CLUSTER_BRIDGE"
	ip link set "$CLUSTER_BRIDGE" up
	for node in $(seq $CLUSTER_NODES); do
		ip netns add "$CLUSTER_BRIDGE-$node"
		ip link add "$CLUSTER_BRIDGE.$node" type veth peer name eth0 netns "$CLUSTER_BRIDGE-$node"
		ip link set "$CLUSTER_BRIDGE.$node" master "$CLUSTER_BRIDGE" up
		in_node "$node" ip address add "$(cluster_node_address "$node")/24" dev eth0
		in_node "$node" ip link set eth0 up
		in_node "$node" ip link set lo up
	done
}

# node_environment NODE: set $rabbit_env for its programs, and $node_folder and $node_url.
node_environment() {
	node_folder=$CLUSTER_DIR/$1 node_url=amqp://$(cluster_node_address "$1")
	rabbit_env=(
		HOME="$node_folder" RABBITMQ_USE_LONGNAME=true RABBITMQ_NODENAME="wd@$(cluster_node_address "$1")"
		RABBITMQ_MNESIA_BASE="$node_folder/mnesia" RABBITMQ_LOG_BASE="$node_folder/log"
		RABBITMQ_CONFIG_FILE="$node_folder/rabbitmq.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$node_folder/plugins"
		RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel net_ticktime 8'
	)
}

# node_tool NODE PROGRAM ARGUMENT…: run rabbitmqctl(8) or another tool of the broker for a node.
node_tool() {
	node_environment "$1"
	in_node "$1" setpriv --reuid rabbitmq --regid rabbitmq --init-groups env "${rabbit_env[@]}" \
		"$RABBIT_BIN/$2" -q "${@:3}"
}

# node_files NODE [LINE…]: its configuration, with these lines; its scripts `start`, which becomes the broker, `is_up`,
# which publishes a message that no queue gets, and `may_stop`, which fails if a queue would lose its majority.
node_files() {
	local node
	node_environment "$1"
	mkdir -p "$node_folder"
	{
		printf '%s\n' 'loopback_users = none' 'cluster_partition_handling = pause_minority' \
			'vm_memory_high_watermark.absolute = 1GB' 'disk_free_limit.absolute = 50MB' \
			'cluster_formation.peer_discovery_backend = classic_config'
		for node in $(seq $CLUSTER_NODES); do
			echo "cluster_formation.classic_config.nodes.$node = wd@$(cluster_node_address "$node")"
		done
		printf '%s\n' "${@:2}"
	} >"$node_folder/rabbitmq.conf"
	echo '[].' >"$node_folder/plugins"
	echo cluster >"$node_folder/.erlang.cookie"
	chmod 600 "$node_folder/.erlang.cookie"
	{
		printf '#!/bin/sh\necho $$ >%q\ncd / && exec ip netns exec %q' "$node_folder/pid" "$CLUSTER_BRIDGE-$1"
		printf ' %q' setpriv --reuid rabbitmq --regid rabbitmq --init-groups \
			env "${rabbit_env[@]}" RUNNING_UNDER_SYSTEMD=true "$RABBIT_BIN/rabbitmq-server"
	} >"$node_folder/start"
	printf '#!/bin/sh\ntimeout 10 amqp-publish -u %q -r none -b probe\n' "$node_url" >"$node_folder/is_up"
	{
		printf '#!/bin/sh\nexec ip netns exec %q' "$CLUSTER_BRIDGE-$1"
		printf ' %q' setpriv --reuid rabbitmq --regid rabbitmq --init-groups env "${rabbit_env[@]}" \
			"$RABBIT_BIN/rabbitmq-queues" -q check_if_node_is_quorum_critical
	} >"$node_folder/may_stop"
	chmod +x "$node_folder/start" "$node_folder/is_up" "$node_folder/may_stop"
	chown -R rabbitmq "$node_folder"
}

# node_start NODE: start it, and wait until it serves clients.
node_start() {
	node_environment "$1"
	setsid "$node_folder/start" >>"$node_folder/output" 2>&1 3>&- &
	wait_for 60 "$node_folder/is_up"
}

# node_stop NODE SIGNAL: end it, and wait until it has ended.
node_stop() {
	local pid
	pid=$(cat "$CLUSTER_DIR/$1/pid")
	kill "-$2" "$pid"
	wait_for 60 not kill -0 "$pid"
}

# cluster_start [LINE…]: start the nodes with these lines in their configuration; set cluster_urls.
cluster_start() {
	local node
	export CLUSTER_DIR
	CLUSTER_DIR=$(mktemp -d /tmp/wd-cluster.XXXXXX)
	chmod 755 "$CLUSTER_DIR"
	cluster_network
	for node in $(seq $CLUSTER_NODES); do
		node_files "$node" "$@"
	done
	cluster_partition >"$CLUSTER_DIR/partition"
	chmod +x "$CLUSTER_DIR/partition"
	# The first one creates the cluster: nodes that start at once with empty folders can create two.
	for node in $(seq $CLUSTER_NODES); do
		node_start "$node"
	done
	cluster_urls
}

# Set $cluster_urls, the URLs of all nodes.
cluster_urls() {
	local node
	cluster_urls=()
	for node in $(seq $CLUSTER_NODES); do
		cluster_urls+=("amqp://$(cluster_node_address "$node")")
	done
}

# Print a script: `cut NODE` drops what a node sends to the others and to clients, `cut-nodes NODE` only to the
# others, `join NODE` ends it.
cluster_partition() {
	cat <<-X
		#!/usr/bin/env bash
		case \$1 in
			cut) others=({1..$CLUSTER_NODES} 254) action=replace ;;
			cut-nodes) others=({1..$CLUSTER_NODES}) action=replace ;;
			join) others=({1..$CLUSTER_NODES} 254) action=delete ;;
		esac
		for other in "\${others[@]}"; do
			[ "\$other" = "\$2" ] || ip netns exec $CLUSTER_BRIDGE-\$2 \\
				ip route \$action blackhole 198.18.$CLUSTER_NUMBER.\$other/32 2>/dev/null || [ \$action = delete ]
		done
	X
}

# Only what was started in the namespaces is there: brokers and their epmd.
cluster_stop() {
	local node pids
	[ -n "${CLUSTER_DIR:-}" ] || return 0
	for node in $(seq $CLUSTER_NODES); do
		mapfile -t pids < <(ip netns pids "$CLUSTER_BRIDGE-$node")
		[ ${#pids[@]} = 0 ] || kill -9 "${pids[@]}" 2>/dev/null || true
		ip netns delete "$CLUSTER_BRIDGE-$node" || true
	done
	ip link delete "$CLUSTER_BRIDGE" || true
	rm -rf "$CLUSTER_DIR"
}

# need_cluster: skip a test where the nodes cannot be started.
need_cluster() {
	[ "${WD_CHECK:-}" = long ] || skip "long: starts a cluster of three brokers (scripts/check --long)"
	[ -x "$RABBIT_BIN/rabbitmq-server" ] || skip "rabbitmq-server is not installed"
	[ "$(id -u)" = 0 ] || skip "only root can create network namespaces"
	command -v ip >/dev/null || skip "ip(8) is not installed"
	cluster_urls
}
