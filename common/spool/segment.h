/* Names and contents of spool segments. Pure. */
#ifndef WD_SPOOL_SEGMENT_H
#define WD_SPOOL_SEGMENT_H

#include "common/time/clock.h"

/* "1763927999123456-9f3a1c2b": microseconds since 1970, 16 digits (enough until the year 2286), so
 * that names sort by time; then 8 hexadecimal digits, so that the segments of several spools can
 * lie in one archive. And a NUL. */
#define SEGMENT_NAME_SIZE 26

void segment_name_format(char name[SEGMENT_NAME_SIZE], clock_us time, uint32_t random);

/* Whether `name` is a segment's, and its time. Other files in a spool are ignored. */
bool segment_name_parse(const char *name, clock_us *time);

/* The time for the name of the next segment: the wall clock's, but always later than `last`, the
 * one before. A clock that was set back makes names that run ahead of it, never twins. */
clock_us segment_time_next(clock_us wall, clock_us last);

/* How many of the bytes are whole lines, newlines included. What follows is a torn tail. */
size_t segment_whole_lines(struct span bytes);

#endif
