#!/usr/bin/env python3
"""Reply lines whose records are hostile variations of captured ones, the same for the same seed.

usage: mutate.py SEED RECORDS < replies.ndjson

Values are replaced by everything that a broken or hostile kit could send, as bytes: also what no
JSON writer would write (bad UTF-8, lone surrogates, NaN, 1e999).
"""
import json
import random
import sys

NUMBERS = [
    b"0", b"-0", b"0.0", b"-0.0", b"1", b"-1", b"0.5", b"90", b"90.0000001", b"-180", b"180.5", b"361", b"255",
    b"63", b"-1000", b"65531", b"65535", b"65536", b"100", b"100.0000001", b"-0.0000001", b"100000",
    b"100000.1", b"2147483647", b"2147483648", b"-2147483648", b"-2147483649", b"2147483647.5",
    b"9223372036854775807", b"9223372036854775808", b"1e15", b"1e16", b"1E300", b"1e308", b"-1e308", b"1e309",
    b"1e999", b"-1e999", b"1e-999", b"-1e-999", b"5e-324", b"4.9e-324", b"1e-323", b"2.2250738585072011e-308",
    b"1.7976931348623157e308", b"1.7976931348623159e308", b"0." + b"0" * 400 + b"1", b"1" * 40, b"9" * 400,
    b"-" + b"7" * 3000, b"1." + b"3" * 1000, b"0e0", b"0e999999999999", b"1e-999999999999", b"NaN", b"Infinity",
    b"-Infinity",
]
TEXTS = [
    b'""', b'" "', b'"N/A"', b'"\\u0000"', b'"\\u0000\\u0000a"', b'"a\\u0000b\\u0000"', b'"\xff"', b'"a\xc0\x80b"',
    b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\ud83d\\ude00"',
    b'"\xef\xbf\xbf\xef\xb7\x90"', b'"\\ufffe"', b'"\\u009b31m"', b'"\\u202e"', b'"\\""', b'"\\\\"', b'"\'"', b'"\\\\N"',
    b'"\\\\."', b'"\\t\\n\\r"', b'"12.5"', b'" -7 "', b'"nan"', b'"-inf"', b'"0x10"', b'"1e999"', b'"1e-999"',
    b'"999999999999999999999"', b'"ground"', b'"aircraft"', b'"drone"', b'"DRONE"', b'"analog"', b'"DJI"', b'"fpv"',
    b'"true"', b'"False"', b'"< 3 m"', b'"<99999999999999999999 km"', b'"< 1e400 km"', b'"2026-11-23T17:00:00Z"',
    b'"0001-01-01T00:00:00Z"', b'"9999-12-31T23:59:60Z"', b'"2026-02-30T00:00:00Z"', b'"' + b"x" * 127 + b'\xc3\xa9"',
    b'"' + b"\xf0\x9f\x98\x80" * 400 + b'"', b'"' + b"\\u007f" * 600 + b'"', b'"' + b"y" * 5000 + b'"',
    b'"\xe4\xb8\xad' * 1 + b'"', b'"); DROP TABLE drones; --"', b'"%s%n"', b'"{1,2}"',
]
OTHERS = [b"null", b"true", b"false", b"[]", b"{}", b"[1]", b'{"make":1}', b'[[["x"]]]', b'{"lat":"\xff"}']
TIMES = [
    b"1795456769.5", b"1795456769", b"0", b"-1", b"1e10", b"253402300800", b"-62135596801", b"1795457070.000001",
    b"1792864769", b'"1795456769.25"', b'"2026-11-23T17:59:29.123456789+01:30"',
]
OFFSETS = [b"", b"", b"", b'"clock_offset_s":7.25,', b'"clock_offset_s":-86400,', b'"clock_offset_s":1e300,',
           b'"clock_offset_s":1e-999,', b'"clock_offset_s":"x",', b'"clock_offset_s":1e999,']
LEGACY = ["drone_id", "icao", "hex", "altitude", "vertical_rate", "ground_speed", "flight", "reg", "freq_mhz",
          "power_dbm", "power", "bandwidth", "type", "timestamp", "gps", "cpu", "memory", "disk", "temps",
          "cpu_percent", "memory_percent", "uptime_hours", "rid_make", "make", "gps_accuracy", "track_type"]


def value(rng, key):
    if key in ("observed_at", "last_update_time", "timestamp") and rng.random() < 0.5:
        return rng.choice(TIMES)
    return rng.choice(rng.choice((NUMBERS, TEXTS, OTHERS)))


def mutated(rng, item, number):
    """A record as the bytes of its members, observed at a time of its own; one in five is left at that."""
    members = dict(item)
    members["observed_at"] = members["last_update_time"] = b"%d.%06d" % (1795456769 + number // 1000, number % 1000)
    if rng.random() < 0.8:
        for _ in range(rng.randint(1, 6)):
            key = rng.choice(rng.choice((list(members), LEGACY)))
            members[key] = value(rng, key)
    if rng.random() < 0.1:
        members.pop(rng.choice(list(members)))
    return b"{" + b",".join(b'"%s":%s' % (k.encode(), v) for k, v in members.items()) + b"}"


def tokens(item):
    return {key: json.dumps(value).encode() for key, value in item.items()}


def main():
    rng = random.Random(int(sys.argv[1]))
    left = int(sys.argv[2])
    items = {"drones": [], "signals": [], "status": []}
    for line in sys.stdin:
        reply = json.loads(line)
        endpoint, body = reply["endpoint"], reply["body"]
        items[endpoint] += [tokens(item) for item in (body[endpoint] if endpoint in body else [body])]
    second = 0
    while left > 0:
        endpoint = rng.choice(("drones", "drones", "drones", "signals", "signals", "status"))
        count = 1 if endpoint == "status" else min(left, rng.randint(1, 40))
        records = [mutated(rng, rng.choice(items[endpoint]), left - i) for i in range(count)]
        body = records[0] if endpoint == "status" else b'{"%s":[%s]}' % (endpoint.encode(), b",".join(records))
        kit = rng.choice(("alpha", "beta", "k\\u0000", "k\\u00e9", "k" * 80)).encode()
        sys.stdout.buffer.write(
            b'{"type":"reply","kit_id":"%s","endpoint":"%s","time":"2026-11-23T%02d:%02d:%02d.%06dZ",%s"body":%s}\n'
            % (kit, endpoint.encode(), 18 + second // 3600 % 6, second // 60 % 60, second % 60, left,
               rng.choice(OFFSETS), body))
        left -= count
        second += 1


if __name__ == "__main__":
    main()
