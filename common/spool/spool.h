/* The spool: lines go into a segment in DIR/tmp/WRITER at once, and out of reach of a crash when
 * the segment is sealed (fsync, rename to DIR/new), at SPOOL_SEGMENT_BYTES or after `seal_us`.
 *
 * What has been added survives the death of the process; what has been sealed survives the loss of
 * power. Nothing that was added is dropped: at its limit, or when the disk is full, spool_full() is
 * true, and the caller should stop producing lines until it is false again. Times are of the
 * monotonic clock, in microseconds. */
#ifndef WD_SPOOL_SPOOL_H
#define WD_SPOOL_SPOOL_H

#include "common/base/buffer.h"
#include "common/spool/segment.h"
#include "common/spool/spool_dir.h"

#define SPOOL_SEGMENT_BYTES ((int64_t)1 << 20)

/* How often a full spool is measured again. */
#define SPOOL_RETRY_US (2 * CLOCK_SECOND_US)

struct spool_settings {
	const char *path;   /* of the directory; kept, not copied */
	const char *writer; /* the name of this writer: "poll" */
	int64_t max_bytes;  /* of all sealed segments */
	int64_t seal_us; /* the longest time between the first line of a segment and its sealing */
	bool force;      /* also on a network file system */
};

struct spool {
	struct spool_dir dir;
	int64_t max_bytes, seal_us;
	int64_t used_bytes;    /* of all sealed segments when they were measured, and ours since */
	int64_t measure_at;    /* measure when `used_bytes` has reached this */
	clock_us last_name;    /* the time in the latest name */
	struct buffer waiting; /* lines that the disk has not taken */
	bool over_limit;       /* full because of max_bytes */
	bool disk_full;
	bool logged_full;    /* what was logged last */
	int64_t retry_at_us; /* when to measure again; while full */

	int fd; /* the open segment, -1 without one */
	char name[SEGMENT_NAME_SIZE];
	int64_t bytes; /* whole lines in it */
	int64_t seal_at_us;
};

/* Open the spool, create it if it is missing, and seal what a killed writer left. Return 0;
 * EX_CONFIG for a network file system, unless `force`; EX_CANTCREAT (73) when another process of
 * that name writes there; EX_IOERR. */
int spool_open(struct spool *spool, const struct spool_settings *settings);

/* Take whole lines, each with its newline. Return 0, also when the spool is full (the lines then
 * wait in memory); EX_OSERR without memory; EX_IOERR when the disk fails: the spool takes no more,
 * and the process should end, so that a new one recovers. */
int spool_add(struct spool *spool, struct span lines, int64_t now_us);

/* Seal what is due and retry what was refused by a full spool. To be called when spool_due_us() has
 * come; more often does no harm. Return as spool_add(). */
int spool_settle(struct spool *spool, int64_t now_us);

/* When spool_settle() has something to do; INT64_MAX: not before the next spool_add(). */
int64_t spool_due_us(const struct spool *spool);

/* Seal what was added, before it is due. Return as spool_add(). */
int spool_seal(struct spool *spool, int64_t now_us);

/* Whether everything that was added is sealed. */
bool spool_sealed(const struct spool *spool);

/* Whether there is room for more lines. */
bool spool_full(const struct spool *spool);

/* Seal what is there and close the directory. Return 0; EX_IOERR where lines could not be
 * stored (they have been counted in a message). */
int spool_close(struct spool *spool);

#endif
