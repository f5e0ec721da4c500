/* What one writes first: reads rows as lines of tab-separated values, and INSERTs each by a
 * prepared statement.
 *
 *     inserts URL TABLE COLUMNS ROWS-A-TRANSACTION <rows */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	COLUMNS_MAX = 64
};

static void must(PGresult *result, PGconn *conn)
{
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		fprintf(stderr, "inserts: %s", PQerrorMessage(conn));
		exit(1);
	}
	PQclear(result);
}

static void prepare(PGconn *conn, const char *table, int columns)
{
	char sql[1024];
	int used = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (", table);

	for (int c = 1; c <= columns; c++)
		used += snprintf(
			sql + used, sizeof(sql) - (size_t)used, "%s$%d", c > 1 ? "," : "", c);
	snprintf(sql + used, sizeof(sql) - (size_t)used, ") ON CONFLICT DO NOTHING");
	must(PQprepare(conn, "put", sql, 0, NULL), conn);
}

static void put(PGconn *conn, char *line, int columns)
{
	const char *values[COLUMNS_MAX];

	for (int c = 0; c < columns; c++) {
		values[c] = strsep(&line, "\t\n");
		if (values[c] && strcmp(values[c], "\\N") == 0)
			values[c] = NULL;
	}
	must(PQexecPrepared(conn, "put", columns, values, NULL, NULL, 0), conn);
}

int main(int argc, char **argv)
{
	PGconn *conn = argc == 5 ? PQconnectdb(argv[1]) : NULL;
	int columns = argc == 5 ? atoi(argv[3]) : 0;
	int rows_a_transaction = argc == 5 ? atoi(argv[4]) : 0;
	char *line = NULL;
	size_t size = 0;
	long rows = 0;

	if (PQstatus(conn) != CONNECTION_OK || columns < 1 || columns > COLUMNS_MAX ||
		rows_a_transaction < 1)
		return 64;
	prepare(conn, argv[2], columns);
	must(PQexec(conn, "BEGIN"), conn);
	for (; getline(&line, &size, stdin) > 0; rows++) {
		if (rows > 0 && rows % rows_a_transaction == 0)
			must(PQexec(conn, "COMMIT; BEGIN"), conn);
		put(conn, line, columns);
	}
	must(PQexec(conn, "COMMIT"), conn);
	free(line);
	PQfinish(conn);
	return 0;
}
