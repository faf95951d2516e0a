"""
Decides what Ctrl-C and SIGTERM do: the first breaks off what is under way, and nothing disturbs how that then ends.

SIGHUP, which says that the terminal is gone, ends what has cost nothing yet, as it always did. Once a picture is being
made it is only noted (`outlive_hangup`): nobody looks on any more, and what was paid for goes on to its end.

A process has one handler per signal, so there is one `SIGNALS`, and whoever waits says whether to raise (`heed`), not
to (`ignore`), or to keep what comes for the next look (`noting`). Until `listen` is called nothing is changed, so that
tests in this process keep their own Ctrl-C.
"""

import contextlib
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator

from cpa_image_cli.core.errors import Code, CpaImageError

IMPATIENCE = 0.5
"""Seconds after which another signal does not wait for an ending any more: something hangs, and somebody wants out."""

_CODES = {signal.SIGINT: Code.INTERRUPTED, signal.SIGTERM: Code.TERMINATED}


class Stopped(BaseException):
    """A person or the system wants the run to end; *code* says which."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.word)
        self.code = code


def code_of(stop: BaseException) -> Code:
    """Return the code of *stop*, a KeyboardInterrupt or a `Stopped`."""
    return stop.code if isinstance(stop, Stopped) else Code.INTERRUPTED


def stopped_unsent(code: Code = Code.INTERRUPTED) -> CpaImageError:
    """Return what is said of a stop that came before anything was under way."""
    return CpaImageError("stopped; nothing had been sent", code=code)


@contextlib.contextmanager
def unsent_stops() -> Iterator[None]:
    """Turn a stop that comes before anything is under way into the error that says so."""
    try:
        yield
    except (KeyboardInterrupt, Stopped) as stop:
        raise stopped_unsent(code_of(stop)) from None


class Signals:
    """Raises KeyboardInterrupt or `Stopped` in the main thread, once. *clock* is monotonic, in seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heeded = True
        self._raised: Code | None = None
        self._ending_since = 0.0
        self._listens = False
        self.hung_up = False
        self._noted: deque[Code] | None = None

    def listen(self) -> None:
        """Take over Ctrl-C and SIGTERM, but for what whoever started us wants ignored (``nohup``, ``&``)."""
        self._listens = True
        for number in _CODES:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._act)

    def outlive_hangup(self) -> None:
        """Only note from now on that the terminal is gone: in `hung_up`."""
        hangup = getattr(signal, "SIGHUP", None)
        if hangup is not None and self._listens and signal.getsignal(hangup) is not signal.SIG_IGN:
            signal.signal(hangup, self._hang_up)

    def heed(self) -> None:
        """Let the next signal raise again."""
        self._heeded, self._raised = True, None

    def ignore(self) -> None:
        """Let no signal raise from now on: it is ending already."""
        self._raised = None
        if self._heeded:
            self._heeded, self._ending_since = False, self._clock()

    def check(self) -> None:
        """Raise for a signal that came before, if nobody caught that: Python drops what a finaliser raises."""
        if self._raised is not None:
            raise Stopped(self._raised)

    def _hang_up(self, number: int, frame: object) -> None:
        del number, frame
        self.hung_up = True

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """Raise nothing meanwhile: what comes is kept for `noted`. It must be asked every now and then."""
        before, self._noted = self._noted, deque()
        try:
            yield
        finally:
            self._noted = before

    def noted(self) -> Code | None:
        """Return the first signal that came and was not returned yet. For whoever must not be torn out of anything."""
        return self._noted.popleft() if self._noted else None

    def _act(self, number: int, frame: object) -> None:
        del frame
        code = _CODES[signal.Signals(number)]
        if not self._heeded:
            if self._clock() - self._ending_since > IMPATIENCE:
                os._exit(int(code.exit_status))
            return
        if self._noted is not None:
            self.note(code)
            return
        self.ignore()
        self._raised = code
        raise KeyboardInterrupt if code is Code.INTERRUPTED else Stopped(code)

    def note(self, code: Code) -> None:
        """Keep *code* for `noted`, as if that signal had come."""
        noted = self._noted
        assert noted is not None  # noqa: S101 - asked by the caller
        if noted and self._clock() - self._ending_since > IMPATIENCE:
            os._exit(int(code.exit_status))
        if not noted:
            self._ending_since = self._clock()
        noted.append(code)


SIGNALS = Signals()
"""Of this process."""
