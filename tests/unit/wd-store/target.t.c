/* Names of databases. */
#include "common/db/target.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

#include <sysexits.h>

static const struct {
	const char *name;
	int dialect; /* DIALECT_COUNT: refused */
	const char *location;
} names[] = {
	{"postgresql://u@h/d", DIALECT_POSTGRESQL, "postgresql://u@h/d"},
	{"postgres:///d?host=/run", DIALECT_POSTGRESQL, "postgresql:///d?host=/run"},
	{"postgresql+psycopg2://u:p@h/d", DIALECT_POSTGRESQL, "postgresql://u:p@h/d"},
	{" \"postgresql://h/d\"\r\n", DIALECT_POSTGRESQL, "postgresql://h/d"},
	{"sqlite:x.db", DIALECT_SQLITE, "x.db"},
	{"sqlite:/var/x.db", DIALECT_SQLITE, "/var/x.db"},
	{"sqlite:///x.db", DIALECT_SQLITE, "x.db"},
	{"sqlite:///var/x.db", DIALECT_SQLITE, "var/x.db"},
	{"sqlite:////var/x.db", DIALECT_SQLITE, "/var/x.db"},
	{"sqlite+aiosqlite:///x.db", DIALECT_SQLITE, "x.db"},
	{"'sqlite:x.db'\r", DIALECT_SQLITE, "x.db"},
	{"\tsqlite:a b.db ", DIALECT_SQLITE, "a b.db"},
	{"postgresql://u:p?x@h/d", DIALECT_POSTGRESQL, "postgresql://u:p?x@h/d"},
	{"postgresql://h/d?a=b&c=", DIALECT_POSTGRESQL, "postgresql://h/d?a=b&c="},
	{"postgresql://???", DIALECT_COUNT, NULL},
	{"postgresql://h/d?a=b&c", DIALECT_COUNT, NULL},
	{"sqlite:", DIALECT_COUNT, NULL},
	{"sqlite://", DIALECT_COUNT, NULL},
	{"sqlite://x.db", DIALECT_COUNT, NULL},
	{"sqlite:///", DIALECT_COUNT, NULL},
	{"sqlite::memory:", DIALECT_COUNT, NULL},
	{"sqlite:///:memory:", DIALECT_COUNT, NULL},
	{"sqlite:file:x?mode=memory", DIALECT_COUNT, NULL},
	{"sqlite3:x.db", DIALECT_COUNT, NULL},
	{"postgresql:x", DIALECT_COUNT, NULL},
	{"mysql://u:p@h/d", DIALECT_COUNT, NULL},
	{"kits.yaml", DIALECT_COUNT, NULL},
	{"x.db", DIALECT_COUNT, NULL},
	{"-", DIALECT_COUNT, NULL},
	{"\"", DIALECT_COUNT, NULL},
	{"", DIALECT_COUNT, NULL},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct target target = {0};
		int status = target_parse(names[i].name, NULL, &target);
		if (names[i].dialect == DIALECT_COUNT) {
			is_number(status, EX_USAGE, names[i].name);
		} else {
			is_number(target.dialect, names[i].dialect, names[i].name);
			is_text(target.location, names[i].location, "its location");
		}
		target_release(&target);
	}
	return tap_done();
}
