"""
A headless Chromium that tests drive over a pipe of its own (the DevTools protocol), without a driver package.

Nothing waits for a fixed time: what a test waits for is an expression that becomes true in the page.
"""

import itertools
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from tests.required import lacking

PATIENCE = 60.0
"""Seconds, on a machine that is busy with other things."""

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
KEYS = {"Enter": ("\r", 13), "Escape": ("", 27), "ArrowRight": ("", 39), "ArrowLeft": ("", 37), "ArrowDown": ("", 40)}


class Browser:
    """One page in a browser with a profile of its own in *folder*; *said* holds every event it told."""

    def __init__(self, folder: Path) -> None:
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if program is None:
            lacking("no Chromium is installed")
        self.said: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self._buffer = b""
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        flags = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--hide-scrollbars")
        # The browser speaks on descriptors 3 and 4.
        script = f'exec 3<&{theirs_in} 4>&{theirs_out}; exec "$@"'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", program, *flags, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._session: str | None = None

    def __enter__(self) -> Self:
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def call(self, method: str, **parameters: object) -> Any:  # noqa: ANN401 - JSON
        """Return what the browser answers to *method*."""
        number = next(self._numbers)
        message: dict[str, object] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == number:
                assert "error" not in told, told["error"]
                return told["result"]
            self.said.append(told)

    def open(self, url: str) -> None:
        """Go to *url*, and wait until it is loaded."""
        self.call("Page.navigate", url=url)
        self.becomes("document.readyState === 'complete' && document.URL !== 'about:blank'")

    def value(self, expression: str) -> Any:  # noqa: ANN401 - JSON
        """Return what *expression* is in the page."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def becomes(self, expression: str) -> None:
        """Wait until *expression* is true in the page."""
        deadline = time.monotonic() + PATIENCE
        while not self.value(expression):
            assert time.monotonic() < deadline, f"never true: {expression}"

    def press(self, key: str) -> None:
        """Press *key*, a character or one of `KEYS`."""
        text, code = KEYS.get(key, (key, ord(key[0]) if len(key) == 1 else 0))
        common = {"key": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def types(self, text: str) -> None:
        """Type *text* into what has the focus, as an input method does."""
        self.call("Input.insertText", text=text)

    def told(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of every event *method* so far."""
        self.value("1")
        return [event["params"] for event in self.said if event.get("method") == method]

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, "the browser does not answer"
            piece = os.read(self._in, 1 << 16)
            assert piece, "the browser is gone"
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(line))
