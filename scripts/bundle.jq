# Replace what identifies people, places and machines in the files of a bundle, for wd-validate --bundle:
#
#   jq -nRr --arg tag TAG --argjson lat DEGREES --argjson lon DEGREES -f bundle.jq FILE...
#
# Each line begins with the name of its file and a tab, in input and output; the output is printable ASCII. The name
# decides how lines are read: learn.* only for values to replace in others, of which learn.values.ndjson lists
# {kind, value}; *.ndjson as JSON; *.yaml and *.env as configuration, of which only known words remain; versions.txt
# and machine.txt as text of this system; others as text.
#
# A value becomes KIND-TAG-NUMBER, the same wherever it occurs; coordinates are moved by $lat and $lon.

def set: [splits("\\s+") | {(.): true}] | add;
def line_max: 2000;

# --- what may stay

# What configuration may contain: keys, and values that are not names.
("kits id name api_url location enabled poll_interval status_interval timeout tags rate_limit retry_policy
	max_retries base_delay backoff_multiplier max_delay headers bearer_token_file username password_file ca_file
	client_cert client_key source mqtt_id true false yes no null http https mqtt mqtts both lost zones circle
	radius_m floor_m ceiling_m above sea takeoff polygon holes geojson known tag operator_id drone_id uid mac rules
	on enter leave dwell present first_seen seen signal online offline stale where except kind drone aircraft level
	info warning critical again range_m pilot_distance_m above_kit_m freq_mhz debug error sqlite postgresql"
	| set) as $words
# Parts of paths.
| ("etc var lib spool run usr bin local share wardragon wd-tools home root srv opt dev tmp all new bad state current
	health credentials credstore handlers drones signals status config system systemd" | set) as $paths
# Names that identify nothing.
| ("localhost 127.0.0.1 ::1 0.0.0.0 :: root postgres postgresql wardragon wd-poll wd-drain sqlite true false null http
	https kit kits drone signal unknown wardragon-unknown" | set) as $common
# Keys in messages, key=value, whose words are always replaced.
| ({kit: "kit", older: "kit", newer: "kit", other: "kit", host: "host"}
	+ ("line value name raw body text location user topic id" | set | map_values("word"))) as $key_kinds
|

# Files and units of ours, and a few of others.
def is_known_file:
	test("^(wd-[a-z@-]+|wardragon|kits|watch|poll|drain|mqtt|notify|serve|prune|health|all|database|time-sync|network-online|postgresql|multi-user)\\.(service|timer|path|target|yaml|env|db|db-wal|db-shm|sock|prom|spool|state|events)$");

# Keys of JSON whose numbers stay. Other numbers stay if they are whole and below 100000.
def is_measured:
	test("(_m|_s|_ms|_at|_time|_hz|_mhz|_dbm|_ft|_kt|_mps|_deg|_c|_db|_mb|_conf|_percent|_total|_used|_available|_temp|_hours|_usage|_epoch|_altitude|_accuracy|_linear)$")
	or IN("alt", "altitude", "height", "hae", "speed", "vspeed", "heading", "direction", "track", "rssi", "freq",
		"power", "bandwidth", "pal", "ntsc", "temperature", "uptime", "updated", "time", "timestamp", "percent",
		"total", "used", "available", "cpu", "gpu", "speed_multiplier", "vertical_rate", "ground_speed");
def is_latitude: test("(^|_)lat(itude)?$");
def is_longitude: test("(^|_)(lon|lng|longitude)$");

# Keys of JSON whose text is read as text; that of others is replaced as a whole.
def is_text: IN("type", "endpoint", "error", "state", "status", "track_type", "detection_type", "signal_type",
	"source", "id_type", "ua_type", "ua_type_name", "operator_id_type", "op_status", "height_type", "ew_dir",
	"transport", "category", "time_source", "timestamp_accuracy", "vertical_accuracy", "horizontal_accuracy",
	"baro_accuracy", "speed_accuracy", "make", "model", "rid_make", "rid_model", "rid_source", "message", "time",
	"timestamp", "rid_timestamp", "gpsd_time_utc", "kit_date", "receivers", "pluto_temp", "zynq_temp", "api_url", "url");
def kind_of_key: {
	kit_id: "kit", seen_by: "kit", poller: "host", host: "host", hostname: "host", name: "name", location: "name",
	tags: "name", mac: "mac", serial: "id", serial_number: "id", callsign: "id", registration: "id", icao: "id",
	hex: "id", squawk: "id"
}[.] // if test("(^|_)(id|uid)$") then "id" else "text" end;

# --- text: words and what is between them

def separators: "\\s\"'=,;()\\[\\]{}<>|/\\\\!?&#*^$`";

# Split a word where its parts mean different things: user:password@host, host:port, a unit's name and its instance.
# is_login: it comes before @.
def parts:
	if test("^wd-[a-z]+@.*\\.service$") then capture("^(?<unit>[^@]+@)(?<instance>.*)\\.service$")
		| (.unit, .instance, ".service") | {text: .}
	elif test(".@.") then capture("^(?<login>.*)@(?<host>[^@]*)$") | {text: .login, is_login: true}, {text: "@"}, (.host | parts)
	elif test("^[0-9]{2}:[0-9]{2}$|^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$|^[^:]*:[^:]*:") then {text: .}
	elif test("^sqlite:.") then {text: "sqlite"}, {text: ":"}, {text: .[7:], is_path: true}
	elif test("^[^:]+:[0-9]{1,5}$") then capture("^(?<host>.*)(?<port>:[0-9]+)$") | (.host, .port) | {text: .}
	else {text: .} end;
def parts_and_punctuation:
	[sub("[.:]+$"; "") as $word | ($word | parts), {text: .[$word | length:]} | select(.text != "")];

# The words of a line: {text, key: of key=value, is_path, between: whether it separates words}.
def tokens:
	reduce ([match("[" + separators + "]+|[^" + separators + "]+"; "g").string][]) as $text
		({out: [], key: "", last: "", quoted: false};
		if $text | test("^[" + separators + "]") then
			.out += [{text: $text, between: true}]
			| if $text | startswith("=") then .key = .last | .quoted = ($text | test("\""))
			elif .quoted then .quoted = ($text | test("(^|[^\\\\])\"") | not) | if .quoted then . else .key = "" end
			else .key = "" end
			| .is_path = (($text | endswith("/")) or (.key | IN("file", "spool", "folder", "socket")))
		else
			.key as $key | .is_path as $is_path
			| .out += ($text | parts_and_punctuation | map(. + {key: $key, is_path: (.is_path or $is_path)}))
			| .last = $text
		end)
	| .out;

# The same for a word that was not decided by what is around it. Input: {text}.
def kind_of_word($strict; $is_path):
	.text
	| if test("^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$") then "mac"
	elif test("^[.:@-]+$|^:[0-9]{1,5}$") then null
	elif test("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9:]+)?)?$|^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?Z?$")
		then null
	elif test("^[0-9]{1,3}(\\.[0-9]{1,3}){3}$|^[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*:[0-9A-Za-z.:%]*$") then "address"
	elif $strict and ($words[.] or test("^[A-Z_]+$|^-+[a-z-]*$")) then null
	elif test("^[-+]?([0-9]{1,5}|[0-9]{1,4}\\.[0-9]{1,2}|[0-9]{1,3}(\\.[0-9]{1,3}){2})$|^[0-9.]{1,6}(\\.\\.[0-9.]{1,6})?[a-zA-Z%]{0,3}$")
		then null
	elif test("^[-+.0-9][-+.0-9eE]*$") then "number"
	elif $strict or test("[^ -~]") then "word"
	elif is_known_file or test("^wd-[a-z]+@?$|^\\.service$") then null
	elif $is_path and length > 2 and ($paths[.] | not) and (test("^[A-Z]+$") | not) then "folder"
	elif test("^[A-Za-z_%~+-]+$") then null
	elif test("@") then "name"
	elif test("[0-9]") | not then "host"
	elif length <= 5 then null
	else "id" end;

# The kind of substitute that a word needs, or null if it may stay.
def kind($mode):
	.text as $text
	| if .between or $common[$text] then null
	elif $mode == "own" then kind_of_word(false; false) | if IN("mac", "address") then . else null end
	elif .is_login then "secret"
	elif $key_kinds[.key] then $key_kinds[.key]
	elif ($mode == "strict" or .is_path | not) and ($text | test("^[A-Za-z_%~+-]+$")) then null
	else kind_of_word($mode == "strict"; .is_path) end;

# --- values to replace: a stream of {kind, value}

# Users, passwords and hosts of URLs.
def url_values:
	match("://(?:([^:@/\\s]*)(?::([^@/\\s]*))?@)?(\\[[^]]*\\]|[^:/?#\\s\"',;@]*)"; "g").captures
	| map(.string // "")
	| {kind: "name", value: .[0]}, {kind: "secret", value: .[1]}, {kind: "host", value: .[2] | ltrimstr("[") | rtrimstr("]")};

def text_values($mode):
	.[:line_max]
	| url_values, (tokens[] | {kind: kind($mode), value: .text} | select(.kind));

def is_plain_key: test("^[A-Za-z_]{1,40}[0-9]{0,2}[A-Za-z_]{0,10}$");
def is_kept_number($key): ($key | is_measured) or (. == floor and . > -100000 and . < 100000);
def is_number_text: test("^\\s*[-+]?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+)?\\s*$");
# drone-SERIAL and SERIAL are one.
def without_prefix: sub("^(drone|pilot|home|aircraft|icao)-(?=.)"; "");

def json_values($key):
	if type == "object" then
		to_entries[] | (select(.key | is_plain_key | not) | {kind: "id", value: .key}), (.key as $key | .value | json_values($key))
	elif type == "array" then .[] | json_values($key)
	elif type == "string" then
		if ($key | is_text) then text_values("text")
		elif ($key | is_latitude or is_longitude) and is_number_text then empty
		else {kind: ($key | kind_of_key), value: without_prefix} end
	elif type == "number" and ($key | kind_of_key | IN("id", "kit")) and (is_kept_number("") | not) then
		{kind: "id", value: tostring}
	else empty end;

def line_values:
	if .file == "learn.values.ndjson" then .json // empty
	elif .mode == "json" and .json != null then .json | json_values("")
	else .mode as $mode | .text | text_values($mode) end
	| select(.value | length > 0 and ($common[.] | not));

# Add a value to {seen: {value: substitute}, count: {kind: number}}.
def learn:
	.kind as $kind | .value as $value | ($value | ascii_downcase) as $name
	| .state
	| if .seen[$name] then .
	else
		.count[$kind] += 1
		| .seen[$name] = "\($kind)-\($tag)-\(.count[$kind])"
		| if ($value | length > 3) and ($value | test("[" + separators + "]")) and ($value | length < 300)
			then .phrases += [{value: $value, by: .seen[$name]}] else . end
	end;

# --- replacing

# The substitute of a value, unless it is too short to be replaced wherever it occurs.
def substitute($state): $state.seen[ascii_downcase];
def known($state):
	if length < 3 or $common[.] then null
	elif test("^[a-z]{1,5}$") then substitute($state) | if . and test("^(text|word|folder)-") then null else . end
	else substitute($state) end;

def moved($key):
	if . == 0 or . > 180 or . < -180 then .
	elif $key | is_latitude then if . > 90 or . < -90 then 0 else . + $lat end
	else . + $lon | if . > 180 then . - 360 elif . < -180 then . + 360 else . end end
	| . * 1e7 | round / 1e7;

# The values with separators in them, such as names of two words. Input and output: an array of texts still to be
# read (strings) and substitutes (objects).
def replace_phrases($state):
	. as $text
	| reduce ($state.phrases[] | select(.value as $value | $text | index($value))) as $phrase ([$text];
		map(if type == "object" then . else
			split($phrase.value) | [.[:-1][] | ., {by: $phrase.by}] + [.[-1]] | .[]
		end));

# Positions in configuration are lists of latitude and longitude.
def replace_tokens($state; $mode):
	($mode == "strict") as $strict
	| (test("\\[") and $strict) as $is_list
	| reduce tokens[] as $token ({out: "", axis: "lat"};
		($token.text | test("^-?[0-9]+(\\.[0-9]+)?$")) as $is_number
		| .out += if $token.between then $token.text
			elif $is_list and $is_number and ($token.text | test("\\.")) then
				.axis as $axis | $token.text | tonumber | moved($axis) | tostring
			else
				($token | kind($mode)) as $kind
				| $token.text
				| (if $kind then substitute($state)
				elif $strict and $words[.] then null
				else known($state) end) // .
			end
		| if $is_list and $is_number then .axis = {lat: "lon", lon: "lat"}[.axis] else . end)
	| .out;

def printable: explode | map(if . < 32 or . > 126 then 63 else . end) | implode;

def replace_text($state; $mode):
	(if length > line_max then " (\(length) characters)" else "" end) as $rest
	| .[:line_max] | gsub("\t"; "  ")
	| if $mode == "strict" then sub("(^|\\s)#.*$"; "") else . end
	| if . == "" then [.] else replace_phrases($state) end
	| map(if type == "object" then .by else replace_tokens($state; $mode) end) | add + $rest | printable;

def replace_json($state; $key):
	if type == "object" then
		with_entries(.key as $name
			| .value |= replace_json($state; $name)
			| .key |= if is_plain_key then . else substitute($state) end)
	elif type == "array" then map(replace_json($state; $key))
	elif type == "string" then
		if . == "" or $common[.] then .
		elif ($key | is_text) then replace_text($state; "text")
		elif ($key | is_latitude or is_longitude) and is_number_text then tonumber | moved($key) | tostring
		else without_prefix as $value | rtrimstr($value) + ($value | substitute($state)) end
	elif type == "number" then
		if $key | is_latitude or is_longitude then moved($key)
		elif is_kept_number($key) then .
		elif $key | kind_of_key | IN("id", "kit") then tostring | substitute($state)
		else 0 end
	else . end;

[inputs | split("\t") | {file: .[0], text: .[1:] | join("\t")}
	| .mode = (.file | if endswith(".ndjson") then "json" elif test("\\.(yaml|env)$") then "strict"
		elif IN("versions.txt", "machine.txt") then "own" else "text" end)
	| if .mode == "json" then .json = (.text | try fromjson catch null) else . end] as $lines
| (reduce ($lines[] | line_values) as $pair ({seen: {}, count: {}, phrases: []};
	. as $state | $pair | .state = $state | learn) | .phrases |= (.[:1000] | sort_by(-(.value | length)))) as $state
| $lines[]
| select(.file | startswith("learn.") | not)
| .mode as $mode
| .file + "\t" + if .json != null then .json | replace_json($state; "") | tojson
	else .text | replace_text($state; $mode) end
