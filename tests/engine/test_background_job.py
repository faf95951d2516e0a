"""A run that is watched from the main thread, and broken off at a moment of the test's choice."""

from pathlib import Path

import pytest

from cpa_image_cli.core.errors import Code, CpaImageError
from cpa_image_cli.core.job.events import AttemptStarted, ImageSaved, JobEvent
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.engine.background_job import Pause, watch
from cpa_image_cli.engine.generation import Generation, job_failed
from cpa_image_cli.engine.ports import Emit
from cpa_image_cli.process.signals import Stopped

BEGUN = AttemptStarted(attempt=1, of=5)
SAVED = ImageSaved(path=Path("/a.png"), picture=Picture(format="png", width=1, height=1, bytes=68, sha256="0" * 64))
DONE = Outcome(model="gpt-5.4", requested={}, attempts=1, elapsed_s=1.0, output=Path("/a.png"))
BROKEN_OFF = Outcome(
    model="gpt-5.4",
    requested={},
    attempts=1,
    elapsed_s=0.5,
    trouble=Trouble.of(CpaImageError("stopped", code=Code.TERMINATED)),
)


class Scripted(Generation):
    """Says that it has begun and that the picture is in place, and ends as *end* says."""

    def __init__(self, emit: Emit, end: Outcome | Exception) -> None:
        self._say = emit
        self._end = end

    def run(self) -> Outcome:
        self._say(BEGUN)
        self._say(SAVED)
        if isinstance(self._end, Exception):
            raise self._end
        return self._end

    def interrupted(self, code: Code) -> Outcome:
        assert code is Code.TERMINATED
        return BROKEN_OFF


class Struck:
    """Is struck by SIGTERM while it takes note of the first event."""

    def __init__(self) -> None:
        self.heard: list[JobEvent] = []

    def handle(self, event: JobEvent) -> None:
        self.heard.append(event)
        if len(self.heard) == 1:
            raise Stopped(Code.TERMINATED)

    def tick(self) -> None:
        """Nothing depends on the clock."""


def watched(watcher: Struck, end: Outcome | Exception, *, settled: bool) -> Outcome:
    return watch(
        lambda emit: Scripted(emit, end),
        watcher=watcher,
        read_key=lambda: None,
        pause=Pause(lambda: 0.0),
        on_stop=lambda: settled,
    )


def test_a_stop_that_comes_too_late_changes_nothing_and_all_is_told() -> None:
    watcher = Struck()

    assert watched(watcher, DONE, settled=True) == DONE
    assert watcher.heard == [BEGUN, SAVED]


def test_a_stop_in_time_is_what_the_watcher_hears_last() -> None:
    watcher = Struck()

    assert watched(watcher, DONE, settled=False) == BROKEN_OFF
    assert watcher.heard == [BEGUN, job_failed(BROKEN_OFF)]


def test_a_bug_in_the_background_is_raised_where_it_is_seen() -> None:
    with pytest.raises(ZeroDivisionError):
        watched(Struck(), ZeroDivisionError(), settled=True)
