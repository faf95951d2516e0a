"""
The case under examination: what was asked, and the steps that checks share.

A step is an attribute to call. Steps may call steps; each is done once. What each does is written in ``wiring``.
"""

import shutil
import socket
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path

from cpa_image_cli.adapters.config_file import ConfigFile
from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.adapters.gateway.network_probe import Handshake, Resolver
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Failure
from cpa_image_cli.core.gateway.proxies import Proxy
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.core.terminal.graphics import Graphics
from cpa_image_cli.doctor.facts import Heard, Reached, Target, Witnessed
from cpa_image_cli.doctor.steps import Step
from cpa_image_cli.process.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalFacts:
    """
    The terminal, as far as it was asked. *colours* is Rich's name of its colour system, None for none.

    *chinese_width* is how many columns one Chinese character took; None when the terminal did not tell.
    """

    graphics: Graphics
    colours: str | None
    chinese_width: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A shell's completion script: *state* is ``absent``, ``current``, ``outdated``, ``foreign``, or what is wrong."""

    shell: str
    path: Path
    state: str


PATIENCE = 5.0
"""Seconds for each step below HTTP; a connection that needs longer is no pleasure."""


def _free_space(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    What is to be examined, and the world in which.

    *flags* are those of the command line that settings come from. *terminal* is None when output goes elsewhere.
    *completion* is None for a shell that we have no script for. *program* is the
    interpreter's path, which tells one installation from another. *patience* is in seconds, for a name or a connection.
    *temporary* is a folder for the picture that is thrown away, None for the system's.
    """

    around: Surroundings
    program: Path
    flags: Mapping[str, object] = field(default_factory=dict)
    terminal: TerminalFacts | None = None
    completion: Completion | None = None
    free_space: Callable[[Path], int] = _free_space
    resolve: Resolver = socket.getaddrinfo
    patience: float = PATIENCE
    temporary: Path | None = None


class Examination:
    """
    A question and what was found out about it so far; `close` may come from another thread at any time.

    *has_sent* says that a request which costs money may have left this machine.
    """

    file: Step[ConfigFile]
    settings: Step[Settings]
    base_url: Step[str]
    key: Step[Secret | None]
    gateway: Step[Gateway]
    proxy: Step[Proxy | None]
    target: Step[Target]
    addresses: Step[tuple[tuple[str, ...], bool]]
    reached: Step[Reached]
    tls: Step[Handshake | None]
    health: Step[tuple[Heard, ...]]
    models: Step[Heard]
    responses: Step[Heard]
    listing: Step[tuple[str, ...]]
    ready: Step[Failure | None]
    generation: Step[Witnessed]

    def __init__(self, question: Question) -> None:
        self.question = question
        self.around = question.around
        self.has_sent = False
        self._clean_up: list[Callable[[], None]] = []

    def at_close(self, clean_up: Callable[[], None]) -> None:
        """Have *clean_up* called by `close`."""
        self._clean_up.append(clean_up)

    def close(self) -> None:
        """Undo what steps left behind, whether they are done or not."""
        while self._clean_up:
            self._clean_up.pop()()
