/* The name of the database as a credential of systemd (LoadCredential=): a password is better kept
 * there than in the environment. */
#ifndef WD_DB_CREDENTIAL_H
#define WD_DB_CREDENTIAL_H

/* Return the name of the database, to be freed: `name` unless it is NULL; else the first line of the
 * credential wardragon.database-url, "" if it is empty; else sqlite:wardragon.db. */
char *database_name(const char *name);

#endif
