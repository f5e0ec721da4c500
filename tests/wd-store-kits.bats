# What wd-store keeps about kits: states, addresses. In both databases.
load lib
load postgresql
load store
load store_both

# status_at MINUTES STATUS: a kit_status of so many minutes from now.
status_at() {
	jq -nc --argjson minutes "$1" --arg status "$2" '(now + 60 * $minutes | floor | todate) as $time
		| {type: "kit_status", kit_id: "k", time: $time, status: $status, last_seen: $time}'
}

@test "a status of the future never replaces another, and the next status replaces it" {
	for target in "${targets[@]}"; do
		status_at -10 stale | wd-store -q "$target"
		status_at 120 online | wd-store -q "$target"
		[ "$(value_of "$target" 'SELECT status FROM kits')" = stale ]
		# In one batch.
		{ status_at 120 error && status_at -8 offline && status_at 180 online; } | wd-store -q "$target"
		[ "$(value_of "$target" 'SELECT status FROM kits')" = offline ]
		# The first of a kit is stored, for want of another; four minutes are no future.
		{ status_at 120 online | sed 's/"k"/"new"/'; } | wd-store -q "$target"
		[ "$(value_of "$target" "SELECT status FROM kits WHERE kit_id = 'new'")" = online ]
		{ status_at -30 stale | sed 's/"k"/"new"/'; } | wd-store -q "$target"
		{ status_at 4 error | sed 's/"k"/"new"/'; } | wd-store -q "$target"
		[ "$(value_of "$target" "SELECT status FROM kits WHERE kit_id = 'new'")" = error ]
	done
	[ "$(value_of sqlite:t.db "SELECT count(*) FROM kits WHERE status_time > strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '+5 minutes')
		OR last_seen > strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '+5 minutes')")" = 0 ]
	[ "$(value_of "$pg_url" "SELECT count(*) FROM kits WHERE greatest(status_time, last_seen) > now() + INTERVAL '5 minutes'")" = 0 ]
}

# receivers_at MINUTES [RECEIVERS]: likewise, with the receivers of the kit.
receivers_at() {
	status_at "$1" online | jq -c "${2:+.receivers = }${2:-.}"
}

@test "the receivers of a kit: the latest are kept, whatever the order; a kit of old has none" {
	for target in "${targets[@]}"; do
		receivers_at -30 | wd-store -q "$target"
		[ -z "$(value_of "$target" 'SELECT receivers FROM kits' | grep -v SET)" ]
		receivers_at -10 '["adsb","fpv"]' | wd-store -q "$target"
		receivers_at -20 '[]' | wd-store -q "$target"
		receivers_at -9 | wd-store -q "$target"
		receivers_at -12 '["fpv"]' | wd-store -q "$target"
		[ "$(value_of "$target" 'SELECT receivers FROM kits' | tail -1 | tr -d '[]{}"')" = adsb,fpv ]
		[ "$(wd-dump --type kit_status "$target" | jq -c .receivers)" = '["adsb","fpv"]' ]
		receivers_at -8 '[]' | wd-store -q "$target"
		[ "$(wd-dump --type kit_status "$target" | jq -c .receivers)" = '[]' ]
	done
	[ "$(pg_value wd "SELECT count(*) FROM kits WHERE NOT 'adsb' = ANY (receivers)")" = 1 ]
}

@test "a kit without a status, such as a disabled one, is unknown" {
	for target in "${targets[@]}"; do
		wd-store -q "$target" <<<'{"type":"kit","kit_id":"k","enabled":false}'
		[ "$(value_of "$target" 'SELECT status FROM kits')" = unknown ]
	done
	# Databases that were made without this default, and have such a row.
	psql -qd wd -c 'ALTER TABLE kits ALTER status DROP DEFAULT' -c 'UPDATE kits SET status = NULL'
	wd-store -q --migrate "$pg_url"
	[ "$(value_of "$pg_url" 'SELECT status FROM kits')" = unknown ]
	sqlite3 old.db <"$DATA/schema/sqlite-1.sql"
	sqlite3 old.db 'UPDATE kits SET status = NULL'
	wd-store -q --migrate sqlite:old.db
	[ "$(sqlite_value old.db 'SELECT status FROM kits')" = unknown ]
}

@test "a kit that the table has under another id is reported, with the remedy" {
	for target in "${targets[@]}"; do
		run -0 wd-store "$target" <<<'{"type":"kit","kit_id":"old","api_url":"http://10.0.0.7:8088"}'
		[ "${#lines[@]}" = 1 ]
		run -0 wd-store "$target" <<<'{"type":"kit","kit_id":"new","api_url":"http://10.0.0.7:8088"}'
		[ "${lines[0]}" = 'wd-store: two kits have the same api_url kit=new older=old hint="give it the older id in kits.yaml, and set enabled to false for the other in the table kits"' ]
		run -0 wd-store --check "$target"
		[[ ${lines[0]} == *' kit=new older=old '* ]]
		value_of "$target" "UPDATE kits SET enabled = FALSE WHERE kit_id = 'new'"
		run -0 wd-store --check "$target"
		[ "$output" = 'wd-store: ready to store' ]
	done
}

@test "a kit without source keeps what is stored; a new one is polled" {
	kit() {
		printf '{"type":"kit","kit_id":"%s"%s}\n' "$1" "${2:-}"
	}
	for target in "${targets[@]}"; do
		{ kit a ',"source":"mqtt"' && kit b && kit c; } | wd-store -q "$target"
		{ kit a ',"name":"A"' && kit b ',"source":"both"' && kit b ',"name":"B"'; } | wd-store -q "$target"
		[ "$(value_of "$target" 'SELECT kit_id, name, source FROM kits ORDER BY kit_id' | tr '\n' ' ')" = \
			'a|A|mqtt b|B|both c||http ' ]
	done
}
