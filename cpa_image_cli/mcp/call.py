"""One call of a tool while it lasts: what was asked, whether somebody still waits, and what they are told meanwhile."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

Report = Callable[[float, float | None, str], None]
"""Tells who waits: seconds that have passed, seconds it takes in all if that is known, and words."""


class Call:
    """
    A call with *arguments* from the client called *client*.

    *report* is None where nobody wants to hear of progress. `give_up` may come from any thread: it ends the waiting
    and not what is waited for.
    """

    def __init__(self, arguments: Mapping[str, Any], *, client: str = "", report: Report | None = None) -> None:
        self.arguments = arguments
        self.client = client
        self._report = report
        self._given_up = threading.Event()

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits any more."""
        return self._given_up.is_set()

    def give_up(self) -> None:
        """Wait no longer."""
        self._given_up.set()

    def pause(self, seconds: float) -> None:
        """Let *seconds* pass, unless nobody waits any more."""
        self._given_up.wait(seconds)

    def report(self, elapsed: float, expected: float | None, words: str) -> None:
        """Tell who waits how it stands."""
        if self._report is not None and not self.is_given_up:
            self._report(elapsed, expected, words)
