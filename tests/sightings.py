#!/usr/bin/env python3
"""Compares the table `sightings` with the rows of `drones`.

sightings.py lines SEED NUMBER    print drones of few keys in several buckets, with repeats that add values
sightings.py check TARGET         compute every sighting from `wd-dump --type drone TARGET`, and fail if the
                                  table of TARGET (postgresql://... or sqlite:FILE) differs
sightings.py flights TARGET       compute every flight from these rows: "DRONE START END POINTS KITS"
"""
import json
import random
import subprocess
import sys
from datetime import datetime, timezone

BUCKET_S = 300
TEXTS = ("description", "rid_make", "rid_model", "operator_id", "callsign")
EXTREMES = (("min_alt", "alt", min), ("max_alt", "alt", max), ("max_speed", "speed", max),
            ("max_height", "height", max), ("min_lat", "lat", min), ("max_lat", "lat", max),
            ("min_lon", "lon", min), ("max_lon", "lon", max), ("rssi", "rssi", max),
            ("track_type", "track_type", max))
# prefix of the columns, prefix in the row, time, index into the rows that have both coordinates
POSITIONS = (("first_", "", "first_pos_time", 0), ("last_", "", "last_pos_time", -1),
             ("pilot_", "pilot_", "pilot_time", -1), ("home_", "home_", "home_time", -1))


def text_of(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def lines(seed, number):
    chance = random.Random(seed)
    for _ in range(number):
        row = {"type": "drone", "time": text_of(1764000000 + chance.randrange(1200) + chance.choice((0, 0.5))),
               "kit_id": f"k{chance.randrange(3)}", "drone_id": f"d{chance.randrange(4)}"}
        for name in ("lat", "lon", "alt", "speed", "height", "pilot_lat", "pilot_lon", "home_lat", "home_lon"):
            if chance.random() < 0.5:
                row[name] = chance.randrange(-60, 60) / 4
        if chance.random() < 0.5:
            row["rssi"] = -chance.randrange(90)
        if chance.random() < 0.5:
            row["track_type"] = chance.choice(("drone", "aircraft"))
        for name in TEXTS:
            if chance.random() < 0.2:
                row[name] = chance.choice(("x", "y'\\\u20ac", ""))
        print(json.dumps(row, separators=(",", ":")))


def bucket_of(row):
    seconds = datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp()
    return text_of(seconds // BUCKET_S * BUCKET_S)


def sighting(rows):
    rows.sort(key=lambda row: row["time"])
    made = {"first": rows[0]["time"], "last": rows[-1]["time"], "points": len(rows)}
    for name, source, choose in EXTREMES:
        made[name] = choose((row[source] for row in rows if source in row), default=None)
    for name, source, time, index in POSITIONS:
        placed = [row for row in rows if source + "lat" in row and source + "lon" in row]
        chosen = placed[index] if placed else {}
        made[name + "lat"], made[name + "lon"] = chosen.get(source + "lat"), chosen.get(source + "lon")
        made[time] = chosen.get("time")
    named = [row for row in rows if any(text in row for text in TEXTS)]
    made.update({text: named[-1].get(text) if named else None for text in TEXTS})
    made["identity_time"] = named[-1]["time"] if named else None
    return made


def expected(target):
    groups = {}
    for line in subprocess.check_output(["wd-dump", "--type", "drone", target], text=True).splitlines():
        row = json.loads(line)
        row["time"] = row["time"].replace("Z", "") + ("" if "." in row["time"] else ".000000")
        row["time"] = (row["time"] + "000000")[:26] + "Z"
        groups.setdefault((bucket_of(row), row["kit_id"], row["drone_id"]), []).append(row)
    return {key: sighting(rows) for key, rows in groups.items()}


def stored(target):
    if target.startswith("sqlite:"):
        text = subprocess.check_output(["sqlite3", "-json", "-cmd", ".timeout 20000", target[7:],
                                        "SELECT * FROM sightings"], text=True)
        rows = json.loads(text or "[]")
    else:
        text = subprocess.check_output(["psql", "-qAtX", target, "-c", "SET TimeZone = 'UTC'", "-c",
                                        "SELECT coalesce(json_agg(s), '[]') FROM sightings AS s"], text=True)
        rows = json.loads(text)
        for row in rows:
            for name, value in row.items():
                if value is not None and (name in ("bucket", "first", "last") or name.endswith("_time")):
                    row[name] = datetime.fromisoformat((value[:19] + "." + (value[20:-6] + "000000")[:6]
                                                        + "+00:00")).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {(row.pop("bucket"), row.pop("kit_id"), row.pop("drone_id")): row for row in rows}


def check(target):
    wanted, found = expected(target), stored(target)
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key) != found.get(key):
            sys.exit(f"{key}:\nrows:  {wanted.get(key)}\ntable: {found.get(key)}")
    if not wanted:
        sys.exit("no rows")


def flights(target):
    tracks = {}
    for line in subprocess.check_output(["wd-dump", "--type", "drone", target], text=True).splitlines():
        row = json.loads(line)
        seconds = datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp()
        tracks.setdefault(row["drone_id"], []).append((seconds, row["kit_id"]))
    for drone, points in sorted(tracks.items()):
        flight = []
        for point in sorted(points) + [(float("inf"), "")]:
            if flight and point[0] - flight[-1][0] > BUCKET_S:
                print(drone, text_of(flight[0][0]), text_of(flight[-1][0]), len(flight),
                      ",".join(sorted({kit for _, kit in flight})))
                flight = []
            flight.append(point)


if sys.argv[1] == "flights":
    flights(sys.argv[2])
elif sys.argv[1] == "lines":
    lines(int(sys.argv[2]), int(sys.argv[3]))
else:
    check(sys.argv[2])
