"""A headless Chromium driven over the DevTools protocol, with the standard library alone.

    with Browser() as browser:
        page = browser.open("file:///…")
        page.press("n")
        page.value("document.title")

Everything the page tells on its own is kept in `page.events`: console messages, dialogs, requests, errors.
"""

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def program():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class WebSocket:
    """A client's end of RFC 6455, for text messages on loopback."""

    def __init__(self, host, port, path, seconds=60):
        self.socket = socket.create_connection((host, port), timeout=seconds)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self._receive()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode(errors="replace"))

    def _receive(self):
        octets = self.socket.recv(1 << 16)
        if not octets:
            raise ConnectionError("the browser closed the connection")
        return octets

    def _take(self, count):
        while len(self.rest) < count:
            self.rest += self._receive()
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def send(self, text):
        octets = text.encode()
        mask = os.urandom(4)
        if len(octets) < 126:
            head = struct.pack("!BB", 0x81, 0x80 | len(octets))
        elif len(octets) < 1 << 16:
            head = struct.pack("!BBH", 0x81, 0xFE, len(octets))
        else:
            head = struct.pack("!BBQ", 0x81, 0xFF, len(octets))
        self.socket.sendall(head + mask + bytes(o ^ mask[i % 4] for i, o in enumerate(octets)))

    def receive(self):
        message = b""
        while True:
            first, second = self._take(2)
            count = second & 0x7F
            if count == 126:
                count = struct.unpack("!H", self._take(2))[0]
            elif count == 127:
                count = struct.unpack("!Q", self._take(8))[0]
            payload = self._take(count)
            if first & 0x0F == 8:
                raise ConnectionError("the browser ended the connection")
            if first & 0x0F in (0, 1, 2):
                message += payload
                if first & 0x80:
                    return message.decode()

    def close(self):
        self.socket.close()


# The keys that are not a character: name → (code, number).
NAMED = {
    "ArrowRight": 39, "ArrowLeft": 37, "ArrowUp": 38, "ArrowDown": 40, "Home": 36, "End": 35, "Escape": 27,
    "Enter": 13, "Tab": 9, "PageUp": 33, "PageDown": 34,
}


class Page:
    def __init__(self, connection):
        self.connection = connection
        self.number = 0
        self.events = []

    def call(self, method, **parameters):
        self.number += 1
        number = self.number
        self.connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.connection.receive())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._keep(message)

    def _keep(self, message):
        self.events.append(message)
        if message.get("method") == "Page.javascriptDialogOpening":
            # An open dialog would stop everything; it is kept and closed.
            self.number += 1
            self.connection.send(
                json.dumps({"id": self.number, "method": "Page.handleJavaScriptDialog", "params": {"accept": False}})
            )

    def go(self, address):
        self.events.append({"method": "going", "params": {"url": address}})
        self.call("Page.navigate", url=address)
        end = time.monotonic() + 60
        while self.value("document.readyState") != "complete":
            if time.monotonic() > end:
                raise TimeoutError(address)
            time.sleep(0.02)

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def press(self, key, modifiers=0):
        code = NAMED.get(key)
        parameters = {"key": key, "modifiers": modifiers}
        if code:
            parameters.update(windowsVirtualKeyCode=code, code=key)
            if key == "Enter":
                parameters["text"] = "\r"
        else:
            parameters["text"] = key
        self.call("Input.dispatchKeyEvent", type="keyDown", **parameters)
        parameters.pop("text", None)
        self.call("Input.dispatchKeyEvent", type="keyUp", **parameters)

    def look(self, width, height, dark=False, media="", calm=True):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        features.append({"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"})
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def picture(self, path, whole=False):
        parameters = {"captureBeyondViewport": True} if whole else {}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            parameters["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", **parameters)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def print(self, path):
        data = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))


class Browser:
    """One Chromium with a profile of its own, gone with everything it made when the block ends."""

    def __enter__(self):
        path = program()
        if path is None:
            raise FileNotFoundError("there is no chromium; install the package 'chromium'")
        self.folder = tempfile.mkdtemp(prefix="ehlo-browser-")
        arguments = [
            path, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-extensions", "--disable-background-networking", "--disable-dev-shm-usage",
            "--disable-component-update", "--disable-ipc-flooding-protection",
            "--remote-debugging-port=0", f"--user-data-dir={self.folder}", "about:blank",
        ]
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.port, self.path = self._address()
        return self

    def _address(self):
        # The browser writes where it listens into its profile.
        file = os.path.join(self.folder, "DevToolsActivePort")
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"chromium ended with {self.process.returncode}")
            try:
                with open(file, encoding="ascii") as lines:
                    port, path = lines.read().splitlines()[:2]
                    return int(port), path
            except (FileNotFoundError, ValueError):
                time.sleep(0.05)
        raise TimeoutError("chromium did not say where it listens")

    def open(self, address="about:blank", scripts=True):
        control = Page(WebSocket("127.0.0.1", self.port, self.path))
        target = control.call("Target.createTarget", url="about:blank")["targetId"]
        control.connection.close()
        page = Page(WebSocket("127.0.0.1", self.port, f"/devtools/page/{target}"))
        for domain in ("Page", "Runtime", "Log", "Network", "Security"):
            page.call(f"{domain}.enable")
        if not scripts:
            page.call("Emulation.setScriptExecutionDisabled", value=True)
        # Whatever the policy of the page stops is told by an event of the document.
        page.call(
            "Page.addScriptToEvaluateOnNewDocument",
            source="window.__stopped = []; document.addEventListener('securitypolicyviolation', (event) =>"
            " window.__stopped.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));",
        )
        page.look(1280, 800)
        page.go(address)
        return page

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
