#!/usr/bin/env python3
"""Runs a fleet and kills parts of it at random: shards with a spool, brokers, receivers, databases.

  fleet.py --broker FOLDER=URL --queue NAME --database [FOLDER=]URL --rounds N --role NAME ...

Without --kits, each shard's spool gets lines whose number and keys are known here, and the tables must hold exactly
these at the end: `rows`, and the sum of the points of `sightings`, which would show a row that was counted twice.
With --kits, each shard polls its part; what it kept is compared by tests/crash/conserved.py.

A role is the name of a program, `broker` (killed while it runs), `broker-start` (killed within a second of its start,
or of when it serves clients), `upgrade` (all brokers are restarted, one after the other), `database`, or `partition`. Fails if anything is left in a spool, in a queue, or in
QUEUE.bad, or if a program ends by itself with an error."""

import argparse
import collections
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

from processes import Program, Server, strike, wait_until

BUCKET_S = 300

# More segments need not wait in a spool while a broker is away.
BACKLOG_MAX = 200


def folder_and_url(text):
    folder, _, url = text.partition("=") if "=" in text.split("://", maxsplit=1)[0] else ("", "", text)
    return folder, url


class Feeder:
    """Writes segments of drone records into the spools of the shards, until it is stopped."""

    def __init__(self, spools, pause_s):
        self.spools, self.pause_s = spools, pause_s
        self.emitted = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def segment(self, number):
        """One segment. A drone is seen once a second at most, by seven kits, in a few buckets."""
        lines = []
        for _ in range(random.randint(1, 40)):
            at = len(self.emitted)
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1790000000 + at // 91 % (4 * BUCKET_S)))
            key = (f"kit-{at % 7}", stamp, f"d{at // 7 % 13}-{at // (91 * 4 * BUCKET_S)}")
            self.emitted.append(key)
            lines.append(json.dumps({"type": "drone", "kit_id": key[0], "time": stamp, "drone_id": key[2],
                                     "lat": 1.5, "lon": 2.5}))
        spool = self.spools[number % len(self.spools)]
        name = f"{time.time_ns() // 1000:016d}-{number:08x}"
        with open(f"{spool}/tmp/{name}", "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        os.rename(f"{spool}/tmp/{name}", f"{spool}/new/{name}")

    def run(self):
        number = 0
        while not self.stopping.wait(self.pause_s):
            number += 1
            if len(os.listdir(f"{self.spools[0]}/new")) < BACKLOG_MAX:
                self.segment(number)

    def stop(self):
        self.stopping.set()
        self.thread.join()


class Fleet:
    def __init__(self, options):
        self.options = options
        brokers = [folder_and_url(text) for text in options.broker]
        databases = [folder_and_url(text) for text in options.database]
        self.urls = [url for _, url in brokers]
        self.database_urls = [url for _, url in databases]
        self.brokers = [Server(folder, "pid") for folder, _ in brokers]
        self.databases = [Server(folder, "data/postmaster.pid") for folder, _ in databases if folder]
        self.queues = ["--queue", options.queue]
        if len(databases) > 1:
            self.queues += ["--queues", str(len(databases))]
        self.spools = [f"shard.{n}/spool" for n in range(1, options.shards + 1)]
        self.sources = [Program(f"drain.{n}", self.drain_command(spool))
                        for n, spool in enumerate(self.spools, 1)]
        self.pollers = [Program(f"poll.{n}", ["wd-poll", "-c", options.kits, "--shard", f"{n}/{options.shards}",
                                              "--poll-interval", "0.5", "--status-interval", "2",
                                              "--rate-limit", "0", "--spool", spool])
                        for n, spool in enumerate(self.spools, 1) if options.kits]
        self.receivers = [Program(f"recv.{n}", self.receive_command(n)) for n in range(options.receivers)]
        self.kills = collections.Counter()
        self.away_s = itertools.cycle(options.away or [0])
        for spool in self.spools:
            os.makedirs(f"{spool}/tmp", exist_ok=True)
            os.makedirs(f"{spool}/new", exist_ok=True)

    def drain_command(self, spool):
        folder = os.path.dirname(spool)
        send = ["wd-send", *self.queues, *self.urls]
        if len(self.database_urls) > 1:
            send[1:1] = ["--route", "kit_id"]
        stages = "exec " + " ".join(send)
        if self.options.kits:
            stages = "wd-normalize | " + stages
        return ["wd-drain", "--keep", f"{folder}/kept", "--state", f"{folder}/state", spool, "--", "sh", "-c", stages]

    def receive_command(self, n):
        count = len(self.database_urls)
        queue = self.options.queue + (f".{n % count + 1}" if count > 1 else "")
        # Each prefers another node of the cluster.
        turn = n % len(self.urls)
        return ["wd-recv", "--queue", queue, "--release", str(self.options.release),
                *self.urls[turn:], *self.urls[:turn], "--",
                "wd-store", "--acknowledge", self.database_urls[n % count]]

    def programs(self):
        return self.pollers + self.sources + self.receivers

    def keep(self):
        for part in self.brokers + self.databases + self.programs():
            part.keep()

    # --- rounds

    def strike_program(self, role):
        def hit():
            self.keep()
            return strike([pid for program in self.programs() for pid in program.pids(role)])
        wait_until(hit, 300, f"no {role} to kill")
        self.keep()
        self.wake()

    def wake(self):
        for program in self.sources + self.receivers:
            program.wake()

    def await_passing(self):
        """Wait until the brokers are up and take what the shards send.

        RabbitMQ 3.10.8 needs a majority: of three nodes of which two end at about the same time, two can wait for the
        third, and it for them ("Waiting for Mnesia tables")."""
        for broker in self.brokers:
            broker.await_up()
        kept = self.kept()
        self.wake()
        wait_until(lambda: (self.keep(), self.kept() > kept)[1], 120, "nothing is sent")

    def strike_broker(self, at_start):
        """Kill a broker while it works; or within a second of its start, or of when it serves clients."""
        broker = random.choice(self.brokers)
        self.await_passing()
        time.sleep(random.uniform(0, 1))
        broker.kill()
        broker.start()
        if not at_start:
            return
        wait_until(broker.pid, 60, "the broker has no process")
        if random.random() < 0.5:
            broker.await_up()
            self.wake()
        time.sleep(random.uniform(0, 1))
        broker.kill()

    def upgrade(self):
        """Restart the brokers one after the other, each when the cluster can do without it."""
        for broker in self.brokers:
            self.await_passing()
            wait_until(lambda server=broker: (self.keep(), server.may_stop())[1], 300, f"{broker.folder} may not stop")
            broker.kill(number=signal.SIGTERM)

    def strike_database(self):
        """Kill a database that is not away. Return whether there was one."""
        present = [database for database in self.databases if time.monotonic() >= database.away_until]
        if not present:
            return False
        database = random.choice(present)
        database.await_up()
        database.kill(next(self.away_s))
        return True

    def cut_off(self):
        """Separate one broker from the other nodes for a while; every second time also from its clients."""
        self.await_passing()
        number = str(random.randrange(len(self.brokers)) + 1)
        cut = ["cut", "cut-nodes"][self.kills["partition"] % 2]
        subprocess.run([self.options.partition, cut, number], check=True)
        self.pause(self.options.cut)
        subprocess.run([self.options.partition, "join", number], check=True)

    def pause(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.keep()
            time.sleep(0.1)

    def end_outages(self):
        """Wait until every server that was to stay away is up again."""
        servers = self.brokers + self.databases
        self.pause(max(server.away_until for server in servers) - time.monotonic())
        for server in servers:
            server.await_up()

    def round(self):
        role = random.choice(self.options.role)
        if role in ("broker", "broker-start"):
            self.strike_broker(role == "broker-start")
        elif role == "database":
            if not self.strike_database():
                return
        elif role in ("partition", "upgrade"):
            {"partition": self.cut_off, "upgrade": self.upgrade}[role]()
        else:
            self.strike_program(role)
        self.kills[role] += 1

    # --- the end

    def waiting(self):
        """What is on its way: the number of segments in spools."""
        return sum(len(files) for spool in self.spools for part in ("tmp", "new")
                   for _, _, files in os.walk(f"{spool}/{part}"))

    def kept(self):
        """The number of segments that were sent."""
        return sum(len(files) for spool in self.spools for _, _, files in os.walk(f"{os.path.dirname(spool)}/kept"))

    def queued(self):
        """The number of messages in the queues, and of those that were set aside. None: no broker answers."""
        check = subprocess.run(["wd-recv", "--check", *self.queues, *self.urls], stderr=subprocess.PIPE, text=True,
                               check=False)
        if check.returncode != 0:
            return None
        counts = [(word, int(line.rpartition("messages=")[2].split()[0])) for line in check.stderr.splitlines()
                  if "messages=" in line for word in line.split() if word.startswith("queue=")]
        return (sum(count for queue, count in counts if not queue.endswith(".bad")),
                sum(count for queue, count in counts if queue.endswith(".bad")))

    def finish(self):
        """Let everything arrive, then stop. Return what is wrong."""
        wrong = []
        for poller in self.pollers:
            if not poller.stop():
                wrong.append(f"{poller.name}: status {poller.process.returncode}")
        for poller in self.pollers:
            subprocess.run([*poller.command, "--once"], check=False, stderr=subprocess.DEVNULL)
        self.pollers = []
        wait_until(lambda: (self.keep(), not self.waiting())[1], 600, f"{self.waiting()} segments are not sent")
        for _ in range(200):
            self.pause(3)
            for receiver in self.receivers:
                if not receiver.stop():
                    wrong.append(f"{receiver.name}: status {receiver.process.returncode}")
            # What they give back is counted a moment later.
            queued = [(time.sleep(1), self.queued())[1] for _ in range(3)]
            if all(counts and counts[0] == 0 for counts in queued):
                break
            self.keep()
        else:
            wrong.append("messages stay in the queue")
        if any(counts and counts[1] for counts in queued):
            wrong.append("messages were set aside")
        for source in self.sources:
            if not source.stop():
                wrong.append(f"{source.name}: status {source.process.returncode}")
        return wrong

    def kill(self):
        for program in self.programs():
            program.kill()


def select(url, sql):
    command = ["psql", "-qAtX", "-F", "\t", "-d", url, "-c", sql] if url.startswith("postgresql") else \
        ["sqlite3", "-batch", "-separator", "\t", url.removeprefix("sqlite:"), sql]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def compare(urls, emitted):
    """What differs between the lines that were emitted and the tables."""
    zulu = "to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')" if urls[0].startswith("postgresql") \
        else "substr(time, 1, 19) || 'Z'"
    rows = [tuple(row.split("\t")) for url in urls for row in select(url, f"SELECT kit_id, {zulu}, drone_id FROM drones")]
    points = sum(int(n) for url in urls for n in select(url, "SELECT coalesce(sum(points), 0) FROM sightings"))
    stored = collections.Counter(rows)
    lost = set(emitted) - set(stored)
    print(f"emitted={len(emitted)} rows={len(rows)} lost={len(lost)} "
          f"duplicated={len(rows) - len(stored)} unknown={len(set(stored) - set(emitted))} points={points}")
    return [] if sorted(rows) == sorted(emitted) and points == len(emitted) else [f"rows differ: {sorted(lost)[:3]}"]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", action="append", required=True)
    parser.add_argument("--database", action="append", required=True)
    parser.add_argument("--queue", default="fleet")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--receivers", type=int, default=2)
    parser.add_argument("--kits")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--role", action="append", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--away", type=float, action="append",
                        help="seconds that a killed database stays away; several are used in turn")
    parser.add_argument("--cut", type=float, default=10, help="seconds that a partition lasts")
    parser.add_argument("--partition", help="a command that is given `cut N`, `cut-nodes N`, `join N`")
    parser.add_argument("--release", type=float, default=600)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two segments")
    return parser.parse_args()


def main():
    options = arguments()
    random.seed(options.seed)
    fleet = Fleet(options)
    feeder = Feeder(fleet.spools, options.pause)
    try:
        for server in fleet.brokers + fleet.databases:
            server.await_up()
        if not options.kits:
            feeder.thread.start()
        fleet.keep()
        for number in range(options.rounds):
            fleet.round()
            if (number + 1) % 50 == 0:
                print(f"rounds={number + 1} {dict(fleet.kills)}", flush=True)
        fleet.end_outages()
        if not options.kits:
            feeder.stop()
        wrong = fleet.finish()
    finally:
        feeder.stopping.set()
        fleet.kill()
    print(" ".join(f"{role}={count}" for role, count in sorted(fleet.kills.items())))
    if not options.kits:
        wrong += compare(fleet.database_urls, feeder.emitted)
    for what in wrong:
        print(what)
    return 1 if wrong else 0


sys.exit(main())
