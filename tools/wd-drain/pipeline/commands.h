/* The stages of the pipeline. */
#ifndef WD_DRAIN_COMMANDS_H
#define WD_DRAIN_COMMANDS_H

#include "tools/wd-drain/drain.h"

/* Set `list` to wd-normalize | wd-health | wd-store, with wd-watch and wd-tee before wd-store if the
 * settings ask for them. The database is `target`, else $DATABASE_URL, else that of a credential of
 * systemd, else sqlite:wardragon.db; only wd-store gets it, in its environment, where it cannot be
 * taken for a file. `is_trial`: for runs that are not committed, whose events do not count. Return
 * 0; EX_USAGE if it is not a database; EX_CONFIG if a program is not installed; EX_OSERR. */
int commands_standard(struct command_list *list, const struct settings *settings,
	const char *target, bool is_trial);

/* Set `list` to the command of the user, with the environment as it is. Return as above. */
int commands_user(struct command_list *list, char **argv);

/* Have wd-watch check the rules file. Return its status (EX_CONFIG for an error in the rules, which
 * it has logged with file and line), or EX_OSERR. */
int commands_check_rules(const struct settings *settings);

#endif
