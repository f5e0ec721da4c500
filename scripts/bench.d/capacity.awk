# Calculates what a fleet needs: a day in minutes, of which one database is away at first. Prints the table of
# wd-fleet(7).
#
#   awk -f scripts/bench.d/capacity.awk [-v kits=100000] scripts/bench.d/capacity.txt [FILE]
#
# The first file has the constants; FILE may have other values for some of them, such as `database_rows_s 40000`.
# Nothing is run: it is arithmetic.

/^[a-z]/ {
	constant[$1] = $2
}

END {
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
	rows = kits * constant["records_per_kit_s"]
	mb = rows * constant["record_bytes"] / 1e6
	databases = ceil(rows / (constant["database_rows_s"] * constant["load"]))
	polling = kits * constant["replies_per_kit_s"] * constant["poll_ms"] / 1000
	queue = 2 * mb * 1e6 / 30000 * constant["queue_ms"] / 1000
	share = rows / databases
	for (minute = 1; minute <= 24 * 60; minute++) {
		backlog += 60 * share
		if (minute > constant["outage_min"])
			backlog -= 60 * constant["database_rows_s"]
		if (backlog > peak) {
			peak = backlog
			top = minute
		}
		if (backlog <= 0) {
			backlog = 0
			if (minute > constant["outage_min"] && !done)
				done = minute
		}
	}
	printf "%-8d %-8d %-6.1f %-10d %-7d %-14.1f %-13.2f %-11.1f %-9d %d\n", kits, rows, mb, databases,
		ceil(kits / constant["shard_kits"]), polling, queue,
		constant["copies"] * peak * constant["record_bytes"] / 1e9, top, done
}
