"""Browsers and lines for `scripts/bench serve`.

serve.py latency PORT FIFO N   one line at a time; print the milliseconds until /events has it
serve.py browsers PORT FIFO N S  open N streams of /events for S seconds and send two lines a second; print
                               the seconds until all had the state, the bytes that arrived afterwards, the
                               streams that were closed, and the median and maximum of the milliseconds until
                               the first one has a line
serve.py fleet FIFO N S        N drones, each observed every 5 seconds, for S seconds after a history of 45 seconds
"""
import datetime
import math
import selectors
import socket
import sys
import time


def stream(port):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return connection


def latency(port, fifo, count):
    connection = stream(port)
    connection.settimeout(10)
    while b"event: events" not in connection.recv(1 << 20):
        pass
    with open(fifo, "wb", 0) as lines:
        took = []
        for n in range(count):
            mark = b"latency-%d-" % n
            line = (b'{"type":"drone","time":"2026-11-23T10:%02d:%02d.5Z","kit_id":"k","drone_id":"%s",'
                    b'"lat":50,"lon":8,"track_type":"drone"}\n' % (n // 60, n % 60, mark))
            began = time.monotonic()
            lines.write(line)
            seen = b""
            while mark not in seen:
                seen = seen[-100:] + connection.recv(1 << 20)
            took.append((time.monotonic() - began) * 1000)
            time.sleep(0.037 * (n % 7))
    took.sort()
    print(*(f"{took[int(len(took) * q)]:.0f}" for q in (0.5, 0.95)), f"{took[-1]:.0f}")


def probe(mark):
    """Return a line. It begins with a newline, because a long write of the pipeline may be in progress."""
    return (b'\n{"type":"drone","time":"%s","kit_id":"bench","drone_id":"%s","lat":50,"lon":8,'
            b'"track_type":"drone"}\n' % (utc(time.time()).encode(), mark))


def utc(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Streams:
    """Open streams of /events. `tails` are the ends of what they got."""

    def __init__(self, port, count):
        self.selector, self.bytes, self.closed = selectors.DefaultSelector(), 0, 0
        self.first = stream(port)
        self.stateless = {self.first} | {stream(port) for _ in range(count - 1)}
        self.tails = dict.fromkeys(self.stateless, b"")
        for connection in self.stateless:
            self.selector.register(connection, selectors.EVENT_READ)

    def read(self):
        for key, _ in self.selector.select(0.01):
            piece = key.fileobj.recv(1 << 18)
            self.bytes += len(piece)
            if not piece:
                self.closed += 1
                self.selector.unregister(key.fileobj)
            self.tails[key.fileobj] = self.tails[key.fileobj][-100:] + piece
            if not piece or b"event: events" in self.tails[key.fileobj]:
                self.stateless.discard(key.fileobj)


def browsers(port, fifo, count, seconds):
    began = time.monotonic()
    streams = Streams(port, count)
    while streams.stateless:
        streams.read()
    state_s, streams.bytes, took, number, sent = time.monotonic() - began, 0, [], 0, None
    began = time.monotonic()
    with open(fifo, "wb", 0) as lines:
        while sent is not None or time.monotonic() < began + seconds:
            if sent is None and time.monotonic() - began >= number / 2:
                number, sent = number + 1, time.monotonic()
                lines.write(probe(b"probe-%d-" % number))
            streams.read()
            if sent is not None and b"probe-%d-" % number in streams.tails[streams.first]:
                took.append((time.monotonic() - sent) * 1000)
                sent = None
    took.sort()
    print(f"{state_s:.1f}", streams.bytes, streams.closed, f"{took[len(took) // 2]:.0f} {took[-1]:.0f}")


def fleet(fifo, count, seconds):
    period, began = 5, time.time()

    def line(number, at):
        turn = at * 0.05 + number
        return ('{"type":"drone","time":"%s","kit_id":"k%d","drone_id":"drone-%d","lat":%.6f,"lon":%.6f,"alt":%d,'
                '"speed":12.5,"heading":%d,"track_type":"drone"}\n' % (
                    utc(at), number % 10, number, 50 + number % 100 / 500 + math.sin(turn) * 0.002,
                    8 + number // 100 / 300 + math.cos(turn) * 0.003, 50 + number % 100,
                    -math.degrees(turn) % 360)).encode()

    with open(fifo, "wb", 0) as lines:
        done = -9 * count
        while time.time() - began < seconds:
            until = int((time.time() - began) / period * count)
            lines.write(b"".join(line(n % count, began + n / count * period) for n in range(done, until)))
            done = until
            time.sleep(0.1)


mode, arguments = sys.argv[1], sys.argv[2:]
if mode == "latency":
    latency(int(arguments[0]), arguments[1], int(arguments[2]))
elif mode == "browsers":
    browsers(int(arguments[0]), arguments[1], int(arguments[2]), float(arguments[3]))
else:
    fleet(arguments[0], int(arguments[1]), float(arguments[2]))
