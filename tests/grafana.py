#!/usr/bin/env python3
"""Prints each query of Grafana dashboards as the server would send it, one JSON object a line.

grafana.py [HOURS [KITS DRONES]] FILE...: {"dashboard", "panel", "source", "format", "migrated", "query"} for each
panel and each variable; "migrated" says that the panel's description asks for wd-store --migrate. The time is the
last hour, or the last HOURS. Variables are KITS and DRONES, lists of SQL strings, or all of their values, as SQL
of Grafana's PostgreSQL source has it (https://grafana.com/docs/grafana/latest/datasources/postgres/#macros).
"""
import json
import re
import sys
from datetime import datetime, timedelta, timezone

HOURS = int(sys.argv.pop(1)) if sys.argv[1].isdigit() else 1
# Grafana rounds the time of a pixel.
SECONDS = next(step for step in (30, 60, 120, 300, 600, 1800, 3600, 86400) if step * 1500 >= HOURS * 3600)
NOW = datetime.now(timezone.utc) + timedelta(seconds=5)
UNTIL = NOW.strftime("'%Y-%m-%dT%H:%M:%SZ'")
SINCE = (NOW - timedelta(hours=HOURS)).strftime("'%Y-%m-%dT%H:%M:%SZ'")
ALL = {"kit": "SELECT kit_id FROM kits", "drone": "SELECT drone_id FROM drones"}
if not sys.argv[1].endswith(".json"):
    ALL = {"kit": sys.argv.pop(1), "drone": sys.argv.pop(1)}


def sql(text, minimum):
    seconds = max(SECONDS, {"5m": 300, "1m": 60}.get(minimum, 0))
    text = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 BETWEEN {SINCE} AND {UNTIL}", text)
    text = text.replace("$__timeTo()", UNTIL).replace("$__timeFrom()", SINCE)
    text = text.replace("$__interval_ms", f"{seconds}000")
    text = text.replace("$__interval", f"{seconds}s")
    text = re.sub(r"\$\{(\w+):sqlstring\}", lambda found: ALL[found[1]], text)
    return checked(text)


def promql(text):
    return checked(text.replace("$kit", ".*").replace("$__rate_interval", "5m"))


def checked(text):
    if "$" in text:
        sys.exit(f"grafana.py: what is this? {text}")
    return text


def queries(dashboard):
    for variable in dashboard["templating"]["list"]:
        yield "$" + variable["name"], variable, {"rawSql": variable["query"], "format": "table"}
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], panel, target


for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        board = json.load(file)
    for title, owner, target in queries(board):
        print(json.dumps({
            "dashboard": board["uid"], "panel": title, "source": owner["datasource"]["uid"],
            "format": target.get("format", "promql"),
            "migrated": "wd-store --migrate" in owner.get("description", ""),
            "query": sql(target["rawSql"], owner.get("interval")) if "rawSql" in target else promql(target["expr"])}))
