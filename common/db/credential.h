/* The name of the database as a credential of systemd (LoadCredential=): a password is better kept
 * there than in the environment. */
#ifndef WD_DB_CREDENTIAL_H
#define WD_DB_CREDENTIAL_H

/* Return the first line of the credential wardragon.database-url, "" if it is empty, to be freed;
 * or NULL if there is none. */
char *database_credential(void);

/* Return the name of the database: `name` unless it is NULL, else the credential, else
 * sqlite:wardragon.db; to be freed. */
char *database_name(const char *name);

#endif
