#include "common/queue/libraries.h"

#include <amqp.h>
#include <stdio.h>

const char *queue_libraries(void)
{
	static char text[64];

	snprintf(text, sizeof(text), "librabbitmq/%s", amqp_version());
	return text;
}
