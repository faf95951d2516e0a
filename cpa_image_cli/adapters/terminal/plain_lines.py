"""Decides how a person is asked on a terminal that cannot move its cursor, such as a shell inside an editor."""

from typing import TextIO

from cpa_image_cli.adapters.terminal.asking import Answered, Asked, Message, Picked, Rows, flush
from cpa_image_cli.core.terminal.keys import ENTER, Chosen, Escaped, Interrupted, Left, Pressed, Typed, as_key
from cpa_image_cli.core.text import clean


class Lines:
    """Reads whole lines; a key is a line of one letter, Enter an empty one."""

    def __init__(self, *, reads: TextIO, writes: TextIO) -> None:
        self._reads = reads
        self._writes = writes

    def prompt(self, message: Message, *, draft: str = "") -> Asked:
        """Let a prompt be typed; an empty line is *draft*."""
        return self._line(message, draft)

    def file_name(self, message: Message, *, draft: str = "") -> Asked:
        """Let the name of a file be typed; an empty line is *draft*."""
        return self._line(message, draft)

    def key(self, message: Message) -> Answered:
        """Show *message* and wait for a line."""
        answer = self._line(lambda: f"{message()}: ", "")
        return Pressed(as_key(answer.text) or ENTER) if isinstance(answer, Typed) else answer

    def row(self, shown: Rows, count: int, *, keys: str) -> Picked:
        """Let the number of a row be typed, counted from 1, with a key before it; an empty line is the first."""
        answer = self._line(lambda: f"{shown(0)}\n1-{count}: ", "1")
        if not isinstance(answer, Typed):
            return answer
        key, _, number = answer.text.strip().rpartition(" ")
        is_one = number.isdecimal() and 1 <= int(number) <= count and (not key or as_key(key) in keys)
        return Chosen(int(number) - 1, as_key(key) or ENTER) if is_one else Escaped()

    def discard_typed(self) -> None:
        """Forget what was typed before anything was asked."""
        flush(self._reads)

    def _line(self, message: Message, draft: str) -> Asked:
        self._writes.write(message() + (f"[{clean(draft)}] " if draft else ""))
        self._writes.flush()
        try:
            line = self._reads.readline()
        except KeyboardInterrupt:
            self._writes.write("\n")
            return Interrupted()
        if not line:
            self._writes.write("\n")
            return Left()
        return Typed(line.strip() or draft)
