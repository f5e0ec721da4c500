/* The values of one simulated record at one moment, which fill the placeholders of a template. */
#ifndef WD_SIM_SAMPLE_H
#define WD_SIM_SAMPLE_H

#include <stdbool.h>

/* Each member fills the placeholder of the same name ("$lat"). Times are seconds
 * since 1970, angles degrees, lengths metres and speeds m/s unless the name says otherwise. */
struct sample {
	char kit[48];
	char id[48];
	char operator[24];
	char name[40];
	char mac[18];
	char hex[8];
	char squawk[8];
	char alert[40];
	double updated, observed, expires, published;
	double lat, lon, alt, alt_ft, height, pressure_alt;
	double speed, speed_kt, vspeed, direction, track;
	double pilot_lat, pilot_lon, home_lat, home_lon, sensor_lat, sensor_lon;
	double rssi, rssi_dbfs, power, freq, hz;
	double cpu, memory, disk, temperature, uptime;
	bool adsb, fpv; /* the receiver is on */
};

#endif
