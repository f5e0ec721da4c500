#!/usr/bin/env python3
"""The strict scanner against Python's json: the same verdict and the same value.

usage: scan_against.py make SEED COUNT          texts, one a line: JSON and what is nearly JSON
       scan_against.py judge TEXTS VERDICTS     compares what scan_lines said of them
"""
import json
import math
import random
import sys

DEPTH_MAX = 64
SCALARS = [b"0", b"-0", b"-1.5e-3", b"1E+9", b"12345678901234567890", b"1e999", b"0.1", b"true", b"false", b"null",
           b"NaN", b"Infinity", b"-Infinity", b'""', b'"a"', b'"\xc3\xa9\xf0\x9f\x98\x80"', b'"\\u00e9\\ud83d\\ude00"',
           b'"\\"\\\\\\/\\b\\f\\n\\r\\t"', b'"\\u0000"', b'"x\xef\xbf\xbfy"', b'"' + b"long " * 30 + b'"']
NOISE = [b"", b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u", b"\\ud800", b"\\udc00", b"0", b"-", b"+", b".",
         b"e", b"00", b"N", b"nan", b"tru", b"'", b"/", b"\t", b" ", b"\r", b"\x0b", b"\x00", b"\x1f", b"\x7f",
         b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xef\xbb\xbf", b"\xc2\xa0"]


def space(rng):
    return rng.choice((b"", b"", b"", b" ", b"\t", b" \r "))


def text(rng, depth):
    kind = rng.random()
    if depth == 0 or kind < 0.4:
        return rng.choice(SCALARS)
    parts = []
    for _ in range(rng.randint(0, 4)):
        key = rng.choice([s for s in SCALARS if s[:1] == b'"']) + space(rng) + b":" if kind < 0.7 else b""
        parts.append(space(rng) + key + space(rng) + text(rng, depth - 1) + space(rng))
    return b"%c%s%c" % ((b"{%s}" if kind < 0.7 else b"[%s]")[0], b",".join(parts) or space(rng),
                        (b"}" if kind < 0.7 else b"]")[0])


def spoilt(rng, good):
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(good))
        good = good[:at] + rng.choice(NOISE) + good[at + rng.randint(0, 2):]
    return good


def make(seed, count):
    rng = random.Random(seed)
    for level in (DEPTH_MAX - 1, DEPTH_MAX, DEPTH_MAX + 1):
        sys.stdout.buffer.write(b"[" * level + b"]" * level + b"\n")
        sys.stdout.buffer.write(b'{"a":' * level + b"1" + b"}" * level + b"\n")
    for _ in range(count):
        good = space(rng) + text(rng, 5) + space(rng)
        line = good if rng.random() < 0.4 else spoilt(rng, good)
        if b"\n" not in line:
            sys.stdout.buffer.write(line + b"\n")


def depth(value):
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


def has_surrogate(value):
    if isinstance(value, dict):
        return any(has_surrogate(v) for pair in value.items() for v in pair)
    if isinstance(value, list):
        return any(map(has_surrogate, value))
    return isinstance(value, str) and any(0xD800 <= ord(c) <= 0xDFFF for c in value)


def parse(line):
    """What Python makes of it; bad UTF-8 and lone surrogates come as surrogates."""
    return json.loads(line.decode("utf-8", "surrogateescape"), parse_constant=lambda _: None)


def replaced(value):
    """With what the scanner repairs replaced as it does."""
    if isinstance(value, dict):
        return {replaced(k): replaced(v) for k, v in value.items()}
    if isinstance(value, list):
        return list(map(replaced, value))
    if isinstance(value, str):
        return "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in value)
    return value


def wrong(line, verdict):
    """Why the scanner's verdict differs from Python's, or None."""
    try:
        value = parse(line)
    except ValueError as error:
        return None if verdict[:1] == b"!" else f"Python refuses it: {error}"
    if depth(value) > DEPTH_MAX:
        return None if verdict[:1] == b"!" else "too deep"
    # Of two keys that mean the same after mending only one is left; Python may keep another.
    if verdict[:1] == b"!":
        return "Python accepts it"
    mended = verdict[:1] == b"~"
    if not mended and has_surrogate(value):
        return "not strict"
    try:
        result = json.loads(verdict[mended:].decode("utf-8"), parse_constant=lambda _: math.inf)
    except ValueError as error:
        return f"the result is no JSON: {error}"
    return None if mended and has_bad_key(value) or result == replaced(value) else "another value"


def has_bad_key(value):
    if isinstance(value, dict):
        return any(has_surrogate(k) or has_bad_key(v) for k, v in value.items())
    return isinstance(value, list) and any(map(has_bad_key, value))


def judge(texts, verdicts):
    with open(texts, "rb") as lines, open(verdicts, "rb") as said:
        pairs = list(zip(lines.read().split(b"\n")[:-1], said.read().split(b"\n")[:-1], strict=True))
    failed = 0
    counts = {"strict": 0, "mended": 0, "refused": 0}
    for line, verdict in pairs:
        counts[{b"!": "refused", b"~": "mended"}.get(verdict[:1], "strict")] += 1
        reason = wrong(line, verdict)
        if reason:
            failed += 1
            print(f"{reason}: {line!r} -> {verdict!r}")
    print(counts)
    return failed > 0 or min(counts.values()) < 100


if sys.argv[1] == "make":
    make(int(sys.argv[2]), int(sys.argv[3]))
else:
    sys.exit(judge(sys.argv[2], sys.argv[3]))
