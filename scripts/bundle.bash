# What wd-validate --bundle writes: everything that a maintainer needs in order to help, without what identifies
# people, places and machines. Sourced by wd-validate, whose variables it reads.
# shellcheck shell=bash disable=SC2154 # variables of wd-validate and script.bash

journal_lines=2000

# check_bundle: exit unless the file can be written, before anything else is done.
check_bundle() {
	if [ -d "$bundle" ] || ! [ -w "$(dirname "$bundle")" ]; then
		die "$ex_io" "cannot write" "file=$bundle" "hint=name a file in a folder that exists and is writable"
	fi
}

# gather FILE ABOUT COMMAND…: keep the output of a command, or of a function below, for at most 30 s, as one file of
# the bundle. Its errors are part of it: a maintainer needs them.
gather() {
	local file=$1 about=$2
	shift 2
	status_line "bundle: $about"
	printf '%s\t%s\n' "$file" "$about" >>"$work/contents"
	timeout 30 bash -c '"$@"' gather "$@" >"$work/raw/$file" 2>&1 </dev/null ||
		echo "($1 ended with status $?)" >>"$work/raw/$file"
}

show_versions() {
	local tool
	uname -srm
	sed -n 's/^PRETTY_NAME=//p' /etc/os-release
	for tool in wd-poll wd-mqtt wd-normalize wd-health wd-watch wd-store wd-drain wd-dump wd-serve wd-send wd-recv; do
		"$tool" --version
	done
	jq --version
	sqlite3 --version
	psql --version
	systemctl --version | head -n 1
}

show_machine() {
	echo "processors: $(nproc)"
	sed -n 's/^model name[^:]*: /processor: /p; s/^Model[^:]*: /machine: /p' /proc/cpuinfo | sort -u
	echo "up: $(cut -d' ' -f1 /proc/uptime | cut -d. -f1) s, load: $(cut -d' ' -f1-3 /proc/loadavg)"
	grep -E '^(MemTotal|MemAvailable|SwapTotal|SwapFree):' /proc/meminfo
	for folder in / /var/lib/wardragon /var/spool/wardragon "${spool:-.}"; do
		df -PTk "$folder" 2>/dev/null | awk -v folder="$folder" \
			'NR == 2 {print "disk of " folder ": " $2 ", KiB: " $3 ", used: " $4 ", free: " $5}'
	done
	timedatectl show -p NTP -p NTPSynchronized
}

show_settings() {
	env | grep -E '^(LOG_LEVEL|KITS_CONFIG|DATABASE_URL|[A-Z_]*POLL_INTERVAL[A-Z_]*|REQUEST_TIMEOUT|MAX_RETRIES|INITIAL_BACKOFF|MAX_BACKOFF|STALE_THRESHOLD|HEALTH_FILE|MQTT_[A-Z_]*)=' | sort
	tail -n +1 /etc/wardragon/*.env 2>/dev/null | sed 's/^==> \(.*\) <==$/# \1/'
}

show_units() {
	systemctl list-timers --all --no-pager 'wd-*'
	systemctl show --no-pager -p Id,LoadState,UnitFileState,ActiveState,SubState,Result,NRestarts,ExecMainStatus \
		-p ActiveEnterTimestamp,MemoryCurrent,CPUUsageNSec,DropInPaths,StatusText 'wd-*' wardragon.target
}

show_spool() {
	find "$spool" -maxdepth 2 -printf '%y %m %u:%g %s bytes %TY-%Tm-%TdT%TH:%TM:%.2TSZ %P\n' | LC_ALL=C sort -k 6 | tail -n 500
}

show_sqlite() {
	local file=${target#sqlite:} table
	ls -ln --time-style=full-iso "$file" "$file-wal" "$file-shm"
	sqlite3 -readonly -cmd '.timeout 2000' "$file" 'PRAGMA user_version' 'PRAGMA journal_mode' \
		"SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL"
	for table in kits drones signals system_health coverage events rejects; do
		sqlite3 -readonly -cmd '.timeout 2000' "$file" "SELECT '$table: ' || count(*) || ' rows' FROM $table"
	done
	sqlite3 -readonly "$file" 'SELECT * FROM kits' \
		"SELECT count(*) || ' rejects', kit_id, stage, reason FROM rejects GROUP BY kit_id, stage, reason LIMIT 200"
}

show_postgresql() {
	psql "$target" -XAtq -F ' ' -c "SELECT version()" \
		-c "SELECT 'extension', extname, extversion FROM pg_extension" \
		-c "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
			WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position LIMIT 1000" \
		-c "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() LIMIT 200" \
		-c "SELECT relname, reltuples::bigint || ' rows', pg_total_relation_size(oid) || ' bytes' FROM pg_class
			WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace" \
		-c "SELECT * FROM kits" \
		-c "SELECT count(*) || ' rejects', kit_id, stage, reason FROM rejects GROUP BY 2, 3, 4 LIMIT 200"
}

# gather_configuration: kits.yaml, or the files of a folder of kits, and the rules.
gather_configuration() {
	local file number=0
	if [ -d "$config" ]; then
		for file in "$config"/*.y*ml; do
			number=$((number + 1))
			[ $number -gt 20 ] || gather "kits-$number.yaml" "a file of kits" cat "$file"
		done
	else
		gather kits.yaml "the kits" cat "$config"
	fi
	[ ! -r /etc/wardragon/watch.yaml ] || gather watch.yaml "the rules of wd-watch" cat /etc/wardragon/watch.yaml
	gather settings.env "the environment, and what /etc/wardragon/*.env set" show_settings
}

# gather_values: what is replaced wherever it occurs. Kits come first, in the order of kits.yaml.
gather_values() {
	{
		jq -c 'select(.type == "kit") | {kind: "kit", value: .kit_id},
			{kind: "name", value: (.name, .location | strings)}' "$work/replies"
		jq -nc --arg host "$(uname -n)" --arg user "$(id -un)" '{kind: "host", value: ($host, ($host | split(".")[0]))},
			{kind: "name", value: $user},
			(env | to_entries[] | select(.key | test("^(PG|MQTT_)[A-Z_]*(PASSWORD|USER|USERNAME|HOST)$"))
				| {kind: "secret", value})'
	} >"$work/learn.values.ndjson"
	cp "$work/replies" "$work/learn.replies.ndjson"
	DATABASE_URL=$target timeout 30 wd-dump -qq --type kit >"$work/learn.kits.ndjson" 2>/dev/null
	printf '%s\n' "$given_target" "${DATABASE_URL:-}" >"$work/learn.urls.env"
}

gather_all() {
	local state
	export spool target
	export -f show_versions show_machine show_settings show_units show_spool show_sqlite show_postgresql
	gather versions.txt "releases of the programs and of this system" show_versions
	gather machine.txt "processors, memory, disks, clock" show_machine
	gather checks.txt "the checks of wd-validate" cat "$work/checks"
	gather_configuration
	! command -v systemctl >/dev/null || gather units.txt "the state of our units and timers" show_units
	! command -v journalctl >/dev/null || gather journal.txt "the last $journal_lines messages of our units" \
		journalctl -q --no-pager --no-hostname -o short-iso -n "$journal_lines" -u 'wd-*'
	[ ! -d "$spool" ] || gather spool.txt "the files of the spool, without their contents" show_spool
	for state in "$spool.state/current/health" /var/lib/wardragon/all.state/current/health; do
		[ ! -r "$state" ] || gather report.txt "states and gaps of the kits" wd-health --state "$state" --report --since 24h
	done
	case $(target_kind) in
		sqlite) [ ! -e "${target#sqlite:}" ] || gather database.txt "tables, numbers of rows, rejects" show_sqlite ;;
		postgresql) gather database.txt "tables, numbers of rows, rejects" show_postgresql ;;
	esac
	[ -z "$with_replies" ] || gather replies.ndjson "what the kits have just replied" cat "$work/replies"
	gather_values
}

# random MAX: a number from 0 to MAX - 1 that cannot be guessed.
random() {
	echo $((0x$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n') % $1))
}

# degrees MAX: an offset of 1 to MAX degrees, in either direction, with 7 decimals.
degrees() {
	local number sign=
	number=$(($(random $((($1 - 1) * 10000000))) + 10000000))
	[ "$(random 2)" = 0 ] || sign=-
	printf '%s%d.%07d' "$sign" $((number / 10000000)) $((number % 10000000))
}

# replace_values: write what was gathered, with identifying values replaced, into the folder of the bundle.
replace_values() {
	local file tag
	tag=$(printf '%04x' "$(random 65536)")
	mkdir "$work/wd-bundle"
	for file in "$work"/learn.{values,replies,kits}.ndjson "$work/learn.urls.env" "$work"/raw/*; do
		tr -d '\000' <"$file" | sed "s,^,${file##*/}\t,"
	done | jq -nRr --arg tag "$tag" --argjson lat "$(degrees 20)" --argjson lon "$(degrees 150)" \
		-f "$program_dir/bundle.jq" >"$work/replaced" || return
	while IFS=$'\t' read -r file _; do
		sed -n "s,^${file//./\\.}\t,,p" "$work/replaced" >"$work/wd-bundle/$file" || return
	done <"$work/contents"
}

# show_contents: print what the bundle contains.
show_contents() {
	local file about
	while IFS=$'\t' read -r file about; do
		report ok "bundle $file" "$about ($(wc -l <"$work/wd-bundle/$file") lines)"
	done <"$work/contents"
}

# write_bundle: gather, replace, print the contents, and write the file as a whole or not at all.
write_bundle() {
	local new
	umask 077
	mkdir "$work/raw"
	: >"$work/contents"
	[ -e "$work/replies" ] || : >"$work/replies"
	gather_all
	status_line "bundle: replacing what identifies people, places and machines"
	replace_values || die "$ex_io" "cannot replace identifying values: no bundle was written" "file=$bundle"
	status_line ''
	show_contents
	new=$(mktemp "$bundle.XXXXXX") || cannot_write_bundle
	if ! tar -C "$work" --owner=0 --group=0 --numeric-owner --sort=name -cf "$new" wd-bundle 2>/dev/null ||
		! mv -T "$new" "$bundle"; then
		rm -f "$new"
		cannot_write_bundle
	fi
	report ok "bundle $bundle" "written; identifying values were replaced, read it before you send it"
}

cannot_write_bundle() {
	die "$ex_io" "cannot write" "file=$bundle"
}
