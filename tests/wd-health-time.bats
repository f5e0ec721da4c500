# wd-health: what the clock, --replay and ticks do.
load lib
load health

@test "--replay: waiting makes no time pass" {
	mkfifo live.in replay.in
	start live wd-health --stale-threshold 1 live.in
	start replay wd-health --stale-threshold 1 --replay replay.in
	exec 8>live.in 9>replay.in
	reply a 10:00:58 | tee /dev/fd/8 >&9
	wait_for 5 grep -q '"time":"2026-11-23T10:01:00.000000Z","kit_id":"a","status":"stale"' live
	wait_for 5 grep -q kit_status replay
	[ "$(states replay)" = 'a online' ]
	exec 8>&- 9>&-
}

@test "--replay: each kit has a time of its own, moved by its replies and by its poller's ticks" {
	tick() { printf '{"type":"tick","time":"2026-11-23T%sZ","poller":"%s"}\n' "$1" "$2"; }
	from() { sed "s/}\$/,\"poller\":\"$1\"}/"; }
	{
		reply a 10:00:00 | from p
		reply b 08:00:00 | from q
		reply c 10:00:01 | from p
		reply a 10:00:20 | from p
		tick 08:00:30 q
		tick 10:00:45 p
		reply a 10:00:50 | from p
		tick 10:01:05 p
	} >in
	wd-health --replay in 2>err >out
	[ "$(jq -r 'select(.type == "kit_status") | .kit_id + .time[11:19] + .status' out | sort | tr '\n' ' ')" = \
		'a10:00:00online a10:00:15online a10:00:45online a10:01:00online b08:00:00online b08:00:30online c10:00:01online c10:00:45online c10:01:00online c10:01:01stale ' ]
	run ! grep 'set back' err
	[ "$(jq -r 'select(.type == "coverage") | .kit_id + .time[11:16] + .state' out | sort | tr '\n' ' ')" = \
		'a10:00listening c10:00listening ' ]
	# Without --replay there is one time for all.
	wd-health in 2>err >out
	grep -q 'set back' err
}

@test "a kit that becomes stale by silence is not said to have the error that good replies have followed" {
	tick() { printf '{"type":"tick","time":"2026-11-23T%sZ","poller":"p"}\n' "$1"; }
	{
		reply a 10:00:00 drones timeout
		reply a 10:00:10
		tick 10:00:40
		tick 10:01:20
		reply a 10:01:30 drones connect
	} | wd-health --replay 2>err >/dev/null
	grep 'kit changed its state' err | grep 'to=stale' | not grep error=
	grep 'kit changed its state' err | grep -q 'to=offline error=connect'
}

@test "--replay: a kit whose clock was set back does not disturb the others" {
	{
		reply a 10:00:00
		reply b 10:00:00
		reply a 09:00:00 drones connect
		reply b 10:00:20
		reply a 09:00:20
	} | wd-health --replay 2>err >out
	[ "$(jq -r 'select(.type == "kit_status") | .kit_id + .time[11:19] + .status' out | tr '\n' ' ')" = \
		'a10:00:00online b10:00:00online a09:00:00offline b10:00:15online a09:00:15offline a09:00:20online ' ]
}

@test "no status freezes when the clock is set forward a day and back again" {
	for option in '' --replay; do
		{
			reply a 10:00:00
			reply a 10:00:05 | sed s/11-23/11-24/
			reply a 10:00:10 drones connect
			reply a 10:00:15
			reply a 10:01:20 drones connect
		} | wd-health $option 2>err >out
		[ "$(jq -r 'select(.type == "kit_status") | .time[8:19] + .status' out | tail -4 | tr '\n' ' ')" = \
			'23T10:00:10offline 23T10:00:15offline 23T10:00:15online 23T10:01:15stale ' ] ||
			[ "$(jq -r 'select(.type == "kit_status") | .time[8:19] + .status' out | tail -1)" = 23T10:01:20offline ]
	done
}

@test "online needs a good reply of /drones or /signals where those are polled" {
	{
		reply a 10:00:00 status
		reply a 10:00:01 drones http
		reply a 10:00:05 status
		reply a 10:00:06
		reply a 10:00:10 drones connect
		reply a 10:00:11 status
		reply a 10:00:12 signals
	} | wd-health >out
	[ "$(states out | cut -c3- | tr '\n' ' ')" = 'online error online offline online ' ]
}
