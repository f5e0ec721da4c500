/* What PostgreSQL's error codes (its manual, appendix A) mean for a program that reads or
 * writes. */
#ifndef WD_DB_SQLSTATE_H
#define WD_DB_SQLSTATE_H

#include <stdbool.h>

enum sqlstate_class {
	SQLSTATE_DATA,    /* a row is refused */
	SQLSTATE_RETRY,   /* the server is unavailable, busy or read-only: may work later */
	SQLSTATE_RACE,    /* a deadlock or a serialization failure: works at once */
	SQLSTATE_SCHEMA,  /* tables, privileges, access or a setting: an operator must act */
	SQLSTATE_UNKNOWN, /* none of these */
};

/* Classify a SQLSTATE (five characters; NULL: the connection is lost). */
enum sqlstate_class sqlstate_class(const char *sqlstate);

/* Return the exit status of a program that gives up because of it. */
int sqlstate_status(const char *sqlstate);

/* Find the SQLSTATE at the end of libpq's message about a refused connection under
 * PQERRORS_SQLSTATE, e.g. "28P01" in "FATAL:  28P01". False if there is none. */
bool sqlstate_from_message(const char *message, char sqlstate[6]);

/* The command or action that fixes an error of SQLSTATE_SCHEMA. */
const char *sqlstate_hint(const char *sqlstate);

#endif
