/* The name of the database as a credential of systemd (LoadCredential=): a password is better kept
 * there than in the environment. */
#ifndef WD_DB_CREDENTIAL_H
#define WD_DB_CREDENTIAL_H

/* Return the first line of the credential wardragon.database-url, "" if it is empty, to be freed;
 * or NULL if there is none. */
char *database_credential(void);

#endif
