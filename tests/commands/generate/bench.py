"""A home with pictures in it, and a gateway that remembers what it was sent."""

import base64

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here

SMALL = ("--size", "64x64")


class Bench:
    """A home with pictures in it, and a gateway that remembers what it was sent."""

    def __init__(self, home: Home, sandbox: Sandbox) -> None:
        self.home = home
        self.sandbox = sandbox

    def put(self, name: str, data: bytes) -> str:
        (self.home.wanted / name).write_bytes(data)
        return name

    def run(self, *argv: str, stdin: bytes = b"") -> Ended:
        return run_here(self.home, *argv, base_url=self.sandbox.base_url, stdin=stdin)

    def done(self, *argv: str, stdin: bytes = b"", sized: bool = True) -> Ended:
        ended = self.run(*argv, *(SMALL if sized else ()), "--json", stdin=stdin)
        assert ended.status == 0, ended.stderr
        return ended

    def refused(self, *argv: str, stdin: bytes = b"") -> str:
        """Return why *argv* is refused, before anything is sent or recorded."""
        ended = self.run(*argv, stdin=stdin)
        assert (ended.status, self.sandbox.posts, self.home.runs()) == (2, [], [])
        return ended.stderr

    @property
    def body(self) -> dict[str, object]:
        body = self.sandbox.posts[-1].json
        assert isinstance(body, dict)
        return body

    @property
    def content(self) -> list[dict[str, str]]:
        [message] = self.body["input"]  # type: ignore[misc]
        assert message["role"] == "user"
        parts: list[dict[str, str]] = message["content"]
        return parts

    @property
    def text(self) -> str:
        return self.content[0]["text"]

    @property
    def uploads(self) -> list[bytes]:
        urls = [part["image_url"] for part in self.content[1:]]
        return [base64.b64decode(url.partition(",")[2], validate=True) for url in urls]
