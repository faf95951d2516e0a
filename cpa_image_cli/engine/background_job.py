"""
Runs a job in the background while the main thread watches: shows events, reads keys, and stays interruptible.

The worker is a daemon thread, because a read from a silent gateway cannot be joined; what it left behind is removed
by `Reservation.close`, after which it can write nothing any more. Only the main thread touches the terminal.
"""

import contextlib
import queue
import threading
from collections.abc import Callable

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.events import AttemptStarted, JobEvent, RetryScheduled
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.engine.generation import Generation, job_failed
from cpa_image_cli.engine.ports import Emit, Wait, Watcher
from cpa_image_cli.process.signals import SIGNALS, Stopped, code_of

TICK = 0.1
"""Seconds between two looks at the clock and the keyboard when nothing happens."""


Messages = queue.SimpleQueue[JobEvent | Outcome | BaseException]


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


def watch(
    build: Callable[[Emit], Generation],
    *,
    watcher: Watcher,
    read_key: Callable[[], str | None],
    pause: Pause,
    on_stop: Callable[[], bool],
) -> Outcome:
    """
    Run the generation that *build* makes, given where to send its events; return how it ended.

    *read_key* returns a pressed key or None, at once; it is asked between two attempts only. *on_stop* is called first
    when the run is broken off, by Ctrl-C, SIGTERM or the key ``q``; it must leave nothing the worker could publish, and
    return whether it came too late for that. From the end of the run on, signals are ignored.
    """
    messages: Messages = queue.SimpleQueue()
    worker = _Worker(build(messages.put), messages)
    try:
        SIGNALS.check()
        worker.thread.start()
        return _follow(messages, watcher=watcher, read_key=read_key, pause=pause)
    except (KeyboardInterrupt, Stopped) as stop:
        SIGNALS.ignore()
        # Asked first, and not what the worker says later: that is about its own undoing.
        outcome = worker.generation.interrupted(code_of(stop))
        if on_stop():
            return worker.outcome(watcher)
        watcher.handle(job_failed(outcome))
        return outcome


class _Worker:
    """A generation in a thread of its own, which tells *messages* how it ended, and remembers it."""

    def __init__(self, generation: Generation, messages: Messages) -> None:
        self.generation = generation
        self.thread = threading.Thread(target=self._work, daemon=True)
        self._messages = messages
        self._end: Outcome | BaseException | None = None

    def outcome(self, watcher: Watcher) -> Outcome:
        """Return how it ended, with the picture in place already, after telling *watcher* what it was not told yet."""
        self.thread.join()
        with contextlib.suppress(queue.Empty):
            while not isinstance(message := self._messages.get_nowait(), Outcome | BaseException):
                watcher.handle(message)
        return _unless_bug(self._end)

    def _work(self) -> None:
        try:
            self._end = self.generation.run()
        except BaseException as bug:  # noqa: BLE001 - handed to the main thread, which raises it
            self._end = bug
        self._messages.put(self._end)


def _unless_bug(end: Outcome | BaseException | None) -> Outcome:
    if isinstance(end, Outcome):
        return end
    raise end or RuntimeError("the worker did not end")


def _follow(
    messages: Messages,
    *,
    watcher: Watcher,
    read_key: Callable[[], str | None],
    pause: Pause,
) -> Outcome:
    waiting = False
    while True:
        SIGNALS.check()
        try:
            message = messages.get(timeout=TICK)
        except queue.Empty:
            watcher.tick()
        else:
            if isinstance(message, Outcome | BaseException):
                SIGNALS.ignore()
                return _unless_bug(message)
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
