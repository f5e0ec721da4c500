/* Kits that are known under two ids. */
#ifndef WD_STORE_KITS_H
#define WD_STORE_KITS_H

/* Selects the ids of enabled kits that have one api_url, the older first, in either dialect. */
extern const char kits_sharing_address[];

/* Warns of one pair of them. */
void kits_warn_sharing(const char *older, const char *newer);

#endif
