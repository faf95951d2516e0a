"""
What making a picture needs of the world, handed in by whoever starts it; each is asked for as a Protocol.

`Gateway` and `Place` are what an attempt works with, `Viewer` is whoever looks on: a screen, lines, an agent, nobody.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cpa_image_cli.adapters.output.blob_file import BlobFile
from cpa_image_cli.adapters.output.targets import IfExists
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Failure
from cpa_image_cli.core.gateway.calls import Post
from cpa_image_cli.core.gateway.proxies import Proxy
from cpa_image_cli.core.job import cool_down
from cpa_image_cli.core.job.events import JobEvent
from cpa_image_cli.core.job.retry import GiveUp, Retry
from cpa_image_cli.core.pictures.picture import Picture

Emit = Callable[[JobEvent], None]

Wait = Callable[[threading.Event, float], object]
"""Blocks for so many seconds, or until the event is set."""


class Reply(Protocol):
    """An answer that has begun: *headers* in lower case, and its bytes, once; *proxy* is the one it came through."""

    status: int
    headers: dict[str, str]
    proxy: Proxy | None

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes as they arrive."""

    def expire_in(self, seconds: float) -> None:
        """Give the rest at most *seconds* from now."""


class Gateway(Protocol):
    """Sends one request at a time; `abort` may come from another thread."""

    def post(
        self, request: Post, *, on_sent: Callable[[], None], on_progress: Callable[[int], None]
    ) -> AbstractContextManager[Reply]:
        """Send *request*, telling how many bytes have left and that all have; the reply begins with its headers."""

    def fetch(self, url: str, *, beside: str, timeout: float) -> AbstractContextManager[Iterator[bytes]]:
        """Fetch what lies at *url*, the address of a picture that the gateway at *beside* named."""

    def abort(self) -> None:
        """Break off what is under way."""


class Place(Protocol):
    """Room for one picture: it is written aside, and published or kept once it is whole."""

    settled: bool
    kept_at: Path | None
    names_it: bool
    if_exists: IfExists

    @property
    def destination(self) -> Path | None:
        """Return the first name the picture may get; None if it goes to no file of its own."""

    def open_blob(self) -> BlobFile:
        """Return a new temporary file."""

    def publish(self, blob: BlobFile, *, format: str) -> Path | None:  # noqa: A002 - the word of `Picture`
        """Give *blob* its final name."""

    def publish_beside(self, blob: BlobFile, published: Path | None, *, format: str) -> Path:  # noqa: A002 - as above
        """Save *blob* beside the picture that was made of it."""

    def publish_further(self, blob: BlobFile, *, format: str) -> Path:  # noqa: A002 - as above
        """Save *blob*, a further picture of the same answer, beside the first."""

    def keep(self, blob: BlobFile, *, format: str) -> Path:  # noqa: A002 - the word of `Picture`
        """Save *blob* where what cannot be published is kept."""

    def keep_aside(self, blob: BlobFile, *, kind: str) -> Path:
        """Save *blob*, which is no sound picture, where such things are kept."""

    def close(self) -> None:
        """Let nothing be published any more."""

    def close_unless_held(self) -> bool:
        """Close, unless a picture is in place already, or in hand and can have its name; return whether one is."""


class Watcher(Protocol):
    """Whoever is told what happens; called in the main thread only."""

    def handle(self, event: JobEvent) -> None:
        """Take note of *event*."""

    def tick(self) -> None:
        """Time passed and nothing happened."""


class Viewer(Watcher, Protocol):
    """A watcher in front of whom it all happens. *shows_frames* says that preview frames are looked at."""

    shows_frames: bool

    def read_key(self) -> str | None:
        """Return a key that was pressed, or None, at once."""

    def close(self) -> None:
        """Leave the terminal as it was found: what follows is the end."""


class Journal(Protocol):
    """Writes down how far a job is, before each thing happens; so what a killed process leaves is the truth."""

    def sending(self) -> None:
        """Note that a request is about to leave. Raises: CpaImageError when it must not."""

    def sent(self) -> None:
        """Note that the whole request has left."""

    def refused(self) -> None:
        """Note that no picture can come of what was sent."""

    def in_hand(self, path: Path, picture: Picture) -> None:
        """Note that *picture*, whole and verified, lies at *path*."""


class Turn(Protocol):
    """When an attempt may begin."""

    def take(self) -> None:
        """Wait until an attempt may begin. Raises: CpaImageError when none may any more."""

    def give_back(self, failure: Failure | None) -> None:
        """Say that the attempt ended in *failure*, or well."""


class AtOnce:
    """For a job that is alone."""

    def take(self) -> None:
        """Wait for nothing."""

    def give_back(self, failure: Failure | None) -> None:
        """Do nothing."""


class CoolDown(Protocol):
    """Keeps all jobs to a limit that one of them met."""

    def turn(self, mine: cool_down.Turn | None = None) -> cool_down.Turn | None:
        """Return when the job may leave; None if it may at once. *mine* is the turn it has waited for."""

    def met(self, failure: Failure, verdict: Retry | GiveUp) -> None:
        """Let the others know of *failure*, if it is theirs as well, and of what was decided."""


class NoCoolDown:
    """For a job that nobody shares a gateway with."""

    def turn(self, mine: cool_down.Turn | None = None) -> None:
        """Hold nobody back."""

    def met(self, failure: Failure, verdict: Retry | GiveUp) -> None:
        """Do nothing."""


class NoJournal:
    """For a job that nobody has to find again."""

    def sending(self) -> None:
        """Do nothing."""

    def sent(self) -> None:
        """Do nothing."""

    def refused(self) -> None:
        """Do nothing."""

    def in_hand(self, path: Path, picture: Picture) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """
    What an attempt needs of the world.

    *clock* is monotonic, in seconds; *now* is the aware wall-clock time, for ``Retry-After`` dates. *nonce* gives a
    text no server can guess. *keep_frames* says that somebody looks at preview frames. *journal* is told before things
    happen, *turn* asked before each attempt.
    """

    gateway: Gateway
    reservation: Place
    verify: Callable[..., Picture]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    nonce: Callable[[], str]
    keep_frames: bool = False
    journal: Journal = field(default_factory=NoJournal)
    cool_down: CoolDown = field(default_factory=NoCoolDown)
    turn: Turn = field(default_factory=AtOnce)
