/* Values as kits send them: numbers as text, dates, accuracies, fillers. Each function takes a JSON
 * value that the scanner has checked, and returns false if it cannot read it. */
#ifndef WD_NORMALIZE_VALUE_H
#define WD_NORMALIZE_VALUE_H

#include "common/scan/scan.h"

/* The longest texts of a record in bytes, ids (RECORD_ID_MAX) apart. */
#define DESCRIPTION_MAX 512
#define TEXT_MAX        128

/* Return whether a value is present: not null, NaN or an infinity, and not a filler (a text that is
 * empty, blank or "N/A"). */
bool value_given(struct span value);

/* A finite number, or decimal text with or without spaces around it ("12.5", " 12 "); not "nan",
 * not "0x10". */
bool value_number(struct span value, double *number);

/* Seconds since 1970 of a full ISO 8601 date and time. */
bool value_date(struct span value, double *seconds);

/* Either of the two. */
bool value_time(struct span value, double *seconds);

/* The number in a text such as "< 3 m" or "<1.852 km", in metres. Also a bare number. */
bool value_accuracy(struct span value, double *metres);

/* true and false, 1 and 0, and these as text. */
bool value_flag(struct span value, double *flag);

/* 1 for true, and its other forms; false is not a value. */
bool value_true(struct span value, double *flag);

/* 1 where readsb sends "ground" in place of an altitude. */
bool value_ground(struct span value, double *flag);

/* 1 for "aircraft". */
bool value_aircraft(struct span value, double *flag);

/* 1 for a `source` of signals whose position is that of the emitter, decoded from its telemetry. */
bool value_emitter(struct span value, double *flag);

/* 1 for the signal types of analog video. */
bool value_fpv(struct span value, double *flag);

/* 1, always. */
bool value_present(struct span value, double *flag);

#endif
