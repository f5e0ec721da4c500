#!/usr/bin/env python3
"""Stands between wd-store and PostgreSQL (UNIX sockets) and cuts the connection around COMMIT.

    commit-proxy.py SERVER-SOCKET OUR-SOCKET before|in|after TIMES

A batch is one script, which the server commits once it has the CopyDone. before: the CopyDone is
kept back, so that the server rolls back. in: it is sent, and the connection ends at once. after: the
server has committed, but its last result, that of INSERT, or of COPY without one, is not passed on.
The first transaction of each connection is let through, so that there is progress."""
import socket
import struct
import sys
import threading

server_path, our_path, mode, left = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
lock = threading.Lock()


def take_cut():
    """Whether this is one of the cuts that were asked for."""
    global left
    with lock:
        if left == 0:
            return False
        left -= 1
        print("cut", mode, flush=True)
        return True


class Messages:
    """The messages of one direction; the startup packet of a client has no type byte."""

    def __init__(self, sock, startup):
        self.file = sock.makefile("rb")
        self.startup = startup

    def next(self):
        kind = b"" if self.startup else self.file.read(1)
        self.startup = False
        size = self.file.read(4)
        if len(size) < 4:
            return None, None
        return kind, kind + size + self.file.read(struct.unpack("!i", size)[0] - 4)


class Connection:
    def __init__(self, client):
        self.client = client
        self.server = socket.socket(socket.AF_UNIX)
        self.server.connect(server_path)
        self.commits = 0
        self.last_result = b""

    def end(self):
        for sock in (self.client, self.server):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def pump(self, source, target, startup, watch):
        messages = Messages(source, startup)
        try:
            while True:
                kind, data = messages.next()
                if data is None or not watch(kind, data, target):
                    break
                target.sendall(data)
        except OSError:
            pass
        self.end()

    def from_client(self, kind, data, server):
        if kind == b"Q":
            self.last_result = b"INSERT " if b"INSERT INTO" in data else b"COPY "
        if kind != b"c" or self.commits == 0 or mode == "after" or not take_cut():
            return True
        if mode == "in":
            server.sendall(data)
        return False

    def from_server(self, kind, data, client):
        if kind != b"C" or not data[5:].startswith(self.last_result):
            return True
        self.commits += 1
        return self.commits == 1 or mode != "after" or not take_cut()

    def run(self):
        threading.Thread(target=self.pump, daemon=True,
                         args=(self.client, self.server, True, self.from_client)).start()
        threading.Thread(target=self.pump, daemon=True,
                         args=(self.server, self.client, False, self.from_server)).start()


listener = socket.socket(socket.AF_UNIX)
listener.bind(our_path)
listener.listen()
print("ready", flush=True)
while True:
    Connection(listener.accept()[0]).run()
