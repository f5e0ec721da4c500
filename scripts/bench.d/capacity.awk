# Calculates what a fleet needs, from the constants that `scripts/bench` measured: a day in minutes, of which a database
# is away for one hour. Prints the table of wd-fleet(7).
#
#   awk -f scripts/bench.d/capacity.awk [-v kits=100000] </dev/null
#
# Nothing is run: it is arithmetic.

BEGIN {
	record_bytes = 550      # a record of a drone
	records_per_kit_s = 2   # 10 drones, polled every 5 s, all of them changed
	poll_ms = 0.2           # CPU of wd-poll, wd-normalize and wd-health for a reply (scripts/bench scale)
	replies_per_kit_s = 0.43 # drones and signals every 5 s, status every 30 s
	shard_kits = 10000      # the most that were measured with one wd-poll
	queue_ms = 0.07         # CPU of wd-send, and again of wd-recv, for 30 kB (scripts/bench fleet)
	database_rows_s = 67000 # new rows of one PostgreSQL on two cores
	load = 0.75             # of what was measured, so that a backlog can be stored
	copies = 3              # nodes of the broker
	outage_min = 60

	print "kits     rows/s   MB/s   databases  shards  CPU of shards  CPU of queue  backlog GB  peak min  done min"
	if (kits)
		plan(kits)
	else
		for (number = 1000; number <= 100000; number *= 10)
			plan(number)
}

function ceil(x) {
	return x == int(x) ? x : int(x) + 1
}

# Each minute of a day: the queue of the database that is away grows, and shrinks by what the database can store besides
# what arrives.
function plan(kits,   rows, mb, databases, polling, queue, share, backlog, peak, minute, done) {
	rows = kits * records_per_kit_s
	mb = rows * record_bytes / 1e6
	databases = ceil(rows / (database_rows_s * load))
	polling = kits * replies_per_kit_s * poll_ms / 1000
	queue = 2 * mb * 1e6 / 30000 * queue_ms / 1000
	share = rows / databases
	for (minute = 1; minute <= 24 * 60; minute++) {
		backlog += 60 * share
		if (minute > outage_min)
			backlog -= 60 * database_rows_s
		if (backlog > peak) {
			peak = backlog
			top = minute
		}
		if (backlog <= 0) {
			backlog = 0
			if (minute > outage_min && !done)
				done = minute
		}
	}
	printf "%-8d %-8d %-6.1f %-10d %-7d %-14.1f %-13.2f %-11.1f %-9d %d\n", kits, rows, mb, databases,
		ceil(kits / shard_kits), polling, queue, copies * peak * record_bytes / 1e9, top, done
}
