/* Kits that are known under two ids. */
#include "tools/wd-store/kits.h"

#include "common/log.h"

const char kits_sharing_address[] =
	"SELECT a.kit_id, b.kit_id FROM kits AS a JOIN kits AS b ON b.api_url = a.api_url "
	"WHERE (a.created_at, a.kit_id) < (b.created_at, b.kit_id) AND a.enabled AND b.enabled "
	"ORDER BY a.kit_id, b.kit_id LIMIT 10";

void kits_warn_sharing(const char *older, const char *newer)
{
	log_warning("two kits have the same api_url", {"kit", newer}, {"older", older},
		{"hint",
			"give it the older id in kits.yaml, and set enabled to false for the other "
			"in the table kits"});
}
