# Check each kit from the lines of wd-poll and the system_health records made from them. Prints a line per
# check: result, subject, message and remedy, separated by U+001F. For wd-validate: jq -rs -f validate.jq

def line($result; $subject; $message; $remedy):
	[$result, $subject, $message, $remedy] | map(gsub("[^ -~]"; "?")) | join("\u001f");
def ok($subject; $message): line("ok"; $subject; $message; "");
def warning($subject; $message; $remedy): line("warning"; $subject; $message; $remedy);

# The error of a reply, and how to fix it.
def error_text: "\(.error): \(.message // "no reason given")";
def remedy($url): if .http_status == 401 or .http_status == 403 then
	"check the token or password: bearer_token_file, or username and password_file; see wd-kits(5)"
else {
	resolve: "check the host name in api_url and DNS: getent hosts NAME",
	connect: "is the kit switched on? is DragonSync running? On the kit: systemctl status dragonsync",
	tls: "a kit without TLS needs an api_url with http://; else check its certificate and ca_file; see wd-kits(5)",
	timeout: "is the kit reachable? a slow link needs a longer timeout in kits.yaml",
	slow: "is the kit reachable? a slow link needs a longer timeout in kits.yaml",
	redirect: "set api_url to the address in the redirect",
	rate_limited: "another program polls this kit too: increase poll_interval"
}[.error] // "is this DragonSync? curl -i \($url)/\(.endpoint)" end;

def check_replies($kit):
	map(" /\(.endpoint) in \(.elapsed_ms | round) ms") | ok($kit; "answers" + join(","));

def check_failure($kit; $url):
	warning("\($kit) /\(.endpoint)"; error_text;
		if .http_status == 404 or .http_status == 503 then "the endpoint may be disabled on the kit"
		else remedy($url) end);

def check_id($kit; $names):
	. as $name
	| if $name == null or $name == "wardragon-unknown" then
		warning($kit; "reports no id of its own: its data are stored under its address";
			"set its id in kits.yaml")
	elif [$names[] | select(. == $name)] | length > 1 then
		warning($kit; "reports the id \($name), like another kit";
			"is it listed twice in kits.yaml?")
	else
		ok($kit; "reports the id \($name)")
	end;

# wd-poll corrects a kit's clock, unless all kits differ from ours by the same amount: then ours is wrong.
def check_clock($kit):
	def seconds: .[:19] + "Z" | fromdate;
	(map(select(.kit_date)) | last) as $reply
	| $reply.clock_offset_s as $ahead
	| if $reply == null then
		warning($kit; "sends no Date header: its clock cannot be checked"; "")
	elif $ahead != null then
		warning($kit; "clock is \($ahead | fabs * 10 | round / 10) s "
			+ (if $ahead > 0 then "ahead" else "behind" end) + ": wd-poll corrects it";
			"on the kit: timedatectl set-ntp true")
	else
		(($reply.kit_date | seconds) - ($reply.time | seconds)) as $difference
		| if ($difference | fabs) > 7 then
			warning($kit; "differs from the clock of this machine by \($difference) s, as all kits do: "
				+ "this machine is wrong, and no time is corrected"; "here: timedatectl set-ntp true")
		else
			ok($kit; "clock is right to within 5 s")
		end
	end;

# Older kits have no /config, so that their receivers are not known.
def check_receivers($kit):
	if . == null then empty
	elif . == [] then ok($kit; "receives Remote ID only: adsb and fpv are off")
	else ok($kit; "receives Remote ID, " + join(", ")) end;

def check_position($kit):
	if . == null then empty
	elif .gps_fix == false then
		warning($kit; "has no GPS fix"; "move its antenna to where it sees the sky")
	elif .lat == null then
		warning($kit; "reports no position"; "move its antenna to where it sees the sky")
	else
		ok($kit; "reports its position")
	end;

(map(select(.type == "kit") | {(.kit_id): .api_url}) | add // {}) as $urls
| (map(select(.type == "system_health") | {(.kit_id): .}) | add // {}) as $health
| map(select(.type == "reply"))
| (map(select(.endpoint == "status" and .body) | {(.kit_id): (.body.kit_id? // .body.uid?
	| if . == null then . else tostring[0:64] end)}) | add // {}) as $names
| group_by(.kit_id)[]
| .[0].kit_id as $id | "kit \($id)" as $kit | ($urls[$id] // "http://\($id)") as $url
| map(select(.ok)) as $good | map(select((.ok | not) and .endpoint != "config")) as $bad
| if $good == [] then
	$bad[0] | line("FAILED"; $kit; error_text; remedy($url))
else
	($good | check_replies($kit)),
	($bad[] | check_failure($kit; $url)),
	($names[$id] | check_id($kit; $names)),
	($good | check_clock($kit)),
	($health[$id] | check_position($kit)),
	(map(.receivers | select(. != null))[0] | check_receivers($kit))
end
