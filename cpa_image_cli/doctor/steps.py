"""Decides how a step is shared by checks that run side by side, and how its failure reaches them."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from cpa_image_cli.core.findings import Verdict

T = TypeVar("T")


class Obstacle(Exception):  # noqa: N818 - says what it is
    """A step cannot be done. The check with the id *check* reports *verdict*; others that meet it are skipped."""

    def __init__(self, check: str, verdict: Verdict) -> None:
        super().__init__(verdict.found)
        self.check = check
        self.verdict = verdict


class Step(Generic[T]):
    """Something that is done once, by whoever needs it first, while the others wait; so is running into an obstacle."""

    def __init__(self, do: Callable[[], T]) -> None:
        self._do = do
        self._lock = threading.Lock()
        self._done: list[T] = []
        self._obstacle: Obstacle | None = None

    def __call__(self) -> T:
        """Return what the step gave. Raises: Obstacle."""
        with self._lock:
            if self._obstacle is None and not self._done:
                try:
                    self._done.append(self._do())
                except Obstacle as obstacle:
                    self._obstacle = obstacle
            if self._obstacle is not None:
                # A new one each time: two threads must not grow one traceback.
                raise Obstacle(self._obstacle.check, self._obstacle.verdict)
            return self._done[0]
