/* Reading the values of kits: numbers that come as text, dates, accuracies, fillers. Each takes a
 * JSON value that the scanner has checked, and returns false where there is nothing to read. */
#ifndef WD_NORMALIZE_VALUE_H
#define WD_NORMALIZE_VALUE_H

#include "common/scan/scan.h"

/* The longest texts of a record in bytes, ids (RECORD_ID_MAX) apart. */
#define DESCRIPTION_MAX 512
#define TEXT_MAX        128

/* Whether a value says anything: not null, NaN or an infinity, nor a filler: a text that is empty,
 * blank or "N/A". */
bool value_given(struct span value);

/* A finite number, as such or as decimal text with spaces around it ("12.5", " 12 "); no "nan", no
 * "0x10". */
bool value_number(struct span value, double *number);

/* Seconds since 1970 of a full ISO 8601 date and time. */
bool value_date(struct span value, double *seconds);

/* Either of the two. */
bool value_time(struct span value, double *seconds);

/* The number in a text such as "< 3 m" or "<1.852 km", in metres. Also a bare number. */
bool value_accuracy(struct span value, double *metres);

/* true and false, 1 and 0, and these as text. */
bool value_flag(struct span value, double *flag);

/* 1 where readsb says "ground" in place of an altitude. */
bool value_ground(struct span value, double *flag);

/* 1 for "aircraft". */
bool value_aircraft(struct span value, double *flag);

/* 1, always. */
bool value_present(struct span value, double *flag);

#endif
