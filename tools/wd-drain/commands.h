/* The stages of the pipeline. */
#ifndef WD_DRAIN_COMMANDS_H
#define WD_DRAIN_COMMANDS_H

#include "tools/wd-drain/drain.h"

/* wd-normalize | wd-health | wd-store. The database is `target`, else $DATABASE_URL, else that of a
 * credential of systemd, else sqlite:wardragon.db; only wd-store gets it, in its environment, where
 * it cannot be taken for a file. Return 0; EX_USAGE where it is no database; EX_CONFIG where a
 * program is not installed; EX_OSERR. */
int commands_standard(
	struct command_list *list, const struct settings *settings, const char *target);

/* Add the command of the user, with the environment as it is. Return as above. */
int commands_user(struct command_list *list, char **argv);

#endif
