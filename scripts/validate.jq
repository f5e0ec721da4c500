# What wd-poll's lines, and the system_health records made of them, say of each kit: for each check a
# line of its result, what was looked at, what was found and what to do, parted by U+001F.
# For wd-validate: jq -rs -f validate.jq

def line($result; $subject; $message; $remedy):
	[$result, $subject, $message, $remedy] | map(gsub("[^ -~]"; "?")) | join("\u001f");
def ok($subject; $message): line("ok"; $subject; $message; "");
def warning($subject; $message; $remedy): line("warning"; $subject; $message; $remedy);

# Of a reply that could not be used.
def what: "\(.error): \(.message // "no reason given")";
def remedy($url): {
	resolve: "check the name in api_url, and DNS: getent hosts NAME",
	connect: "is the kit on, is DragonSync running? On the kit: systemctl status dragonsync",
	tls: "check ca_file, and the certificate of the kit; see wd-kits(5)",
	timeout: "is the kit within reach? A slow link needs a longer timeout in kits.yaml",
	slow: "is the kit within reach? A slow link needs a longer timeout in kits.yaml",
	redirect: "put the address that it redirects to into api_url",
	rate_limited: "somebody else polls it, too; a longer poll_interval leaves room"
}[.error] // "is that DragonSync? curl -i \($url)/\(.endpoint)";

def judge_answers($kit):
	map(" /\(.endpoint) in \(.elapsed_ms | round) ms") | ok($kit; "answers" + join(","));

def judge_silence($kit; $url):
	warning("\($kit) /\(.endpoint)"; what;
		if .http_status == 404 or .http_status == 503 then "it may be switched off on the kit"
		else remedy($url) end);

def judge_name($kit; $names):
	. as $name
	| if $name == null or $name == "wardragon-unknown" then
		warning($kit; "does not say who it is"; "give it an id in kits.yaml")
	elif [$names[] | select(. == $name)] | length > 1 then
		warning($kit; "calls itself \($name), and so does another kit";
			"two entries for one kit in kits.yaml?")
	else
		ok($kit; "calls itself \($name)")
	end;

def judge_clock($kit):
	(map(.clock_offset_s // empty) | first) as $ahead
	| if $ahead != null then
		warning($kit; "its clock is \($ahead | fabs * 10 | round / 10) s "
			+ (if $ahead > 0 then "ahead" else "behind" end) + ", which is put right";
			"on the kit: timedatectl set-ntp true")
	elif any(.kit_date) then
		ok($kit; "its clock is right to within 5 s")
	else
		warning($kit; "sends no Date: nobody knows what its clock says"; "")
	end;

def judge_position($kit):
	if . == null then empty
	elif .gps_fix == false then
		warning($kit; "has no GPS fix"; "give it a view of the sky")
	elif .lat == null then
		warning($kit; "does not know its position"; "give it a view of the sky")
	else
		ok($kit; "knows its position")
	end;

(map(select(.type == "kit") | {(.kit_id): .api_url}) | add // {}) as $urls
| (map(select(.type == "system_health") | {(.kit_id): .}) | add // {}) as $health
| map(select(.type == "reply"))
| (map(select(.endpoint == "status" and .body) | {(.kit_id): (.body.kit_id? // .body.uid?
	| if . == null then . else tostring[0:64] end)}) | add // {}) as $names
| group_by(.kit_id)[]
| .[0].kit_id as $id | "kit \($id)" as $kit | ($urls[$id] // "http://\($id)") as $url
| map(select(.ok)) as $good | map(select(.ok | not)) as $bad
| if $good == [] then
	$bad[0] | line("FAILED"; $kit; what; remedy($url))
else
	($good | judge_answers($kit)),
	($bad[] | judge_silence($kit; $url)),
	($names[$id] | judge_name($kit; $names)),
	($good | judge_clock($kit)),
	($health[$id] | judge_position($kit))
end
