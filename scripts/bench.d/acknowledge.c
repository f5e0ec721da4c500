/* A sink that only acknowledges.
 *
 *     acknowledge MILLISECONDS FILE
 *
 * Answers each mark after that time, and appends the number of lines before it to FILE. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
	static const char mark[] = "{\"type\":\"mark\",\"mark\":";
	char *line = NULL;
	size_t size = 0;
	long lines = 0;

	if (argc != 3)
		return 64;
	long wait_ms = strtol(argv[1], NULL, 10);
	FILE *file = fopen(argv[2], "a");
	if (!file)
		return 73;
	while (getline(&line, &size, stdin) > 0) {
		if (strncmp(line, mark, sizeof(mark) - 1) != 0) {
			lines++;
			continue;
		}
		struct timespec wait = {wait_ms / 1000, wait_ms % 1000 * 1000000};
		nanosleep(&wait, NULL);
		line[strcspn(line, "}")] = '\0';
		printf("{\"type\":\"ack\",%s,\"read\":%ld,\"stored\":%ld,\"unchanged\":0,"
		       "\"rejected\":0,\"ignored\":0}\n",
			line + sizeof("{\"type\":\"mark\"") - 1 + 1, lines, lines);
		fflush(stdout);
		fprintf(file, "%ld\n", lines);
		fflush(file);
		lines = 0;
	}
	free(line);
	return fclose(file) ? 74 : 0;
}
