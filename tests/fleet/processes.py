"""Programs of a fleet, which are started again when they end, and brokers and databases that can be killed."""

import os
import random
import signal
import subprocess
import time


def children(pid):
    """All processes below this one."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            below = [int(child) for child in file.read().split()]
    except OSError:
        return []
    return below + [pid for child in below for pid in children(child)]


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def pid_in(file):
    """The process whose number is on the first line of a file; 0 if it does not run."""
    try:
        with open(file, encoding="ascii") as text:
            pid = int(text.readline())
        os.kill(pid, 0)
        return pid
    except PermissionError:
        return pid
    except (OSError, ValueError):
        return 0


class Program:
    """A command that runs until it is stopped. Its log is NAME.err."""

    def __init__(self, name, command):
        self.name, self.command, self.process = name, command, None
        self.starts = 0

    def keep(self):
        if self.process and self.process.poll() is None:
            return
        if self.process and self.process.returncode >= 0:
            print(f"{self.name} ended by itself: status {self.process.returncode}", flush=True)
        with open(f"{self.name}.err", "ab") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.starts += 1

    def pids(self, role):
        """Its processes of this name: itself, or those that it has started."""
        if not self.process or self.process.poll() is not None:
            return []
        pids = [self.process.pid, *children(self.process.pid)]
        return [pid for pid in pids if name_of(pid) == role]

    def wake(self):
        """Cut a wait between two attempts short."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGHUP)

    def stop(self):
        """Ask it to end, and return whether it does, with status 0."""
        if not self.process or self.process.poll() is not None:
            return True
        self.process.terminate()
        try:
            if self.process.wait(60) != 0:
                return False
            self.process = None
            return True
        except subprocess.TimeoutExpired:
            print(f"{self.name} runs 60 s after SIGTERM", flush=True)
            return False

    def kill(self):
        if self.process and self.process.poll() is None:
            for pid in [self.process.pid, *children(self.process.pid)]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.wait()


class Server:
    """A broker or a database: FOLDER/start starts it and returns when it is ready, or at once; FOLDER/is_up succeeds
    when it is ready. The number of its process is in PID_FILE."""

    def __init__(self, folder, pid_file):
        self.folder, self.pid_file = folder, os.path.join(folder, pid_file)
        self.away_until = 0
        self.started = None

    def pid(self):
        if self.started:
            self.started.poll()  # or it would stay a zombie
        return pid_in(self.pid_file)

    def start(self):
        with open(os.path.join(self.folder, "output"), "ab") as log:
            # pylint: disable-next=consider-using-with
            self.started = subprocess.Popen([os.path.join(self.folder, "start")], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)

    def is_up(self):
        return self.pid() and subprocess.run([os.path.join(self.folder, "is_up")], stdout=subprocess.DEVNULL,
                                             stderr=subprocess.DEVNULL, check=False).returncode == 0

    def may_stop(self):
        """Whether the others of its cluster can do without it, as FOLDER/may_stop finds."""
        return subprocess.run([os.path.join(self.folder, "may_stop")], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    def keep(self):
        """Start it again unless it is to stay away."""
        starting = self.started and self.started.poll() is None
        if not self.pid() and not starting and time.monotonic() >= self.away_until:
            self.start()

    def kill(self, away_s=0.0, number=signal.SIGKILL):
        pid = self.pid()
        if pid:
            os.kill(pid, number)
            wait_until(lambda: not self.pid(), 300, f"{pid} is not dead")
        self.away_until = time.monotonic() + away_s

    def await_up(self, patience_s=900):
        def up():
            self.keep()
            return self.is_up()
        wait_until(up, patience_s, f"{self.folder} does not come up")


def wait_until(condition, patience_s, complaint):
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.02)


def strike(pids):
    """Kill one of these up to 50 ms later. Return whether it was there."""
    if not pids:
        return False
    pid = random.choice(pids)
    try:
        # The number of a process that has ended may be given to another: hold the process itself.
        handle = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        time.sleep(random.uniform(0, 0.05))
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
