#!/usr/bin/env python3
"""Whether a database holds what wd-normalize made of the segments that were kept, and the events of
the queue: no row less, no row more, no other value.

  { wd-normalize SEGMENT...; cat EVENTS/new/*; } | conserved.py (postgresql://... | sqlite:FILE) ...

Rows may be spread over several databases.

Says what differs and ends with 1 if anything does. How lines become rows is written down here a
second time, as wd-record(5) has it, so that wd-store cannot agree with itself."""

import datetime
import itertools
import json
import sqlite3
import subprocess
import sys

# Type of line: its table, and the columns that make a row of it.
TABLES = {
    "drone": ("drones", ("time", "kit_id", "drone_id")),
    "signal": ("signals", ("time", "kit_id", "freq_mhz")),
    "system_health": ("system_health", ("time", "kit_id")),
    "event": ("events", ("time", "rule", "zone", "subject", "event")),
    "reject": ("rejects", ("stage", "kit_id", "raw")),
}


def moment(text):
    """PostgreSQL cuts zeros off fractions of a second."""
    return datetime.datetime.fromisoformat(text).timestamp()


def row(columns):
    """As both sides say it: nulls left out, times and lists comparable."""
    columns = {name: value for name, value in columns.items() if value is not None}
    for name in {"time", "since"} & columns.keys():
        columns[name] = moment(columns[name])
    if "kit_ids" in columns:
        ids = columns["kit_ids"]
        columns["kit_ids"] = tuple(json.loads(ids) if isinstance(ids, str) else ids)
    return columns


def key_of(names, columns):
    return tuple(columns.get(name) for name in names)


def expected(lines):
    """Of lines with one key the later ones add to the earlier ones; a reject stays as it was."""
    rows = {line_type: {} for line_type in TABLES}
    for line in lines:
        columns = json.loads(line)
        line_type = columns.pop("type")
        if line_type not in TABLES:
            continue
        columns = row(columns)
        of_type = rows[line_type]
        key = key_of(TABLES[line_type][1], columns)
        if line_type == "reject":
            of_type.setdefault(key, columns)
        else:
            of_type.setdefault(key, {}).update(columns)
    return rows


def stored_postgresql(target, table):
    query = f"SET timezone = 'UTC'; SELECT to_jsonb(t) FROM {table} t"
    command = ["psql", "-qAtX", "-d", target, "-c", query]
    return map(json.loads, subprocess.run(command, check=True, stdout=-1).stdout.splitlines())


def stored_sqlite(target, table):
    database = sqlite3.connect(target.removeprefix("sqlite:"))
    database.row_factory = sqlite3.Row
    return map(dict, database.execute(f"SELECT * FROM {table}"))


def compare(table, names, wanted, stored):
    """The number of differences; the first few are said."""
    there = {}
    wrong = []
    for columns in stored:
        columns.pop("digest", None)
        columns = row(columns)
        key = key_of(names, columns)
        if key in there:
            wrong.append(("twice", key))
        there[key] = columns
    wrong += [("missing", key) for key in wanted.keys() - there.keys()]
    wrong += [("unsent", key) for key in there.keys() - wanted.keys()]
    for key in wanted.keys() & there.keys():
        if wanted[key] != there[key]:
            wrong.append(("differs", key, set(wanted[key].items()) ^ set(there[key].items())))
    for difference in wrong[:5]:
        print(table, *difference)
    print(f"{table}: {len(there)} rows, {len(wrong)} wrong")
    return len(wrong)


def main():
    wrong = 0
    for line_type, wanted in expected(sys.stdin.buffer).items():
        table, names = TABLES[line_type]
        stored = [(stored_sqlite if target.startswith("sqlite:") else stored_postgresql)(target, table)
                  for target in sys.argv[1:]]
        wrong += compare(table, names, wanted, itertools.chain(*stored))
    return 1 if wrong else 0


sys.exit(main())
