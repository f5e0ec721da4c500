/* The distance of a transmitter, from its received power. */
#ifndef WD_MAP_RADIO_RANGE_H
#define WD_MAP_RADIO_RANGE_H

/* Return the distance in metres at which a transmitter of 100 mW EIRP is received with `power_dbm`
 * at `freq_mhz` in free space (Recommendation ITU-R P.525: 32.4 + 20 log f + 20 log d), clamped to
 * 50..10,000 m; 1,000 m if power or frequency is unknown (NAN). Obstacles and weaker transmitters
 * make the true distance shorter, stronger transmitters longer. */
double radio_range_m(double power_dbm, double freq_mhz);

#endif
