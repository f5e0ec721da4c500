# Helpers of the wd-export tests.
# shellcheck shell=bash

# A name that must stay text everywhere.
hostile='</script><script>x()</script> ]]> &amp; "q" =1+1'
hostile_json=$(jq -n --arg t "$hostile" '$t')

# records: print two kits, two drones (one without a position), an aircraft, a signal, hostile names.
records() {
	cat <<-END
	{"type":"kit","kit_id":"k1","name":"Alpha & co","location":"here"}
	{"type":"system_health","time":"2026-11-23T10:00:00.000000Z","kit_id":"k1","lat":42,"lon":-71,"alt":12,"cpu_percent":12.5}
	{"type":"drone","time":"2026-11-23T10:00:00.000000Z","kit_id":"k1","drone_id":"d1","lat":42.001,"lon":-71.001,"alt":100.5,"speed":10,"heading":90,"pilot_lat":42.002,"pilot_lon":-71.002,"home_lat":42.003,"home_lon":-71.003,"ua_type":"2","track_type":"drone","description":$hostile_json}
	{"type":"drone","time":"2026-11-23T10:00:05.250000Z","kit_id":"k1","drone_id":"d1","lat":42.0015,"lon":-71.0005,"alt":101,"speed":11,"heading":91,"pilot_lat":42.002,"pilot_lon":-71.002,"track_type":"drone","description":$hostile_json}
	{"type":"drone","time":"2026-11-23T10:20:00.000000Z","kit_id":"k1","drone_id":"d1","lat":42.01,"lon":-71.01,"track_type":"drone"}
	{"type":"drone","time":"2026-11-23T10:00:07.000000Z","kit_id":"k1","drone_id":"=cmd|' /C calc'!A1","rssi":-80,"freq_mhz":2437,"track_type":"drone","description":"\\u0001\\u0007-\\uffff\\r\\n2"}
	{"type":"drone","time":"2026-11-23T10:00:08.000000Z","kit_id":"k2","drone_id":"adsb-a1b2c3","lat":42.2,"lon":-71.2,"alt":3048,"speed":200,"heading":180,"callsign":"UAL1","squawk":"7700","track_type":"aircraft","rssi":-12}
	{"type":"signal","time":"2026-11-23T10:00:09.000000Z","kit_id":"k1","freq_mhz":5800,"power_dbm":-60.5,"lat":42,"lon":-71,"detection_type":"analog"}
	{"type":"reply","kit_id":"k1","endpoint":"drones","ok":true}
	END
}
