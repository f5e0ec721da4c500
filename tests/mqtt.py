#!/usr/bin/env python3
"""Plays the parts of an MQTT installation that mosquitto's own programs cannot play.

publish PORT [SHIFT]     publishes the lines of stdin ({"topic", "payload", "retain"}) at QoS 0 on one
                         connection; a payload may be "base64:..."; SHIFT seconds are added to its times
kits COUNT ROUNDS        prints what so many kits publish: a status and a drone each, ROUNDS times
refuse-v5 PORT MODE      a broker of MQTT 3.1.1: passes connections on to the broker at PORT, but
                         refuses version 5 (MODE connack) or closes the connection (MODE close);
                         prints its own port
bad-broker MODE          a broker that accepts connections and says nothing (MODE silent), does not
                         even accept them (unreachable), or refuses subscriptions (refuse); likewise
"""
import base64
import json
import re
import socket
import struct
import sys
import threading
import time


def length(n):
    out = b""
    while True:
        n, digit = divmod(n, 128)
        out += bytes([digit | (128 if n else 0)])
        if not n:
            return out


def text(s):
    return struct.pack(">H", len(s)) + s


def packet(kind, body):
    return bytes([kind]) + length(len(body)) + body


def payload_of(message, shift):
    payload = message["payload"]
    if payload.startswith("base64:"):
        return base64.b64decode(payload[7:])
    if shift:
        payload = re.sub(r'("(?:observed_at|last_update_time|updated)": ?)([0-9.]+)',
                         lambda m: m[1] + repr(type(json.loads(m[2]))(json.loads(m[2]) + shift)), payload)
    return payload.encode()


def publish(port, shift=0):
    with socket.create_connection(("127.0.0.1", int(port))) as broker:
        broker.sendall(packet(0x10, text(b"MQTT") + bytes([4, 2]) + struct.pack(">H", 60) + text(b"publisher")))
        assert broker.recv(4)[3] == 0, "the broker refuses the connection"
        for line in sys.stdin:
            message = json.loads(line)
            kind = 0x31 if message.get("retain") else 0x30
            broker.sendall(packet(kind, text(message["topic"].encode()) + payload_of(message, float(shift))))
        broker.sendall(packet(0xe0, b""))
        # The broker closes when it has read everything.
        while broker.recv(4096):
            pass


def kits(count, rounds):
    now = int(time.time())
    for r in range(int(rounds)):
        for k in range(int(count)):
            kit = f"kit-{k}"
            status = {"id": kit, "cpu_usage": 1.5, "uptime_s": 60.0 + r, "updated": now + r}
            drone = {"id": f"drone-{k}", "seen_by": kit, "lat": 42.0, "lon": -71.0, "observed_at": now + r + 0.5}
            print(json.dumps({"topic": f"wardragon/system/{kit}/attrs", "payload": json.dumps(status)}))
            print(json.dumps({"topic": "wardragon/drones", "payload": json.dumps(drone)}))


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    target.close()


def serve(client, port, mode):
    connect = client.recv(4096)
    version = connect[connect.index(b"MQTT") + 4]
    if version == 5:
        if mode == "connack":
            client.sendall(b"\x20\x02\x00\x01")
        client.close()
        return
    broker = socket.create_connection(("127.0.0.1", port))
    broker.sendall(connect)
    threading.Thread(target=copy, args=(broker, client), daemon=True).start()
    copy(client, broker)


def refuse_v5(port, mode):
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(server.accept()[0], int(port), mode), daemon=True).start()


def bad_broker(mode):
    server = socket.create_server(("127.0.0.1", 0), backlog=0 if mode == "unreachable" else 9)
    port = server.getsockname()[1]
    # Fills the queue of connections that wait to be accepted.
    held = [socket.create_connection(("127.0.0.1", port))] if mode == "unreachable" else []
    print(port, flush=True)
    while mode == "unreachable":
        time.sleep(60)
    while True:
        client = server.accept()[0]
        held.append(client)
        if mode == "refuse":
            client.recv(4096)
            client.sendall(b"\x20\x03\x00\x00\x00")
            subscribe = client.recv(4096)
            client.sendall(b"\x90\x0a" + subscribe[2:4] + b"\x00" + b"\x87" * 7)


{"bad-broker": bad_broker, "publish": publish, "kits": kits, "refuse-v5": refuse_v5}[sys.argv[1]](*sys.argv[2:])
