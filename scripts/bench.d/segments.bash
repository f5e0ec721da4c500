# A backlog for the subjects: segments of a spool, each with what a second brings: one reply, with every drone
# observed a second later than in the segment before.
# shellcheck shell=bash

# A reply of a simulated kit with $DRONES drones, as wd-poll writes it.
take_reply() {
	: >"$WORK/sim"
	"$BIN/wd-sim" -q --port 0 --drones "$DRONES" --aircraft 0 >"$WORK/sim" &
	local sim=$!
	until grep -q ^listening "$WORK/sim"; do sleep 0.1; done
	"$BIN/wd-poll" -q --once --id kit --url "$(sed 's/^listening on //' "$WORK/sim")" |
		grep '"endpoint":"drones"' >"$WORK/reply"
	kill "$sim"
}

# pile_up FOLDER: write $SEGMENTS segments of 20 kits, which end now.
pile_up() {
	mkdir -p "$1"
	take_reply
	awk -v segments="$SEGMENTS" -v kits=20 -v begin=$((EPOCHSECONDS - SEGMENTS)) -v folder="$1" '{
		for (i = 0; i < segments; i++) {
			line = $0
			sub(/"kit_id":"kit"/, "\"kit_id\":\"kit-" i % kits "\"", line)
			sub(/"time":"[^"]*"/, strftime("\"time\":\"%FT%T.000000Z\"", begin + i, 1), line)
			gsub(/"(observed_at|last_update_time)":[0-9.]+/, "\"observed_at\":" begin + i, line)
			file = sprintf("%s/%d000000-%08x", folder, begin + i, i)
			print line >file
			close(file)
		}
	}' "$WORK/reply"
}

# records FOLDER: what wd-normalize makes of these segments.
records() {
	find "$1" -type f | sort | xargs cat | "$BIN/wd-normalize"
}
