# The mapping of wd-normalize as a user of jq would write it, field by field: what
# `scripts/bench normalize` compares with. Gives the same records for the captured replies.

def given: if . == "" or . == "N/A" then null else . end;
def number: if type == "number" then . elif type == "string" then (tonumber? // null) else null end;
def text: if type == "string" then . elif type == "number" then tostring else null end;
def flag: if type == "boolean" then . else null end;
def whole: number | if . == null then null else round end;
# What a change of unit gives, to nine decimals.
def rounded: if . then . * 1e9 | rint / 1e9 else . end;
def mhz: number | if . != null and . > 1e5 then . / 1e6 else . end;
def unless_is($code; $drone): if $drone and . == $code then null else . end;

# `$later` is in microseconds.
def stamp($reply; $later):
	($reply | .[0:19] + "Z" | fromdateiso8601) as $at
	| (((.observed_at | given) // (.last_update_time | given)) | number) as $seen
	| if $seen == null or $seen > $at + 300 or $seen < $at - 2592000 then $reply
	  else ($seen * 1e6 | round) as $us
		| ($us + $later) as $us
		| ($us / 1e6 | floor) as $s
		| ($s | todate | .[0:19]) + "." + ("000000" + ($us - $s * 1e6 | tostring))[-6:] + "Z"
	  end;

def position($lat; $lon):
	if $lat == null or $lon == null or ($lat == 0 and $lon == 0)
		or $lat < -90 or $lat > 90 or $lon < -180 or $lon > 180
	then [null, null] else [$lat, $lon] end;

def drone($reply):
	(.track_type == "aircraft" or (.icao | given != null) or (.hex | given != null)) as $aircraft
	| ($aircraft | not) as $drone
	| position(.lat | number; .lon | number) as [$lat, $lon]
	| position(.pilot_lat | number; .pilot_lon | number) as [$pilot_lat, $pilot_lon]
	| position(.home_lat | number; .home_lon | number) as [$home_lat, $home_lon]
	| (((.freq | given) // (.freq_mhz | given)) | mhz) as $freq
	| {type: "drone", time: stamp($reply.time; 0), kit_id: $reply.kit_id,
	   drone_id: (((.drone_id | given) // (.id | given) // (.icao | given) // (.hex | given) // (.mac | given)) | text), lat: $lat, lon: $lon,
	   alt: (if $aircraft and (.alt | given != null) then .alt | number | if . then . * 3048 / 10000 | rounded else . end
		else ((.alt | given) // (.altitude | given)) | number | unless_is(-1000; $drone)
			| if $drone and . != null and . >= 65531 and . <= 65535 then . - 65536 else . end
		end),
	   speed: (if $aircraft and (.ground_speed | given != null)
		then .ground_speed | number | if . then . * 1852 / 3600 | rounded else . end
		else (.speed | given) | number | unless_is(255; $drone) end),
	   heading: (((.heading | given) // (.direction | given) // (.track | given)) | number | unless_is(361; $drone)),
	   pilot_lat: $pilot_lat, pilot_lon: $pilot_lon, home_lat: $home_lat, home_lon: $home_lon,
	   mac: ((.mac | given) | text), rssi: ((.rssi | given) | whole | unless_is(0; $drone)),
	   freq: $freq, ua_type: ((.ua_type | given) | text), operator_id: ((.operator_id | given) | text),
	   caa_id: ((.caa_id | given) | text), rid_make: (((.rid.make? | given) // (.rid_make | given) // (.make | given)) | text),
	   rid_model: (((.rid.model? | given) // (.rid_model | given) // (.model | given)) | text),
	   rid_source: (((.rid.source? | given) // (.rid_source | given) // (.source | given)) | text),
	   track_type: (if $aircraft then "aircraft" else "drone" end),
	   vspeed: (if $aircraft and (.vertical_rate | given != null)
		then .vertical_rate | number | if . then . * 3048 / 600000 | rounded else . end
		else (.vspeed | given) | number | unless_is(63; $drone) end),
	   height: ((.height | given) | number | unless_is(-1000; $drone)),
	   direction: ((.direction | given) | number | unless_is(361; $drone)),
	   op_status: ((.op_status | given) | text), runtime: ((.runtime | given) | whole),
	   id_type: ((.id_type | given) | text), transport: ((.transport | given) | text),
	   description: ((.description | given) | text), freq_mhz: $freq,
	   rid_status: (((.rid.status? | given) // (.rid_status | given)) | text),
	   rid_tracking: (((.rid.tracking? | given) // (.rid_tracking | given)) | text),
	   rid_lookup_attempted: (.rid | if type == "object" then .lookup_attempted else null end | flag),
	   rid_lookup_success: (.rid | if type == "object" then .lookup_success else null end | flag),
	   ua_type_name: ((.ua_type_name | given) | text),
	   operator_id_type: ((.operator_id_type | given) | text),
	   height_type: ((.height_type | given) | text), ew_dir: ((.ew_dir | given) | text),
	   pressure_altitude: ((.pressure_altitude | given) | number | unless_is(-1000; $drone)),
	   gps_accuracy: (if .gps_accuracy | given != null then .gps_accuracy | number
		else .horizontal_accuracy // "" | tostring | ltrimstr("<") | ltrimstr(" ")
			| rtrimstr("m") | rtrimstr(" ") | number end),
	   observed_at: ((.observed_at | given) | number),
	   callsign: (if $aircraft then (.flight | given) | text else null end),
	   squawk: ((.squawk | given) | text), registration: (((.reg | given) // (.registration | given)) | text),
	   category: ((.category | given) | text),
	   on_ground: (if $aircraft and .alt == "ground" then true else .on_ground | flag end)};

# Signals without video are moved by their uid.
def moved: if .signal_type == "fpv" or .uid == null then 0
	else reduce (.uid | explode[]) as $byte (0; (. * 31 + $byte) % 10007) end;
def of_emitter: .source == "sik_reasm" or .source == "sik_gps_repaired" or .source == "sik_position_hint"
	or .source == "mlrs_reasm";

def signal($reply):
	position(((.sensor_lat | given) // (.lat | given)) | number; ((.sensor_lon | given) // (.lon | given)) | number) as [$lat, $lon]
	| (((.sensor_alt | given) // (.alt | given)) | number) as $alt
	| of_emitter as $emitter
	| {type: "signal", time: stamp($reply.time; moved), kit_id: $reply.kit_id,
	   freq_mhz: (if .freq_mhz | given != null then .freq_mhz | mhz
		elif .center_hz | given != null then .center_hz | number | . / 1e6 else (.freq | given) | mhz end),
	   power_dbm: (if [.power_dbm, .power] | any(given != null) then ((.power_dbm | given) // (.power | given)) | number
		else (.rssi | given) | number | if . != null and . >= 0 then null else . end end),
	   bandwidth_mhz: (if [.bandwidth_mhz, .bandwidth] | any(given != null)
		then ((.bandwidth_mhz | given) // (.bandwidth | given)) | number
		else (.bandwidth_hz | given) | number | if . == null then null else . / 1e6 end end),
	   lat: (if $emitter then null else $lat end), lon: (if $emitter then null else $lon end),
	   alt: (if $emitter then null else $alt end),
	   detection_type: (((.type | given) // (.signal_type | given)) | {analog: "analog", dji: "dji", fpv: "analog"}[.? // ""]),
	   pal_conf: ((.pal_conf | given) | number), ntsc_conf: ((.ntsc_conf | given) | number),
	   source: ((.source | given) | text), signal_type: ((.signal_type | given) | text),
	   uid: ((.uid | given) | text),
	   power_linear: ((.rssi | given) | number | if . != null and (. < 0 or . > 1) then null else . end),
	   emitter_lat: (if $emitter then $lat else null end), emitter_lon: (if $emitter then $lon else null end),
	   emitter_alt: (if $emitter then $alt else null end)};

def percent: if . != null and (. < 0 or . > 100) then null else . end;

def status($reply):
	position(((.lat | given) // (.gps.lat? | given)) | number; ((.lon | given) // (.gps.lon? | given)) | number) as [$lat, $lon]
	| {type: "system_health", time: stamp($reply.time; 0), kit_id: $reply.kit_id, lat: $lat, lon: $lon,
	   alt: (((.alt | given) // (.gps.alt? | given)) | number),
	   cpu_percent: (((.cpu_percent | given) // (.cpu_usage | given) // (.cpu.percent? | given)) | number | percent),
	   memory_percent: (if .memory_percent | given != null then .memory_percent | number
		else (.memory_total - .memory_available) / .memory_total * 100 end | percent),
	   disk_percent: (if .disk_percent | given != null then .disk_percent | number
		else .disk_used / .disk_total * 100 end | percent),
	   uptime_hours: (if .uptime_hours | given != null then .uptime_hours | number else .uptime / 3600 | rounded end),
	   temp_cpu: (((.temp_cpu | given) // (.temperature | given) // (.temps.cpu? | given)) | number),
	   temp_gpu: (((.temp_gpu | given) // (.temps.gpu? | given)) | number),
	   pluto_temp: ((.pluto_temp | given) | number), zynq_temp: ((.zynq_temp | given) | number),
	   speed: ((.speed | given) | number), track: ((.track | given) | number), gps_fix: (.gps_fix | flag),
	   time_source: ((.time_source | given) | text), gpsd_time_utc: ((.gpsd_time_utc | given) | text),
	   kit_updated_epoch: ((.last_update_time | given) | number | floor)};

. as $reply
| del(.body),
  (.body | if type == "array" then . else .drones? // .signals? // [.] end | .[]
	| if $reply.endpoint == "drones" then drone($reply)
	  elif $reply.endpoint == "signals" then signal($reply) else status($reply) end
	| del(.[] | nulls))
