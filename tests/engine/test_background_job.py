"""A run that is watched from the main thread, and broken off at a moment of the test's choice."""

import queue
from dataclasses import replace
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import Code, CpaImageError
from cpa_image_cli.core.job.events import AttemptStarted, ImageSaved, JobEvent, OfJob
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.engine.background_job import BackgroundJob, Inbox, Pause, stop_all, watch
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
    """A job that ends as *end* says; whoever watches it is struck by SIGTERM over the first event."""

    def __init__(self, end: Outcome | Exception, *, settled: bool) -> None:
        self.heard: list[JobEvent] = []
        self.whose = OfJob(job=7)
        self.pause = Pause(lambda: 0.0)
        self._end = end
        self._settled = settled

    def generation(self, emit: Emit) -> Generation:
        return Scripted(emit, self._end)

    def kept(self) -> Path | None:
        return None

    def break_off(self) -> bool:
        return self._settled

    def handle(self, event: JobEvent) -> None:
        self.heard.append(event)
        if len(self.heard) == 1:
            raise Stopped(Code.TERMINATED)

    def tick(self) -> None:
        """Nothing depends on the clock."""


def watched(struck: Struck) -> Outcome:
    return watch(struck, read_key=lambda: None)


def test_a_stop_that_comes_too_late_changes_nothing_and_all_is_told() -> None:
    struck = Struck(DONE, settled=True)

    assert watched(struck) == DONE
    assert struck.heard == [replace(BEGUN, job=7), replace(SAVED, job=7)]


def test_a_stop_in_time_is_what_the_watcher_hears_last() -> None:
    struck = Struck(DONE, settled=False)

    assert watched(struck) == BROKEN_OFF
    assert struck.heard == [replace(BEGUN, job=7), replace(job_failed(BROKEN_OFF), job=7)]


def test_a_bug_in_the_background_is_raised_where_it_is_seen() -> None:
    with pytest.raises(ZeroDivisionError):
        watched(Struck(ZeroDivisionError(), settled=True))


def test_a_stop_reaches_every_job_and_what_came_too_late_for_it_is_told_to_its_end() -> None:
    inbox: Inbox = queue.SimpleQueue()
    made, broken = Struck(DONE, settled=True), Struck(DONE, settled=False)
    made.heard.append(BEGUN)
    broken.heard.append(BEGUN)
    jobs = [BackgroundJob(made, inbox), BackgroundJob(broken, inbox)]
    jobs[0].start()

    ends = stop_all(jobs, inbox, Code.TERMINATED)

    assert ends == [DONE, BROKEN_OFF]
    assert made.heard[1:] == [replace(BEGUN, job=7), replace(SAVED, job=7)]
    assert broken.heard[1:] == [replace(job_failed(BROKEN_OFF), job=7)]
