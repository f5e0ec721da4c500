/* A folder of kits.yaml files. */
#include "common/kits/config_dir.h"

#include "common/kits/kits_yaml.h"
#include "common/log/log.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>

bool config_dir_is(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static int is_config_name(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > strlen(".yaml") &&
	       strcmp(entry->d_name + length - strlen(".yaml"), ".yaml") == 0;
}

static int read_entry(const char *folder, const char *name, const struct kit_source *source,
	struct kit_list *kits)
{
	struct buffer path = {0};
	struct stat about;
	int status = 0;

	buffer_printf(&path, "%s/%s", folder, name);
	buffer_add_char(&path, '\0');
	if (path.failed)
		status = fail(EX_OSERR, "out of memory", {"file", name});
	else if (stat(path.data, &about) == 0 && !S_ISREG(about.st_mode))
		log_warning("not a regular file: skipped", {"file", path.data});
	else
		status = kits_yaml_read(path.data, source, kits);
	buffer_release(&path);
	return status;
}

int config_dir_read(const char *path, const struct kit_source *source, struct kit_list *kits)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_config_name, alphasort), status = 0;

	if (count < 0)
		return fail(EX_CONFIG, "cannot read", {"file", path}, LOG_ERRNO(errno));
	for (int i = 0; i < count; i++) {
		if (!status)
			status = read_entry(path, entries[i]->d_name, source, kits);
		free(entries[i]);
	}
	free(entries);
	return status;
}
