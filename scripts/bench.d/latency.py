"""latency.py PORT DATABASE RATE SECONDS KITS: publishes observations at QoS 0 at a steady rate and looks for
their committed rows in a SQLite file; prints the percentiles of the time from one to the other, in ms."""
import json
import socket
import sqlite3
import sys
import threading
import time

from publish import packet

port, (rate, seconds, kits) = int(sys.argv[1]), map(int, sys.argv[3:])
count = rate * seconds


def publish():
    broker = socket.create_connection(("127.0.0.1", port))
    broker.sendall(b"\x10\x13\x00\x04MQTT\x04\x02\x00\x3c\x00\x07latency")
    broker.recv(4)
    began = time.monotonic()
    for n in range(count):
        time.sleep(max(0, began + n / rate - time.monotonic()))
        payload = {"id": f"drone-{n}", "seen_by": f"kit-{n % kits}", "lat": 42.0, "lon": -71.0,
                   "observed_at": time.time(), "description": "x" * 900}
        broker.sendall(packet(b"wardragon/drones", json.dumps(payload).encode()))
    broker.sendall(b"\xe0\x00")


database = sqlite3.connect(f"file:{sys.argv[2]}?mode=ro", uri=True)
threading.Thread(target=publish, daemon=True).start()
delays, last, until = [], 0, time.monotonic() + seconds + 30
while len(delays) < count and time.monotonic() < until:
    for last, published in database.execute("SELECT rowid, observed_at FROM drones WHERE rowid > ? ORDER BY 1", (last,)):
        delays.append(1000 * (time.time() - published))
    time.sleep(0.002)
delays.sort()
print(len(delays), *(round(delays[min(int(p * len(delays)), len(delays) - 1)]) for p in (0.5, 0.95, 0.99, 1)))
