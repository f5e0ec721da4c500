# Writes about -v rows=N records of drones and aircraft in flights of 3 to 30 minutes: 30 days until -v now=EPOCH,
# 20 kits, each of which observes what is in its range every 5 seconds; more by day than by night. Of the drones,
# 2000 come again and again. And every minute, or less often if N is below 10,000,000: the health and the coverage of
# each kit; and N / 10 signals.
function uniform(low, high) { return low + (high - low) * rand() }
function clock(seconds, micro,   day, era, year, month, shifted) {
	if (int(seconds / 86400) != today) {
		# Days to a civil date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
		today = int(seconds / 86400)
		shifted = today + 719468
		era = int(shifted / 146097)
		day = shifted - era * 146097
		year = int((day - int(day / 1460) + int(day / 36524) - int(day / 146096)) / 365)
		day -= 365 * year + int(year / 4) - int(year / 100)
		month = int((5 * day + 2) / 153)
		day = day - int((153 * month + 2) / 5) + 1
		date = sprintf("%04d-%02d-%02d", year + era * 400 + (month >= 10), month < 10 ? month + 3 : month - 9, day)
	}
	return sprintf("%sT%02d:%02d:%02d.%06dZ", date, int(seconds / 3600) % 24, int(seconds / 60) % 60, seconds % 60, micro)
}
function begin_flight(   f, kits, first, k) {
	f = ++flights
	aircraft[f] = rand() < 0.3
	id[f] = aircraft[f] ? sprintf("%06x", 10500000 + int(rand() * 5000)) \
		: rand() < 0.7 ? sprintf("1581F5BK%08X", int(rand() * 2000) * 7919) : sprintf("1581F6QX%08X", f)
	ends[f] = now_step + (aircraft[f] ? uniform(180, 600) : uniform(180, 1800))
	kits = rand() < 0.5 ? 1 : rand() < 0.6 ? 2 : 3
	first = int(rand() * 20)
	received[f] = ""
	for (k = 0; k < kits; k++)
		received[f] = received[f] " " (first + k) % 20
	lat[f] = 42 + first / 20 + uniform(-0.05, 0.05)
	lon[f] = -71 + (first % 5) / 5 + uniform(-0.05, 0.05)
	pilot[f] = sprintf("\"pilot_lat\":%.7f,\"pilot_lon\":%.7f,\"home_lat\":%.7f,\"home_lon\":%.7f,", lat[f], lon[f], lat[f], lon[f])
	turn[f] = uniform(0, 360)
	speed[f] = aircraft[f] ? uniform(50, 200) : uniform(0, 20)
	alt[f] = aircraft[f] ? uniform(500, 10000) : uniform(10, 120)
	active[f] = 1
}
function put_flight(f,   kits, n, i) {
	turn[f] = (turn[f] + uniform(-20, 20) + 360) % 360
	lat[f] += cos(turn[f] / 57.29578) * speed[f] * 5 / 111111
	lon[f] += sin(turn[f] / 57.29578) * speed[f] * 5 / 82000
	n = split(received[f], kits, " ")
	for (i = 1; i <= n; i++)
		put_row(f, kits[i])
}
function put_row(f, kit) {
	written++
	printf "{\"type\":\"drone\",\"time\":\"%s\",\"kit_id\":\"kit-%02d\",\"drone_id\":\"%s\",\"lat\":%.7f,\"lon\":%.7f," \
		"\"alt\":%.1f,\"speed\":%.2f,\"heading\":%.1f,\"rssi\":%d,\"track_type\":\"%s\",\"vspeed\":%.1f,", \
		clock(now_step, kit * 50000 + f % 40000), kit, id[f], lat[f], lon[f], alt[f], speed[f], turn[f], -40 - rand() * 50, \
		aircraft[f] ? "aircraft" : "drone", uniform(-2, 2)
	if (aircraft[f])
		printf "\"callsign\":\"ABC%d\",\"squawk\":\"%04d\",\"category\":\"A%d\",\"on_ground\":false,\"observed_at\":%.3f}\n", \
			f % 900, f % 7778, f % 7, now_step + 0.5
	else
		printf "%s\"height\":%.1f,\"mac\":\"60:60:1F:%02X:%02X:%02X\",\"freq\":%.1f,\"ua_type\":\"2\",\"operator_id\":\"OP-%05d\"," \
			"\"rid_make\":\"DJI\",\"rid_model\":\"Mavic %d Pro\",\"rid_source\":\"ble\",\"op_status\":\"Airborne\"," \
			"\"id_type\":\"Serial Number (ANSI/CTA-2063-A)\",\"transport\":\"BT5-LR-Extended\"," \
			"\"ua_type_name\":\"Helicopter or Multirotor\",\"height_type\":\"Above Takeoff\",\"gps_accuracy\":3," \
			"\"observed_at\":%.3f}\n", pilot[f], alt[f] - 5, f % 256, int(f / 7) % 256, int(f / 11) % 256, 2400 + f % 80, \
			f % 1500, f % 4 + 1, now_step + 0.5
}
function put_kits(   kit, at) {
	for (kit = 0; kit < 20; kit++) {
		at = sprintf("\"time\":\"%s\",\"kit_id\":\"kit-%02d\"", clock(now_step - now_step % 60, 0), kit)
		printf "{\"type\":\"coverage\",%s,\"state\":\"%s\",\"requests\":36,\"ok\":36,\"failed\":0}\n", at, \
			rand() < 0.99 ? "listening" : "kit_down"
		printf "{\"type\":\"system_health\",%s,\"lat\":%.5f,\"lon\":-71,\"cpu_percent\":%.1f,\"memory_percent\":40.5," \
			"\"disk_percent\":%.1f,\"temp_cpu\":%.1f,\"uptime_hours\":%.2f,\"clock_offset_s\":0.1}\n", at, \
			42 + kit / 20, uniform(5, 80), 20 + kit, uniform(40, 70), now_step % 864000 / 3600
	}
}
function put_signal() {
	printf "{\"type\":\"signal\",\"time\":\"%s\",\"kit_id\":\"kit-%02d\",\"freq_mhz\":%.1f,\"power_dbm\":%.1f," \
		"\"bandwidth_mhz\":%d,\"detection_type\":\"%s\"}\n", clock(now_step, rand() * 1e6), rand() * 20, \
		5650 + int(rand() * 60) * 5, uniform(-90, -40), 20, rand() < 0.7 ? "analog" : "dji"
}
BEGIN {
	srand(1)
	start = now - 30 * 86400
	start -= start % 60
	steps = 30 * 17280
	for (kit = 0; kit < 20; kit++)
		printf "{\"type\":\"kit\",\"kit_id\":\"kit-%02d\",\"name\":\"Kit %d\",\"api_url\":\"http://192.0.2.%d:8088\"}\n", kit, kit, kit + 1
	# Per step: rows / steps; a flight has, on average, measured: 288 rows.
	begins = rows / steps / 288
	every = 60 * (rows < 1e7 ? int(1e7 / rows) : 1)
	for (step = 0; step < steps; step++) {
		now_step = start + step * 5
		if (now_step % every < 5)
			put_kits()
		hour = int(now_step / 3600) % 24
		for (due += begins * (hour >= 8 && hour < 20 ? 1.7 : 0.3); due > uniform(0, 2); due--)
			begin_flight()
		for (signals += rows / 10 / steps; signals > rand(); signals--)
			put_signal()
		for (f in active) {
			if (now_step > ends[f]) {
				delete active[f]
				delete id[f]; delete ends[f]; delete received[f]; delete lat[f]; delete lon[f]; delete pilot[f]
				delete turn[f]; delete speed[f]; delete alt[f]; delete aircraft[f]
			} else {
				put_flight(f)
			}
		}
	}
}
