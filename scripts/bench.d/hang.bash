# wd-poll with 100 good kits beside 2,000 that accept connections and never answer: slots missed, and
# polls more than 250 ms off their slot, with and without the hanging kits.
#
# SECONDS_EACH (60) may be set in the environment.

need wd-poll wd-sim
ulimit -n "$(ulimit -Hn)"

"$BIN/wd-sim" --port 0 --kits 100 >"$WORK/sim" 2>/dev/null &
sim=$!
python3 tests/kit/hang.py >"$WORK/hang" &
hang=$!
trap 'kill $sim $hang' EXIT
until grep -qs ^listening "$WORK/sim" && grep -qs ^listening "$WORK/hang"; do sleep 0.1; done
sim_url=$(sed -n 's/^listening on //p' "$WORK/sim")
port=$(sed -n 's/.*://p' "$WORK/hang")

# kits HANGING: a kits.yaml with 100 good kits and so many that hang, each at an address of its own.
kits() {
	local k
	echo kits:
	for ((k = 1; k <= 100; k++)); do
		echo "- {id: good-$k, api_url: '$sim_url/kit-$k'}"
	done
	for ((k = 1; k <= $1; k++)); do
		echo "- {id: hangs-$k, api_url: 'http://127.1.$((k / 200)).$((k % 200 + 1)):$port'}"
	done
}

printf '\nhang: 100 good kits beside kits that hang, %s s each\n' "${SECONDS_EACH:=60}"
printf '%12s %10s %10s %10s %10s\n' hanging polls missed '>250 ms' 'CPU s'
for hanging in 0 2000; do
	kits $hanging >"$WORK/kits.yaml"
	"$WORK/measure" "$WORK/figures" timeout "$SECONDS_EACH" "$BIN/wd-poll" -qq -c "$WORK/kits.yaml" \
		--poll-interval 2 --status-interval 4 --rate-limit 0 --timeout 8 --max-retries 0 \
		--initial-backoff 1 --max-backoff 1 >"$WORK/lines" || true
	jq -r 'def seconds: (.[:19] + "Z" | fromdate) + (.[19:26] | tonumber);
		select(.type == "reply" and .endpoint == "drones" and (.kit_id | startswith("good")))
		| [.kit_id, (.time | seconds) - .elapsed_ms / 1000] | @tsv' "$WORK/lines" | sort -k1,1 -k2,2n |
		awk -v hanging=$hanging -v cpu="$(cut -d' ' -f2 "$WORK/figures")" '
			$1 == kit { gap = $2 - last; if (gap > 3) missed += int(gap / 2 - 0.5)
				if (gap > 2.25 || gap < 1.75) late++ }
			{ kit = $1; last = $2 }
			END { printf "%12d %10d %10d %10d %10.1f\n", hanging, NR, missed, late, cpu }'
done
kill "$sim" "$hang"
trap - EXIT
