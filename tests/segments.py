#!/usr/bin/env python3
"""Fills a folder with spool segments: copies of the replies on stdin, each a second later, the last
about now.

segments.py FOLDER COUNT < replies.ndjson
"""
import datetime
import os
import re
import sys

folder, count = sys.argv[1], int(sys.argv[2])
EPOCH = re.compile(r'("observed_at":|"expires_at":|"last_update_time":)(\d+(?:\.\d+)?)')
REPLY = re.compile(r'"time":"([^"]*)"')


def later(line, seconds):
    def text(match):
        time = datetime.datetime.fromisoformat(match[1].replace("Z", "+00:00"))
        time += datetime.timedelta(seconds=seconds)
        return '"time":"%s"' % time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    line = EPOCH.sub(lambda match: "%s%.6f" % (match[1], float(match[2]) + seconds), line)
    return REPLY.sub(text, line, count=1)


lines = [line for line in sys.stdin if '"type":"reply"' in line]
for number in range(count):
    name = "%016d-%08x" % ((number + 1) * 1000000, number)
    with open(os.path.join(folder, name + ".part"), "w") as segment:
        segment.writelines(later(line, number - count + 1) for line in lines)
    os.rename(os.path.join(folder, name + ".part"), os.path.join(folder, name))
