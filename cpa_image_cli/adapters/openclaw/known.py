"""What may be known of OpenClaw's provider: plain values, which cost nothing where there is no OpenClaw."""

from pathlib import Path
from typing import Generic, TypeVar

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.gateway.headers import Header
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.secret import Secret

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A value that is named but cannot be had; *variable* is the one that would give it, if there is one."""

    reason: str
    variable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Located(Generic[T]):
    """A value and the file it stands in."""

    value: T
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClaw:
    """
    What OpenClaw knows of its provider ``otcbot``; None is what it does not know.

    *model_note* says which references were passed over for *model*. *headers* and *header_notes* belong to the base
    URL, and matter only when that is used.
    """

    base_url: Located[str | Unresolved] | None = None
    api_key: Located[Secret | Unresolved] | None = None
    model: Located[str] | None = None
    model_note: str = ""
    headers: tuple[Header, ...] = ()
    header_notes: tuple[Notice, ...] = ()
    notes: tuple[Notice, ...] = ()
    files: tuple[Path, ...] = ()
