/* Runs a command and writes what it took: wall seconds, CPU seconds of it and its children, and the
 * largest resident size of one of them in KiB.
 *
 *     measure FILE COMMAND [ARGUMENT ...]
 *
 * A program of its own because it must be small: a process counts the memory of what forked it. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;

	if (argc < 3)
		return 64;
	double start = now();
	pid_t child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0)
		return 71;
	double wall = now() - start;
	FILE *file = fopen(argv[1], "w");
	if (!file)
		return 73;
	fprintf(file, "%.6f %.6f %ld\n", wall, seconds(usage.ru_utime) + seconds(usage.ru_stime),
		usage.ru_maxrss);
	if (fclose(file))
		return 74;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}
