#!/usr/bin/env python3
"""A kit on raw sockets, which misbehaves in ways that no HTTP library allows.

Listens on a free port of 127.0.0.1 and prints its address on stdout. Case C is the kit under
http://127.0.0.1:PORT/C: every request there gets that case's bytes. Each request's path goes
to stderr, a line each. With --list, prints the cases and ends.
"""
import asyncio
import email.utils
import gzip
import socket
import struct
import sys
import time

GOOD = b'{"drones": [{"id": "drone-1", "lat": 1.5, "lon": 2.5}]}'
GIANT = 10 << 20
PIECE = b" " * 65536

CASES = {}


def case(function):
    """The function's name, with dashes, is the case."""
    CASES[function.__name__.replace("_", "-")] = function
    return function


def reply(body, *headers, status="200 OK", version="1.0"):
    head = [f"HTTP/{version} {status}", "Content-Type: application/json", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def sized(body, *headers, status="200 OK"):
    return reply(body, f"Content-Length: {len(body)}", *headers, status=status)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def constant(name, data):
    async def send(writer):
        await put(writer, data() if callable(data) else data)

    CASES[name] = send


async def put(writer, data):
    writer.write(data)
    await writer.drain()


# By default some 3 MB/s: many at once fill a reader's memory before they fill its time.
async def for_ever(writer, data, pause=0.02):
    while True:
        await put(writer, data)
        await asyncio.sleep(pause)


CHUNKED = reply(b"", "Transfer-Encoding: chunked", version="1.1")
UNSIZED = reply(b"")

# Truth, for comparison.
constant("good", sized(GOOD))
constant("good-chunked", CHUNKED + chunk(GOOD[:20]) + chunk(GOOD[20:]) + b"0\r\n\r\n")
constant("good-unsized", UNSIZED + GOOD)

# Cut bodies, in all three framings.
constant("cut-length", sized(GOOD)[:-10])
constant("cut-chunked", CHUNKED + chunk(GOOD)[:-10])
constant("cut-unsized", UNSIZED + GOOD[:-10])
constant("cut-head", b"HTTP/1.0 200 OK\r\nContent-")
constant("nothing", b"")

# What is no HTTP, or hardly.
constant("http-0-9", GOOD)
constant("http-7", b"HTTP/7.0 200 OK\r\n\r\n" + GOOD)
constant("binary", bytes(range(256)) * 4)
constant("no-content", b"HTTP/1.1 204 No Content\r\n\r\n")
constant("bad-length", reply(GOOD, "Content-Length: -1"))
constant("huge-length", reply(GOOD, "Content-Length: 999999999999999999999999"))
constant("bad-chunk", CHUNKED + b"ffffffffffffffffff\r\n" + GOOD)
constant("nul-header", reply(GOOD, "X: a\0b"))

# Statuses.
constant("status-404", sized(b"", status="404 Not Found"))
constant("status-500", sized(b"no", status="500 Internal Server Error"))
constant("redirect-host", sized(b"", "Location: http://localhost:1/drones", status="302 Found"))
constant("redirect-file", sized(b"", "Location: file:///etc/passwd", status="301 Moved"))


def later(seconds):
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


def limited(*headers, status="429 Too Many Requests"):
    """Dated, as a kit's replies are: a Retry-After that is a date is read by the kit's clock."""

    def send():
        return reply(b'{"error": "x"}', f"Date: {later(0)}",
                     *[h() if callable(h) else h for h in headers], status=status)

    return send


constant("limited", limited("Retry-After: 7"))
constant("limited-silent", limited())
constant("limited-zero", limited("Retry-After: 0"))
constant("limited-negative", limited("Retry-After: -5"))
constant("limited-date", limited(lambda: f"Retry-After: {later(40)}"))
constant("limited-past", limited(lambda: f"Retry-After: {later(-4000)}"))
constant("limited-9999", limited("Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"))
constant("limited-long", limited("Retry-After: 99999999999999999999999999999"))
constant("limited-junk", limited("Retry-After: soon"))
constant("busy", limited("Retry-After: 9", status="503 Service Unavailable"))


# Bodies that are valid HTTP.
def body(name, data):
    constant(name, sized(data))


body("empty", b"")
body("html", b"<html><body>Please log in</body></html>")
body("number", b"42")
body("text", b'"drones"')
body("two-values", GOOD + GOOD)
body("nan", b'{"drones": [{"id": "a", "lat": NaN, "lon": -Infinity, "alt": Infinity}]}')
body("bad-utf8", b'{"drones": [{"id": "a", "description": "\xff\xc3("}]}')
body("surrogate", b'{"drones": [{"id": "a", "description": "\\ud800"}]}')
body("nul", b'{"drones": [{"id": "a", "description": "x\\u0000y"}]}')
body("raw-nul", b'{"drones": [{"id": "a\0"}]}')
body("deep", b'{"drones": ' + b"[" * 1000 + b"]" * 1000 + b"}")
body("duplicate", b'{"drones": [{"id": "a", "id": "b"}]}')
body("huge-number", b'{"drones": [{"id": "a", "lat": 1e999, "lon": -1e999}]}')
body("long-integer", b'{"drones": [{"id": "a", "lat": ' + b"1234567890" * 4 + b"}]}")

# Too much.
BOMB = gzip.compress(b" " * GIANT)
constant("gzip", lambda: sized(BOMB, "Content-Encoding: gzip"))
constant("transfer-gzip", lambda: reply(BOMB, "Transfer-Encoding: gzip", version="1.1"))


@case
async def giant_length(writer):
    await put(writer, reply(b"", f"Content-Length: {GIANT}"))
    await for_ever(writer, PIECE)


@case
async def giant_chunked(writer):
    await put(writer, CHUNKED)
    await for_ever(writer, chunk(PIECE))


@case
async def giant_unsized(writer):
    await put(writer, UNSIZED)
    await for_ever(writer, PIECE)


@case
async def header_flood(writer):
    await put(writer, b"HTTP/1.0 200 OK\r\n")
    await for_ever(writer, b"X-Flood: yes\r\n" * 64, 0)


@case
async def header_endless(writer):
    await put(writer, b"HTTP/1.0 200 OK\r\nX-Flood: ")
    await for_ever(writer, b"a" * 4096, 0)


@case
async def continue_flood(writer):
    await for_ever(writer, b"HTTP/1.1 100 Continue\r\n\r\n" * 64, 0)


@case
async def hints_flood(writer):
    await for_ever(writer, b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 64, 0)


# Just below what is refused, and three times as long after repair; and one that is accepted.
constant("heavy", sized(b'{"drones": ["' + b"\xff" * (4000 << 10) + b'"]}'))
constant("full", sized(b'{"drones": ["' + b"x" * (4000 << 10) + b'"]}'))


# Just below what is refused, and never finished: all of it stays in the reader's memory.
@case
async def hoard(writer):
    await put(writer, reply(b" " * (4000 << 10), f"Content-Length: {4 << 20}"))
    await asyncio.sleep(3600)


# Too slow.
@case
async def hang(writer):
    await asyncio.sleep(3600)


@case
async def drip(writer):
    await put(writer, reply(b"", "Content-Length: 100000"))
    await for_ever(writer, b" ", 0.2)


@case
async def drip_head(writer):
    await put(writer, b"HTTP/1.0 200 OK\r\nX: ")
    await for_ever(writer, b"a", 0.2)


@case
async def reset(writer):
    await put(writer, sized(GOOD)[:-10])
    await asyncio.sleep(0.1)
    # Closing with unsent data thrown away makes a RST of the FIN.
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def serve(reader, writer):
    try:
        request = await reader.readuntil(b"\r\n\r\n")
        path = request.split(b" ")[1].decode()
        print(path, file=sys.stderr, flush=True)
        await CASES[path.split("/")[1]](writer)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(CASES))
        return
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    port = server.sockets[0].getsockname()[1]
    print(f"listening on http://127.0.0.1:{port}", flush=True)
    await server.serve_forever()


asyncio.run(main())
