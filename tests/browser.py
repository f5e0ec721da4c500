#!/usr/bin/env python3
"""Open a page in headless Chromium and evaluate JavaScript in it.

browser.py [--size WxH] [--dark] [--screenshot FILE] [--accessibility FILE] PAGE|URL EXPRESSION...

Print the value of each expression as JSON, one per line (promises are awaited), then
{"requests": [...], "complaints": [...]}: all requests of the page that were not blocked, except for
the page itself, and all console messages. Exit status 1 if an expression throws. --accessibility writes
what a screen reader gets, one node a line: role, name, and whether changes are announced.

The DevTools protocol runs through a pipe (--remote-debugging-pipe): no port is opened.
"""
import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage
--remote-debugging-pipe""".split()
SECONDS = 240


class Browser:
    def __init__(self, profile, arguments):
        to_read, self.to = os.pipe()
        self.back, from_write = os.pipe()

        def pass_pipe():  # Chromium reads descriptor 3 and writes descriptor 4
            saved = os.dup(to_read), os.dup(from_write)
            os.dup2(saved[0], 3)
            os.dup2(saved[1], 4)

        self.process = subprocess.Popen(
            ["timeout", str(SECONDS), "chromium", f"--user-data-dir={profile}", *FLAGS, *arguments],
            preexec_fn=pass_pipe, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.unread, self.last, self.session, self.events = b"", 0, None, []

    def receive(self):
        while b"\0" not in self.unread:
            piece = os.read(self.back, 1 << 16)
            if not piece:
                sys.exit("browser.py: Chromium exited")
            self.unread += piece
        message, self.unread = self.unread.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.last += 1
        command = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.to, json.dumps(command).encode() + b"\0")
        while True:
            message = self.receive()
            if message.get("id") == self.last:
                if "error" in message:
                    sys.exit(f"browser.py: {method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True, userGesture=True)
        if "exceptionDetails" in answer:
            print(json.dumps(answer["exceptionDetails"]), file=sys.stderr)
            sys.exit(1)
        return answer["result"].get("value")


def complaint(event):
    """Return the console message, exception or dialog of an event, or None."""
    what, about = event.get("method"), event.get("params", {})
    if what == "Runtime.consoleAPICalled":
        return json.dumps(about["args"])
    if what == "Runtime.exceptionThrown":
        return json.dumps(about["exceptionDetails"])
    if what == "Log.entryAdded":
        return about["entry"]["text"]
    if what == "Page.javascriptDialogOpening":
        return "dialog: " + about["message"]
    return None


def spoken(node):
    """Return role, name and live region of a node of the accessibility tree."""
    live = [p["value"]["value"] for p in node.get("properties", []) if p["name"] == "live"]
    value = node.get("value", {}).get("value", "")
    return " ".join(map(str, filter(None, [node["role"]["value"], node.get("name", {}).get("value"), *live, value])))


def run(options, profile):
    width, height = map(int, options.size.split("x"))
    browser = Browser(profile, [f"--window-size={width},{height}", "about:blank"])
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(domain + ".enable")
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=width < 600)
    scheme = "dark" if options.dark else "light"
    browser.call("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": scheme}])
    url = options.page if "://" in options.page else "file://" + os.path.abspath(options.page)
    browser.call("Page.navigate", url=url)
    browser.wait("Page.loadEventFired")
    for expression in options.expression:
        print(json.dumps(browser.evaluate(expression), ensure_ascii=False), flush=True)
    browser.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    if options.screenshot:
        picture = browser.call("Page.captureScreenshot")["data"]
        with open(options.screenshot, "wb") as file:
            file.write(base64.b64decode(picture))
    if options.accessibility:
        nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
        with open(options.accessibility, "w", encoding="utf-8") as file:
            file.writelines(spoken(node) + "\n" for node in nodes if not node.get("ignored"))
    blocked = {event["params"]["requestId"] for event in browser.events
               if event.get("method") == "Network.loadingFailed" and
               event["params"].get("blockedReason")}
    requests = [event["params"]["request"]["url"] for event in browser.events
                if event.get("method") == "Network.requestWillBeSent" and
                event["params"]["requestId"] not in blocked]
    print(json.dumps({"requests": [r for r in requests if r != url],
                      "complaints": [c for c in map(complaint, browser.events) if c]}))
    browser.session = None
    browser.call("Browser.close")
    browser.process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="1400x860")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--screenshot")
    parser.add_argument("--accessibility")
    parser.add_argument("page")
    parser.add_argument("expression", nargs="*")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        run(parser.parse_args(), profile)


main()
