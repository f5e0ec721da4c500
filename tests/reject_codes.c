/* Print the reject codes as the list of wd-record(5). */
#include "common/record/reject.h"

#include <stdio.h>

int main(void)
{
	for (size_t i = 0; i < REJECT_CODE_COUNT; i++) {
		const struct reject_code_info *info = &reject_code_table[i];
		printf(".It Ic %s\n.Pq %s\n%s\n%s\n", info->code, info->stages, info->meaning,
			info->remedy);
	}
	return 0;
}
