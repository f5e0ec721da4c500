/* Partitioning of lines by kit. */
#ifndef WD_STORE_PARTITION_H
#define WD_STORE_PARTITION_H

#include "common/base/span.h"

/* Return which of `jobs` jobs stores the line, 0 .. jobs - 1: one job per kit; a line without a kit
 * belongs to job 0. */
size_t partition_of(struct span line, size_t jobs);

#endif
