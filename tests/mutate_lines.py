#!/usr/bin/env python3
"""Lines for wd-store whose members are hostile variations, the same for the same seed.

usage: mutate_lines.py SEED COUNT < lines.ndjson

Each line is one of the input with one or two members replaced, removed or added; half of them are
unchanged. One in fifty is damaged as a text: cut, or with a byte replaced.
"""
import json
import random
import sys

from mutate import NUMBERS, OTHERS, TEXTS

STATES = [b'"online"', b'"offline"', b'"stale"', b'"up"', b'"listening"', b'"poller_down"']


def tokens(line):
    return {key: json.dumps(value).encode() for key, value in json.loads(line).items()}


def mutated(rng, line, number):
    members = dict(line)
    if b"T" in members.get("time", b""):
        members["time"] = b'"2026-11-23T18:%02d:%02d.%06dZ"' % (number // 60 % 60, number % 60, number % 1000000)
    if rng.random() < 0.5:
        for _ in range(rng.randint(1, 2)):
            key = rng.choice([key for key in members if key != "type"])
            chance = rng.random()
            if chance < 0.1:
                members.pop(key)
            elif chance < 0.2:
                members[key] = rng.choice(STATES)
            else:
                members[key] = rng.choice(rng.choice((NUMBERS, TEXTS, OTHERS)))
    return b"{" + b",".join(b'"%s":%s' % (key.encode(), value) for key, value in members.items()) + b"}"


def damaged(rng, text):
    at = rng.randrange(len(text))
    return text[:at] if rng.random() < 0.5 else text[:at] + bytes([rng.choice(b'{}[],:"\\\x00\xff')]) + text[at + 1:]


def main():
    rng = random.Random(int(sys.argv[1]))
    lines = [tokens(line) for line in sys.stdin]
    by_type = {}
    for line in lines:
        by_type.setdefault(line["type"], []).append(line)
    for number in range(int(sys.argv[2])):
        text = mutated(rng, rng.choice(by_type[rng.choice(sorted(by_type))]), number)
        sys.stdout.buffer.write((damaged(rng, text) if rng.random() < 0.02 else text) + b"\n")


if __name__ == "__main__":
    main()
