"""publish.py PORT RATE SECONDS KITS: publishes observations at QoS 0 at a steady rate, each a new one."""
import json
import socket
import struct
import sys
import time


def packet(topic, payload):
    body = struct.pack(">H", len(topic)) + topic + payload
    length, out = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        out += bytes([digit | (128 if length else 0)])
        if not length:
            return b"\x30" + out + body


def main(port, rate, seconds, kits):
    # As long as DragonSync's, with a number for each publish.
    template = json.dumps({"id": "drone-%07d", "seen_by": "kit-%04d", "lat": 42.0, "lon": -71.0, "alt": 100.5,
                           "observed_at": "%d.%06d", "description": "x" * 900}).replace('"%d.%06d"', "%d.%06d")
    start = int(time.time())
    packets = [packet(b"wardragon/drones", (template % (n, n % kits, start, n % 1000000)).encode())
               for n in range(rate * seconds)]
    broker = socket.create_connection(("127.0.0.1", port))
    broker.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05bench")
    broker.recv(4)
    began = time.monotonic()
    step = max(rate // 100, 1)
    for at in range(0, len(packets), step):
        broker.sendall(b"".join(packets[at:at + step]))
        time.sleep(max(0, began + (at + step) / rate - time.monotonic()))
    took = time.monotonic() - began
    broker.sendall(packet(b"wardragon/drones", b'{"seen_by":"end","id":"end","observed_at":1}') + b"\xe0\x00")
    print(f"{len(packets) / took:.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
