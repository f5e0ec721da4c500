# Simulated kits, polled by our programs into the database: for the subjects that compare ways to poll.
# They set SECONDS_EACH, DRONES and AIRCRAFT (of each kit), and source postgres.bash first.
# shellcheck shell=bash disable=SC2034,SC2154

# simulate KITS: sets $sim (pid) and writes $WORK/kits.yaml.
simulate() {
	rm -f "$WORK/sim"
	wd-sim --port 0 --kits "$1" --drones "$DRONES" --aircraft "$AIRCRAFT" >"$WORK/sim" 2>"$WORK/sim.err" &
	sim=$!
	until grep -qs ^listening "$WORK/sim"; do sleep 0.1; done
	wd-sim --kits "$1" --port "$(sed 's/.*://' "$WORK/sim")" --print-config >"$WORK/kits.yaml"
}

# measured NAME COMMAND…: what it takes goes to $WORK/NAME.
measured() {
	"$WORK/measure" "$WORK/$1" "${@:2}"
}

poll() {
	measured poll timeout -s TERM --preserve-status "$SECONDS_EACH" wd-poll -q -c "$WORK/kits.yaml" "$@"
}

by_pipe() {
	poll | measured normalize wd-normalize | tee "$WORK/records" | measured health wd-health -q |
		measured store wd-store -q "$database_url"
}

# by_spool SECONDS: the same programs behind a spool whose segments are sealed after SECONDS. What tee(1) takes, which is there for the latency only, is subtracted.
by_spool() {
	local spool=$WORK/spool state=$WORK/spool.state drain
	rm -rf "$spool" "$state"
	mkdir -p "$spool/new"
	# shellcheck disable=SC2016 # for the inner shell
	measured drain timeout -s TERM --preserve-status $((SECONDS_EACH + 5)) \
		wd-drain -q --state "$state" "$spool" -- bash -c 'wd-normalize |
			"$1/measure" "$1/tee" tee "$1/records" | wd-health -q --replay --state "$2/current/health" |
			wd-store -q --acknowledge "$3"' bash "$WORK" "$state" "$database_url" 2>"$WORK/drain.err" &
	drain=$!
	poll --spool "$spool" --spool-seal "$1"
	wait $drain
	paste -d ' ' "$WORK/drain" "$WORK/tee" | awk '{print $1, $2 - $5, $3}' >"$WORK/drain.new"
	mv "$WORK/drain.new" "$WORK/drain"
}

# Reply time and key of the first drone after each reply line.
first_drones() {
	LC_ALL=C sed -nE '
		/^\{"type":"reply"/ { s/.*"endpoint":"drones","time":"([^"]*)".*/\1/; t keep; s/.*//; :keep; h; }
		/^\{"type":"drone"/ { x; /./!{ x; d; }; G;
			s/^([^\n]*)\n\{"type":"drone","time":"([^"]*)","kit_id":"([^"]*)","drone_id":"([^"]*)".*/\1\t\2\t\3\t\4/p;
			s/.*//; x; }' "$WORK/records"
}

# Prints `p50 p99 max` in ms, and how many were looked at.
latency() {
	first_drones >"$WORK/firsts"
	psql -qXAt -F ' ' -P null=null "$database_url" <<-SQL
		CREATE TEMP TABLE firsts(arrived timestamptz, time timestamptz, kit_id text, drone_id text);
		\copy firsts FROM '$WORK/firsts'
		SELECT round(1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY s)),
			round(1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY s)), round(1000 * max(s)), count(*)
		FROM (SELECT extract(epoch FROM pg_xact_commit_timestamp(d.xmin) - f.arrived) AS s
			FROM firsts f JOIN drones d USING (time, kit_id, drone_id)) AS latencies;
	SQL
}

# What became of the polls: `made lost`; lost are the slots between two good replies of /drones.
polls() {
	sed -nE 's/^\{"type":"reply","kit_id":"([^"]*)","endpoint":"drones","time":"[^T]*T(..):(..):([0-9.]*)Z","ok":true.*/\1 \2 \3 \4/p' \
		"$WORK/records" | sort | awk '
		{ now = ($2 * 60 + $3) * 60 + $4; made++ }
		$1 == kit { lost += int((now - before) / 5 + 0.5) - 1 }
		{ kit = $1; before = now }
		END { print made + 0, lost + 0 }'
}
