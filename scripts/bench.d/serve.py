"""Browsers and lines for `scripts/bench serve`.

serve.py latency PORT FIFO N   one line at a time; print the milliseconds until /events has it
serve.py browsers PORT N S     open N streams of /events for S seconds; print the bytes that arrived
"""
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


def browsers(port, count, seconds):
    selector = selectors.DefaultSelector()
    for _ in range(count):
        selector.register(stream(port), selectors.EVENT_READ)
    total, closed, end = 0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for key, _ in selector.select(0.5):
            piece = key.fileobj.recv(1 << 18)
            total += len(piece)
            if not piece:
                closed += 1
                selector.unregister(key.fileobj)
    print(total, closed)


if sys.argv[1] == "latency":
    latency(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
else:
    browsers(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
