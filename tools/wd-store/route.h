/* Which of several jobs stores a line: all lines of a kit go to one. */
#ifndef WD_STORE_ROUTE_H
#define WD_STORE_ROUTE_H

#include "common/span.h"

/* 0 .. jobs - 1. A line without a kit, or that is no record, is job 0's. */
size_t route(struct span line, size_t jobs);

#endif
