/* Kits that are known under two ids. */
#include "tools/wd-store/schema/kits.h"

#include "common/log/log.h"

/* Not a join, for which PostgreSQL compares each kit with each other one while it has no statistics of
 * the table: 10,000 kits took 40 seconds. */
const char kits_sharing_address[] =
	"SELECT older, kit_id FROM (SELECT kit_id, first_value(kit_id) OVER "
	"(PARTITION BY api_url ORDER BY created_at, kit_id) AS older "
	"FROM kits WHERE enabled AND api_url IS NOT NULL) AS kit "
	"WHERE older <> kit_id ORDER BY older, kit_id LIMIT 10";

void kits_warn_sharing(const char *older, const char *newer)
{
	log_warning("two kits have the same api_url", {"kit", newer}, {"older", older},
		{"hint",
			"give it the older id in kits.yaml, and set enabled to false for the other "
			"in the table kits"});
}
