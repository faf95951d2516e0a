"""
Runs a job in the background while the main thread watches: shows events, reads keys, and stays interruptible.

The worker is a daemon thread, because a read from a silent gateway cannot be joined; what it left behind is removed
by `Reservation.close`, after which it can write nothing any more. Only the main thread touches the terminal.
"""

import contextlib
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job_events import AttemptStarted, JobEvent, RetryScheduled
from cpa_image_cli.core.outcome import Outcome
from cpa_image_cli.generate import Generation, job_failed

TICK = 0.1
"""Seconds between two looks at the clock and the keyboard when nothing happens."""


Messages = queue.SimpleQueue[JobEvent | Outcome | BaseException]


class Stopped(BaseException):
    """A person or the system wants the run to end; *code* says which."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.word)
        self.code = code


class Watcher(Protocol):
    """Whoever is told what happens; called in the main thread only."""

    def handle(self, event: JobEvent) -> None:
        """Take note of *event*."""

    def tick(self) -> None:
        """Time passed and nothing happened."""


class Pause:
    """
    A wait between two attempts that the main thread can cut short.

    *wait* blocks for so many seconds, or until the event is set; with a clock of their own, tests pass one that does
    not block.
    """

    def __init__(
        self, clock: Callable[[], float], *, wait: Callable[[threading.Event, float], object] = threading.Event.wait
    ) -> None:
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


def watch(
    build: Callable[[Callable[[JobEvent], None]], Generation],
    *,
    watcher: Watcher,
    read_key: Callable[[], str | None],
    pause: Pause,
    on_stop: Callable[[], None],
) -> Outcome:
    """
    Run the generation that *build* makes, given where to send its events; return how it ended.

    *read_key* returns a pressed key or None, at once; it is asked between two attempts only. *on_stop* is called first
    when the run is broken off, by Ctrl-C, SIGTERM or the key ``q``; it must leave nothing the worker could publish.
    """
    messages: Messages = queue.SimpleQueue()
    generation = build(messages.put)
    try:
        threading.Thread(target=_work, args=(generation, messages), daemon=True).start()
        return _follow(messages, watcher=watcher, read_key=read_key, pause=pause)
    except (KeyboardInterrupt, Stopped) as stop:
        on_stop()
        # What the worker still says is about its own undoing; nobody needs to hear it.
        outcome = generation.interrupted(stop.code if isinstance(stop, Stopped) else Code.INTERRUPTED)
        watcher.handle(job_failed(outcome))
        return outcome


def _work(generation: Generation, messages: Messages) -> None:
    try:
        messages.put(generation.run())
    except BaseException as bug:  # noqa: BLE001 - handed to the main thread, which raises it
        messages.put(bug)


def _follow(
    messages: Messages,
    *,
    watcher: Watcher,
    read_key: Callable[[], str | None],
    pause: Pause,
) -> Outcome:
    waiting = False
    while True:
        try:
            message = messages.get(timeout=TICK)
        except queue.Empty:
            watcher.tick()
        else:
            if isinstance(message, Outcome):
                return message
            if isinstance(message, BaseException):
                raise message
            watcher.handle(message)
            waiting = isinstance(message, RetryScheduled) or (waiting and not isinstance(message, AttemptStarted))
        if waiting:
            # At any other time what is typed is meant for the shell that comes after us.
            _act_on(read_key(), pause)


def _act_on(key: str | None, pause: Pause) -> None:
    if key == "r":
        pause.skip()
    elif key == "q":
        raise Stopped(Code.INTERRUPTED)


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM end what is done here as cleanly as Ctrl-C does, by raising `Stopped` in the main thread."""

    def stop(number: int, frame: object) -> None:
        del number, frame
        raise Stopped(Code.TERMINATED)

    before: Callable[..., object] | int | None = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
