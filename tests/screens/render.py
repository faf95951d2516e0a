"""
Draws README's pictures of the screens anew, from the program itself: ``python tests/screens/render.py``.

The program's own renderers play what happens here, with a clock that stands still. To add a screen, add a row to
`SCENES`. ``test_screens.py`` holds the files to what is drawn here.
"""

import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from cpa_image_cli.commands.doctor import HINT
from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.findings import Finding
from cpa_image_cli.core.job.events import FrameArrived, JobEvent, RetryScheduled
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.session.states import Session, Stage
from cpa_image_cli.doctor import labels
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from cpa_image_cli.ui import session as between_runs
from cpa_image_cli.ui.console import composed, console_on
from cpa_image_cli.ui.doctor.findings import LiveFindings
from cpa_image_cli.ui.run.live import LiveRenderer
from tests.screens.examples import (
    CONFIGURED,
    ENGLISH,
    EXAMINATION,
    GATEWAY,
    PROMPT,
    STARTED,
    UNDER_WAY,
    USUAL,
    outcome,
    remember,
)
from tests.screens.stage import AT, ENVIRON, Clock, Painter, Screen, as_picture, at_home, drawn, home, program

FOLDER = Path(__file__).parent
COLUMNS = 84


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture: its file's *name*, the *title* of its window, and what plays it in an empty home."""

    name: str
    title: str
    play: Callable[[Path], "Played"]

    def drawn(self) -> str:
        """Return it as an SVG."""
        with home() as folder:
            played = self.play(folder)
            return as_picture(played.output, columns=COLUMNS, title=self.title, shown=played.picture)


@dataclass(frozen=True, slots=True)
class Played:
    """What was written to the terminal, and the picture that was shown on it."""

    output: str
    picture: Path | None = None


class Live:
    """The live view of a run, whose clock is set by its events."""

    def __init__(self, *, rows: int = 16) -> None:
        self.clock, self.screen, self.painter = Clock(), Screen(), Painter(most_rows=rows)
        self.renderer = LiveRenderer(
            console_on(self.screen, ENVIRON),
            ENVIRON,
            clock=self.clock,
            size=lambda: os.terminal_size((COLUMNS, 50)),
            estimate=USUAL,
            painter=self.painter,
            keys=True,
        )

    def hear(self, *events: tuple[float, JobEvent]) -> None:
        for moment, event in events:
            self.clock.moment = moment
            self.renderer.handle(event)

    def at(self, moment: float) -> Played:
        """Return how it looks at *moment*."""
        self.clock.moment = moment
        self.renderer.tick()
        return self._played()

    def concluded(self, outcome: Outcome) -> Played:
        """Return what stays of it after *outcome*."""
        self.renderer.conclude(outcome)
        return self._played()

    def _played(self) -> Played:
        shown = self.painter.shown
        return Played(self.screen.getvalue(), shown[-1] if shown else None)


def watching(folder: Path) -> Played:
    live = Live()
    frame = drawn(folder, PROMPT, width=1536, height=1024, frame=1)
    live.hear(*UNDER_WAY, (31.0, FrameArrived(index=1, of=2, bytes=310_000, path=frame)))
    return live.at(37.0)


def waiting(folder: Path) -> Played:
    del folder
    live = Live()
    said = "Rate limit reached for gpt-image-1: Limit 5, Used 5, Requested 1. Please try again in 12s."
    failure = Failure(code=Code.RATE_LIMITED, message=said, status=429)
    reason = "rate limited; the gateway asked for 12 s"
    retry = RetryScheduled(attempt=1, of=5, reason=reason, failure=failure, wait=12.8, resume_at=16.4)
    live.hear(*UNDER_WAY[:3], (3.6, retry))
    return live.at(8.9)


def finished(folder: Path) -> Played:
    live = Live(rows=20)
    live.hear(UNDER_WAY[0])
    squirrel = folder / "squirrel.png"
    drawn(folder, PROMPT, width=1536, height=1024).rename(squirrel)
    played = live.concluded(outcome(squirrel, prompt=PROMPT, size=(1536, 1024)))
    return Played(at_home(played.output, folder), played.picture)


def failing(folder: Path) -> Played:
    with Sandbox("tools-empty", key="") as gateway:
        environ = {"IMAGE_GEN_BASE_URL": gateway.base_url, "IMAGE_GEN_KEY": ""}
        words = ["generate", "画一只可爱的松鼠", "--retries", "0"]
        said = program(words, folder, columns=COLUMNS, environ=environ)
    # The sandbox numbers its answers by the hour and by chance.
    return Played(re.sub(r"\d{14}-1-[0-9a-f]{8}", f"{AT:%Y%m%d%H%M%S}-1-b40938a6", said))


SENT: dict[str, Any] = {
    "model": "gpt-5.4",
    "options": ImageOptions(size="1536x1024", quality="high"),
    "is_streamed": True,
    "gateway": GATEWAY,
}


def talking(folder: Path) -> Played:
    live = Live(rows=12)
    console = console_on(Screen(), ENVIRON)
    lighthouse = folder / "lighthouse.png"
    drawn(folder, ENGLISH, width=1536, height=1024).rename(lighthouse)
    live.hear((0.0, replace(STARTED, prompt=ENGLISH)))
    ended = live.concluded(outcome(lighthouse, prompt=ENGLISH, size=(1536, 1024)))
    done = Session(stage=Stage.CHOOSING, prompt=ENGLISH, picture=lighthouse)
    parts = (
        composed(console, between_runs.greeting(version="1.0", model="gpt-5.4", gateway=GATEWAY), width=COLUMNS),
        composed(console, between_runs.asked(ENGLISH), width=COLUMNS),
        at_home(ended.output, folder),
        "\n",
        composed(console, between_runs.status(**SENT, width=COLUMNS), width=COLUMNS),
        composed(console, between_runs.menu(done.choices, width=COLUMNS), width=COLUMNS),
    )
    return Played("".join(parts), ended.picture)


def configured(folder: Path) -> Played:
    file = folder / ".config" / "cpa-image" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('format = "webp"\nstream = true\noutput_dir = "~/Pictures/squirrels"\n', encoding="utf-8")
    environ = {**CONFIGURED, "CPA_USER_AGENT": "codex_cli_rs/0.122.0 (Linux; x86_64)"}
    return Played(program(["config", "show"], folder, columns=COLUMNS, environ=environ))


def remembered(folder: Path) -> Played:
    remember(folder)
    return Played(program(["history", "list", "-n", "8"], folder, columns=COLUMNS, environ=CONFIGURED))


def examined(folder: Path) -> Played:
    del folder
    screen, known = Screen(), {label.id: label for label in labels(is_live=False)}
    found = [Finding(label=known[name], verdict=verdict) for name, verdict in EXAMINATION]
    size = os.terminal_size((COLUMNS, 50))
    live = LiveFindings(screen, ENVIRON, [one.label for one in found], clock=Clock(), size=lambda: size)
    for one in found:
        live.handle(one)
    live.conclude(hint=HINT)
    return Played(screen.getvalue())


def summed_up(folder: Path) -> Played:
    remember(folder)
    return Played(program(["history", "stats"], folder, columns=COLUMNS, environ=CONFIGURED))


SCENES = (
    Scene(name="live", title='cpa-image generate "画一只可爱的松鼠，…" --stream --size 1536x1024', play=watching),
    Scene(name="retry", title='cpa-image generate "画一只可爱的松鼠，…" --size 1536x1024', play=waiting),
    Scene(name="card", title='cpa-image generate "画一只可爱的松鼠，…" -o squirrel.png', play=finished),
    Scene(name="error", title='cpa-image generate "画一只可爱的松鼠"', play=failing),
    Scene(name="session", title="cpa-image", play=talking),
    Scene(name="doctor", title="cpa-image doctor", play=examined),
    Scene(name="config", title="cpa-image config show", play=configured),
    Scene(name="history", title="cpa-image history list", play=remembered),
    Scene(name="stats", title="cpa-image history stats", play=summed_up),
)


def main(folder: Path) -> None:
    """Write every screen into *folder*."""
    # Times are shown as they are here.
    os.environ["TZ"] = "UTC"
    time.tzset()
    for scene in SCENES:
        path = folder / f"{scene.name}.svg"
        path.write_text(scene.drawn(), encoding="utf-8")
        sys.stdout.write(f"{path} {path.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
