"""Runs a command line in this process, with a clock whose waits pass at once and are remembered."""

import io
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cpa_image_cli.app import run
from cpa_image_cli.process.surroundings import Surroundings
from tests.faults.home import Home


@dataclass(slots=True)
class Clock:
    """Stands still, but for the waits it is asked for; *on_wait* is called with each."""

    moment: float = 1000.0
    waits: list[float] = field(default_factory=list)
    on_wait: Callable[[float], object] = lambda _: None

    def __call__(self) -> float:
        return self.moment

    def now(self) -> datetime:
        """Return the wall-clock time that goes with it."""
        return datetime.fromtimestamp(1_790_000_000 + self.moment, UTC)

    def wait(self, skipped: threading.Event, seconds: float) -> None:
        del skipped
        self.waits.append(seconds)
        self.moment += seconds
        self.on_wait(seconds)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, what it wrote, and how long it was asked to wait, in seconds."""

    status: int
    stdout: bytes
    stderr: str
    waits: tuple[float, ...] = ()

    @property
    def object(self) -> Any:  # noqa: ANN401 - JSON
        """Return what ``--json`` printed, which must be the only line of standard output."""
        [line] = self.stdout.split(b"\n")[:-1]
        return json.loads(line)

    @property
    def code(self) -> str | None:
        """Return the code word in the ``--json`` object; None when there is a picture."""
        return self.object.get("error", {}).get("code")


def run_here(
    home: Home,
    *argv: str,
    base_url: str | None = None,
    stdin: bytes = b"",
    clock: Clock | None = None,
    **environ: str | None,
) -> Ended:
    """Run ``cpa-image`` with *argv* in *home*, against the gateway at *base_url*; *environ* may take variables away."""
    clock = clock or Clock()
    stdout, stderr = io.BytesIO(), io.BytesIO()
    variables = {**home.environ(base_url), **environ}
    around = Surroundings(
        environ={name: value for name, value in variables.items() if value is not None},
        stdin=io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"),
        stdout=io.TextIOWrapper(stdout, encoding="utf-8", write_through=True),
        stderr=io.TextIOWrapper(stderr, encoding="utf-8", write_through=True),
        home=home.root,
        working_directory=home.wanted,
        directories=lambda: home.directories,
        clock=clock,
        now=clock.now,
        wait=clock.wait,
        draw=lambda: 0.0,
    )
    status = run(list(argv), around)
    return Ended(status, stdout.getvalue(), stderr.getvalue().decode(), tuple(clock.waits))
