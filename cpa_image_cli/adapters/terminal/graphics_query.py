"""
Asks the terminal how it draws pictures, and gives back every byte that was not an answer.

All questions go out in one write and end with ``CSI c``, which every terminal answers and answers last, so that a
terminal that knows none of the others costs one round trip, not the timeout. To ask something more, add it to
`QUESTIONS` and its reply to `core.terminal.replies`.
"""

import os
import select
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.terminal.graphics import (
    NO_GRAPHICS,
    QUERY_ID,
    Answers,
    Graphics,
    choose,
    inside_tmux,
    is_multiplexer,
    may_be_asked,
    summarise,
    through_tmux,
)
from cpa_image_cli.core.terminal.replies import CellSize, CursorPosition, DeviceAttributes, Reply, ReplyReader

KITTY_QUESTION = f"\x1b_Gi={QUERY_ID},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
"""Whether one black pixel can be loaded (kitty's graphics protocol, "Querying support")."""

OTHER_QUESTIONS = "\x1b[>q" + "\x1b[16t" + "\x1b[14t" + "\x1b[?1;1;0S" + "\x1b[c"

QUESTIONS = KITTY_QUESTION + OTHER_QUESTIONS

TIMEOUT = 0.15
TIMEOUT_OVER_SSH = 0.5
"""Seconds to wait for a terminal that says nothing."""

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """
    How to draw, the bytes that a person *typed* meanwhile, and whether answers may still be on their way.

    Whoever reads keys starts with *typed*; whoever reads none calls `give_back`.
    """

    graphics: Graphics
    typed: bytes = b""
    unanswered: bool = False


def detect(
    environ: Mapping[str, str],
    *,
    reads: TextIO,
    writes: TextIO,
    clock: Clock = time.monotonic,
    timeout: float | None = None,
) -> Detection:
    """
    Return how to draw on *writes*, whose terminal answers on *reads*.

    Nothing is asked unless both are terminals, we are in the foreground and nobody has typed ahead.
    *timeout* is in seconds.
    """
    if not writes.isatty():
        return Detection(graphics=NO_GRAPHICS)
    known = _cell_size(writes)
    if not (reads.isatty() and may_be_asked(environ) and _in_foreground(reads)):
        return Detection(graphics=choose(environ, Answers(), cell=known))
    wait = timeout if timeout is not None else _patience(environ)
    with without_echo(reads):
        if _waiting(reads, 0):
            # Somebody typed ahead: asking now would mix answers into it, and the shell should get it untouched.
            return Detection(graphics=choose(environ, Answers(), cell=known))
        return _asked(environ, Conversation(reads=reads, writes=writes, clock=clock, wait=wait), known)


def _asked(environ: Mapping[str, str], conversation: "Conversation", known: CellSize | None) -> Detection:
    # tmux and screen take the Kitty question for a window title.
    answers = summarise(conversation.ask(OTHER_QUESTIONS if is_multiplexer(environ) else QUESTIONS))
    outer = None
    if inside_tmux(environ) and not conversation.unanswered:
        # tmux answered for itself. Silence now means that it does not let us through to the terminal that draws.
        outer = summarise(conversation.ask(through_tmux(QUESTIONS)))
    cell = answers.cell or _derived(answers, conversation.writes) or known
    return Detection(
        graphics=choose(environ, answers, outer=outer, cell=cell),
        typed=conversation.reader.flush(),
        unanswered=conversation.unanswered,
    )


class Conversation:
    """One terminal, asked and listened to; remembers what was typed in between."""

    def __init__(self, *, reads: TextIO, writes: TextIO, clock: Clock, wait: float) -> None:
        self.reads = reads
        self.writes = writes
        self.reader = ReplyReader()
        self.unanswered = False
        self._clock = clock
        self._wait = wait

    def ask(self, questions: str) -> list[Reply]:
        """Return what the terminal answers to *questions*, until its device attributes or for the wait."""
        self.writes.write(questions)
        self.writes.flush()
        replies: list[Reply] = []
        deadline = self._clock() + self._wait
        while (left := deadline - self._clock()) > 0 and _waiting(self.reads, left):
            data = os.read(self.reads.fileno(), 4096)
            replies += self.reader.receive(data)
            # Nothing to read is how a terminal says that it is gone.
            if not data or any(isinstance(reply, DeviceAttributes) for reply in replies):
                self.unanswered = False
                return replies
        self.unanswered = True
        return replies


def width_of(
    text: str, environ: Mapping[str, str], *, reads: TextIO, writes: TextIO, clock: Clock = time.monotonic
) -> tuple[int | None, bytes]:
    """
    Return how many columns *text* takes at the beginning of a line, and the bytes that were typed meanwhile.

    None if the terminal does not tell. The line is left empty.
    """
    if not (writes.isatty() and reads.isatty() and may_be_asked(environ) and _in_foreground(reads)):
        return None, b""
    with without_echo(reads):
        if _waiting(reads, 0):
            return None, b""
        conversation = Conversation(reads=reads, writes=writes, clock=clock, wait=_patience(environ))
        replies = conversation.ask(f"\r{text}\x1b[6n\x1b[c")
    writes.write("\r\x1b[K")
    writes.flush()
    columns = [reply.column - 1 for reply in replies if isinstance(reply, CursorPosition)]
    typed = conversation.reader.flush()
    late = late_replies(Detection(graphics=NO_GRAPHICS, unanswered=conversation.unanswered), reads=reads)
    return columns[-1] if columns else None, typed + late


def late_replies(detection: Detection, *, reads: TextIO, timeout: float = TIMEOUT) -> bytes:
    """Swallow answers that came too late, so that a shell does not find them; return what was typed."""
    if not detection.unanswered:
        return b""
    reader = ReplyReader()
    with without_echo(reads):
        while _waiting(reads, timeout):
            data = os.read(reads.fileno(), 4096)
            if not data or any(isinstance(reply, DeviceAttributes) for reply in reader.receive(data)):
                break
    return reader.flush()


def give_back(reads: TextIO, typed: bytes) -> bytes:
    """Push *typed* back into the terminal's input; return what the system did not take (Linux from 6.2)."""
    import fcntl
    import termios

    for position in range(len(typed)):
        try:
            fcntl.ioctl(reads.fileno(), termios.TIOCSTI, typed[position : position + 1])
        except OSError:
            return typed[position:]
    return b""


@contextmanager
def without_echo(reads: TextIO) -> Iterator[None]:
    """Read *reads* byte by byte and unseen; Ctrl-C still works. Nothing in the queue is thrown away."""
    import termios

    descriptor = reads.fileno()
    before = termios.tcgetattr(descriptor)
    quiet = termios.tcgetattr(descriptor)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    quiet[6] = list(quiet[6])
    quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        # A terminal that was closed meanwhile has no mode any more.
        with suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, before)


def _patience(environ: Mapping[str, str]) -> float:
    return TIMEOUT_OVER_SSH if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY") else TIMEOUT


def _waiting(reads: TextIO, wait: float) -> bool:
    return bool(select.select([reads.fileno()], [], [], wait)[0])


def _in_foreground(reads: TextIO) -> bool:
    """Whether we may change the terminal's mode: a background job that does is stopped by SIGTTOU."""
    try:
        import termios  # noqa: F401 - not on Windows, where nothing is asked
    except ImportError:
        return False
    try:
        return os.tcgetpgrp(reads.fileno()) == os.getpgrp()
    except OSError:
        # Not our controlling terminal, so job control does not concern us.
        return True


def _window(writes: TextIO) -> tuple[int, int, int, int]:
    """Return rows, columns, and the size in pixels as far as the system knows it; zeros where not."""
    try:
        import fcntl
        import struct
        import termios

        rows, columns, width, height = struct.unpack("HHHH", fcntl.ioctl(writes.fileno(), termios.TIOCGWINSZ, bytes(8)))
    except (ImportError, OSError):
        return 0, 0, 0, 0
    return rows, columns, width, height


def _cell_size(writes: TextIO) -> CellSize | None:
    rows, columns, width, height = _window(writes)
    if min(rows, columns, width, height) == 0:
        return None
    return _plausible(width // columns, height // rows)


def _derived(answers: Answers, writes: TextIO) -> CellSize | None:
    rows, columns, _, _ = _window(writes)
    if answers.area is None or min(rows, columns) == 0:
        return None
    return _plausible(answers.area.width // columns, answers.area.height // rows)


def _plausible(width: int, height: int) -> CellSize | None:
    return CellSize(width, height) if width and height else None
