"""Decides how a person is asked on a terminal that cannot move its cursor, such as a shell inside an editor."""

from typing import TextIO

from cpa_image_cli.adapters.terminal.asking import Asked, Chosen, Message, flush
from cpa_image_cli.core.terminal.keys import ENTER, Interrupted, Left, Pressed, Typed, as_key
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

    def key(self, message: Message) -> Chosen:
        """Show *message* and wait for a line."""
        answer = self._line(lambda: f"{message()}: ", "")
        return Pressed(as_key(answer.text) or ENTER) if isinstance(answer, Typed) else answer

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
