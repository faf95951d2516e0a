"""
Runs a job in the background while the main thread watches: shows events, reads keys, and stays interruptible.

The worker is a daemon thread, because a read from a silent gateway cannot be joined; what it left behind is removed
by `Reservation.close`, after which it can write nothing any more. Only the main thread touches the terminal. Several
jobs share one inbox, and are stopped together by `stop_all`.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.events import AttemptStarted, JobEvent, OfJob, RetryScheduled, of_job
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.engine.generation import Generation, job_failed
from cpa_image_cli.engine.ports import Emit, Wait
from cpa_image_cli.process.signals import SIGNALS, Stopped, code_of

TICK = 0.1
"""Seconds between two looks at the clock and the keyboard when nothing happens."""


class Pause:
    """
    A wait between two attempts that the main thread can cut short.

    *wait* blocks for so many seconds, or until the event is set; with a clock of their own, tests pass one that does
    not block.
    """

    def __init__(self, clock: Callable[[], float], *, wait: Wait = threading.Event.wait) -> None:
        self._clock = clock
        self._wait = wait
        self._skip = threading.Event()

    def until(self, moment: float) -> None:
        """Block until the clock reads *moment*, or `skip` is called."""
        self._skip.clear()
        self._wait(self._skip, max(0.0, moment - self._clock()))

    def skip(self) -> None:
        """End the wait that is under way, if any."""
        self._skip.set()


class Attended(Protocol):
    """What is carried out in the background; all but what `generation` returns belongs to the main thread."""

    whose: OfJob
    pause: Pause

    def generation(self, emit: Emit) -> Generation:
        """Return what makes the picture and tells *emit* about it."""

    def handle(self, event: JobEvent) -> None:
        """Take note of *event*."""

    def tick(self) -> None:
        """Time passed and nothing happened."""

    def break_off(self) -> bool:
        """Leave nothing that the worker could publish; return whether there is a picture that it will."""

    def kept(self) -> Path | None:
        """Return where a picture was kept that was in hand and could not go where it should."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the worker of *job* has to say: what happened, or how it ended."""

    job: "BackgroundJob"
    said: JobEvent | Outcome | BaseException


Inbox = queue.SimpleQueue[Message]


class BackgroundJob:
    """
    A job in a thread of its own, which tells *inbox* what happens and how it ended, and remembers that.

    *is_waiting* says, as far as messages were taken in, that it is between two attempts.
    """

    def __init__(self, attended: Attended, inbox: Inbox) -> None:
        self.attended = attended
        self.is_waiting = False
        self._inbox = inbox
        self._generation = attended.generation(self._tell)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._end: Outcome | BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def take_in(self, said: JobEvent | Outcome | BaseException) -> Outcome | None:
        """Take note of what the worker *said*; return how it ended if it said so. Raises: what is a bug."""
        if isinstance(said, Outcome | BaseException):
            return _unless_bug(said)
        self.is_waiting = isinstance(said, RetryScheduled) or (self.is_waiting and not isinstance(said, AttemptStarted))
        self.attended.handle(said)
        return None

    def interrupted(self, code: Code) -> Outcome:
        """Return how it ends if *code* breaks it off now."""
        return self._generation.interrupted(code)

    def end(self) -> Outcome:
        """Return how it ended, which it is about to do. Raises: what is a bug."""
        self._thread.join()
        return _unless_bug(self._end)

    def tell_failed(self, outcome: Outcome) -> None:
        """Tell whoever watches that it ended as *outcome* says, which is badly."""
        self.attended.handle(of_job(job_failed(outcome), self.attended.whose))

    def _tell(self, event: JobEvent) -> None:
        self._inbox.put(Message(self, of_job(event, self.attended.whose)))

    def _work(self) -> None:
        try:
            self._end = self._generation.run()
        except BaseException as bug:  # noqa: BLE001 - handed to the main thread, which raises it
            self._end = bug
        self._inbox.put(Message(self, self._end))


def watch(attended: Attended, *, read_key: Callable[[], str | None]) -> Outcome:
    """
    Carry out *attended* and return how it ended.

    *read_key* returns a pressed key or None, at once; it is asked between two attempts only. Ctrl-C, SIGTERM or the key
    ``q`` break the job off. From its end on, signals are ignored.
    """
    inbox: Inbox = queue.SimpleQueue()
    job = BackgroundJob(attended, inbox)
    try:
        SIGNALS.check()
        SIGNALS.outlive_hangup()
        job.start()
        outcome = _followed(job, inbox, read_key)
    except (KeyboardInterrupt, Stopped) as stop:
        SIGNALS.ignore()
        [outcome] = stop_all([job], inbox, code_of(stop))
    return outcome


def stop_all(jobs: Sequence[BackgroundJob], inbox: Inbox, code: Code) -> list[Outcome]:
    """Break off *jobs*, which *code* wants to end; return how each ended, with what came too late for that in place."""
    # Asked first, and not what the workers say later: that is about their own undoing.
    broken_off = [job.interrupted(code) for job in jobs]
    too_late = [job.attended.break_off() for job in jobs]
    ends = [
        job.end() if late else _with_kept(end, job.attended.kept())
        for job, end, late in zip(jobs, broken_off, too_late, strict=True)
    ]
    settled = {id(job) for job, late in zip(jobs, too_late, strict=True) if late}
    for message in _left_in(inbox):
        if id(message.job) in settled:
            message.job.take_in(message.said)
    for job, end in zip(jobs, ends, strict=True):
        if id(job) not in settled:
            job.tell_failed(end)
    return ends


def _with_kept(end: Outcome, path: Path | None) -> Outcome:
    if path is None or end.trouble is None:
        return end
    message = "stopped; the picture was here by then, and nobody had read it"
    return replace(end, trouble=replace(end.trouble, message=message, may_have_billed=False, saved_to=path))


def _left_in(inbox: Inbox) -> list[Message]:
    messages = []
    while not inbox.empty():
        messages.append(inbox.get())
    return messages


def _unless_bug(end: Outcome | BaseException | None) -> Outcome:
    if isinstance(end, Outcome):
        return end
    raise end or RuntimeError("the worker did not end")


def _followed(job: BackgroundJob, inbox: Inbox, read_key: Callable[[], str | None]) -> Outcome:
    while True:
        SIGNALS.check()
        try:
            message = inbox.get(timeout=TICK)
        except queue.Empty:
            job.attended.tick()
        else:
            if isinstance(message.said, Outcome | BaseException):
                SIGNALS.ignore()
            outcome = job.take_in(message.said)
            if outcome is not None:
                return outcome
        if job.is_waiting:
            # At any other time what is typed is meant for the shell that comes after us.
            act_on(read_key(), [job])


def act_on(key: str | None, jobs: Sequence[BackgroundJob]) -> None:
    """Do to *jobs*, which wait, what *key* means. Raises: Stopped."""
    if key == "r":
        for job in jobs:
            job.attended.pause.skip()
    elif key == "q":
        raise Stopped(Code.INTERRUPTED)
