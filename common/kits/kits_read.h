/* The kits of configuration files and folders. */
#ifndef WD_KITS_KITS_READ_H
#define WD_KITS_KITS_READ_H

#include "common/kits/kit_list.h"

/* Append the kits of all files and folders in `source->configs`. Within one of them, two kits with
 * one id or URL are an error; earlier ones override later ones. `*may_be_empty` is set if a folder
 * is among them: it is filled by another program, and SIGHUP follows. Return 0; EX_CONFIG for what
 * is wrong with a file or one of its kits, or if there are no kits; EX_OSERR. The error has been
 * logged, and the caller releases `kits`. */
int kits_read(const struct kit_source *source, struct kit_list *kits, bool *may_be_empty);

/* Log "kits.yaml:14: message", or only the message for the kit of the command line; returns
 * EX_CONFIG. */
int kit_error(const struct kit_config *kit, const char *message);

#endif
