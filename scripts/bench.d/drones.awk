# Writes -v rows=N records of drones with every column, no key twice, from 20 kits in turn: 500 drones,
# each observed every 5 seconds.
BEGIN {
	makes = split("DJI Autel Parrot Skydio Yuneec", make, " ")
	for (i = 0; i < rows; i++) {
		second = int(i / 100)
		kit = i % 20
		id = sprintf("drone-1581F5BK%08X", (i * 7919) % 500)
		turn = (i % 3600) / 10
		printf "{\"type\":\"drone\",\"time\":\"2026-11-%02dT%02d:%02d:%02d.%06dZ\"," \
			"\"kit_id\":\"kit-%03d\",\"drone_id\":\"%s\"," \
			"\"lat\":%.14f,\"lon\":%.14f,\"alt\":%.10f,\"speed\":%.15f,\"heading\":%.1f," \
			"\"pilot_lat\":%.15f,\"pilot_lon\":%.14f,\"home_lat\":%.15f,\"home_lon\":%.14f,",
			1 + int(second / 86400), int(second / 3600) % 24, int(second / 60) % 60, second % 60,
			(i * 10000 + kit) % 1000000, kit, id,
			42.3 + (i % 10007) / 1e5, -71.05 - (i % 9973) / 1e5, 20 + (i % 1201) / 10.7,
			(i % 173) / 8.13, turn, 42.37 + (i % 97) / 1e5, -71.06 + (i % 89) / 1e5,
			42.36 + (i % 83) / 1e5, -71.05 + (i % 79) / 1e5
		printf "\"mac\":\"60:60:1F:%02X:%02X:%02X\",\"rssi\":%d,\"freq\":%.1f,\"ua_type\":\"2\"," \
			"\"operator_id\":\"OP-2024-US-%05d\",\"caa_id\":\"FA%08d\",\"rid_make\":\"%s\"," \
			"\"rid_model\":\"Mavic %d Pro\",\"rid_source\":\"ble\",\"track_type\":\"drone\"," \
			"\"vspeed\":%.2f,\"height\":%.6f,\"direction\":%.1f,\"op_status\":\"Airborne\"," \
			"\"runtime\":%d,\"id_type\":\"Serial Number (ANSI/CTA-2063-A)\"," \
			"\"transport\":\"BT5-LR-Extended\",\"description\":\"%s Mavic Flight\",",
			i % 256, int(i / 7) % 256, int(i / 11) % 256, -40 - i % 60, 2400 + i % 80,
			i % 100000, i % 4000, make[i % makes + 1], i % 4 + 1, (i % 21) / 4 - 2.5,
			(i % 1200) / 9.7, turn, i % 1800, make[i % makes + 1]
		printf "\"freq_mhz\":%.1f,\"rid_status\":\"accepted\",\"rid_tracking\":\"RID%07d\"," \
			"\"rid_lookup_attempted\":true,\"rid_lookup_success\":%s," \
			"\"ua_type_name\":\"Helicopter or Multirotor\",\"operator_id_type\":\"Operator ID\"," \
			"\"height_type\":\"Above Takeoff\",\"ew_dir\":\"East\",\"pressure_altitude\":%.1f," \
			"\"gps_accuracy\":3,\"observed_at\":%.6f,\"callsign\":\"TEST%d\",\"squawk\":\"%04d\"," \
			"\"registration\":\"N%dAB\",\"category\":\"A%d\",\"on_ground\":false}\n",
			2400 + i % 80, i % 4000, i % 3 ? "true" : "false", 80 + (i % 999) / 10,
			1793491200 + second + (i % 100) / 100, i % 900, i % 7778, i % 9999, i % 7
	}
}
