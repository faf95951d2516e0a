"""A user with a past: runs recorded at known times, and the program called in process to look at them."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cpa_image_cli import app
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.run import NewRun
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.process.surroundings import Directories, Surroundings

NOW = datetime(2026, 5, 9, 12, 0, tzinfo=UTC)
PICTURE = Picture(format="png", width=1024, height=1536, bytes=1_234_567, sha256="ab" * 32)
BUSY = Trouble(code=Code.RATE_LIMITED, message="too many requests", hint="wait a little", status=429)


class Terminal(io.StringIO):
    """A terminal as far as anybody asks; 80 columns wide, since it does not say."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    out: str
    err: str


@dataclass(slots=True)
class Past:
    """Runs recorded in *folder*, where all of the user's files are. *chance* gives the random part of ids."""

    folder: Path
    chance: Iterator[float] = field(default_factory=lambda: iter([0.5] * 1000))

    @property
    def history(self) -> History:
        return History(self.folder / "history.sqlite3", draw=lambda: next(self.chance))

    def begun(self, prompt: str, *, ago: timedelta = timedelta(), **changes: object) -> str:
        """Record that this very process began a run, and has not ended it; return its id."""
        known: dict[str, object] = {
            "model": "gpt-5.4",
            "gateway": "https://gateway.example/v1",
            "parameters": {"output_format": "png", "stream": False},
        }
        return self.history.begin(NewRun(prompt=prompt, started_at=NOW - ago, **(known | changes)))  # type: ignore[arg-type]

    def ended(self, prompt: str, outcome: Outcome, *, ago: timedelta = timedelta(), **changes: object) -> str:
        """Record a run that began *ago* before now and ended in *outcome*; return its id."""
        identity = self.begun(prompt, ago=ago, **changes)
        end = NOW - ago + timedelta(seconds=outcome.elapsed_s)
        self.history.finish(identity, outcome, at=end, timings={"request_sent": 0.1, "attempt": outcome.elapsed_s})
        return identity

    def drew(self, prompt: str, *, name: str = "a.png", ago: timedelta = timedelta(), **changes: object) -> str:
        """Record a run that left a picture called *name*, which is there; return its id."""
        (self.folder / name).write_bytes(b"")
        return self.ended(prompt, done(self.folder / name), ago=ago, **changes)

    def failed(self, prompt: str, *, ago: timedelta = timedelta(), **changes: object) -> str:
        """Record a run that met a rate limit; return its id."""
        outcome = Outcome(model="gpt-5.4", requested={}, attempts=5, elapsed_s=99.5, trouble=BUSY)
        return self.ended(prompt, outcome, ago=ago, **changes)

    def surroundings(self, **changes: object) -> Surroundings:
        directories = Directories(config=self.folder, data=self.folder, cache=self.folder, pictures=self.folder)
        plain = Surroundings(
            environ={},
            stdin=io.StringIO(),
            stdout=io.StringIO(),
            stderr=io.StringIO(),
            home=self.folder,
            working_directory=self.folder,
            directories=lambda: directories,
            now=lambda: NOW,
            draw=lambda: 0.5,
        )
        return replace(plain, **changes)  # type: ignore[arg-type]

    def says(self, *words: str, environ: Mapping[str, str] | None = None, **changes: object) -> Said:
        """Call ``cpa-image history`` with *words*; *changes* are to its surroundings."""
        around = self.surroundings(environ=environ or {}, **changes)
        status = app.run(["history", *words], around)
        assert isinstance(around.stdout, io.StringIO)
        assert isinstance(around.stderr, io.StringIO)
        return Said(status, around.stdout.getvalue(), around.stderr.getvalue())


def done(output: Path | None, *, seconds: float = 41.6, **changes: object) -> Outcome:
    known: dict[str, object] = {
        "model": "gpt-5.4",
        "requested": {"format": "png"},
        "attempts": 1,
        "elapsed_s": seconds,
        "output": output,
        "picture": PICTURE,
        "usage": {"total_tokens": 1121},
    }
    return Outcome(**(known | changes))  # type: ignore[arg-type]
