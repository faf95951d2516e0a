"""
Decides what a picture that is to be sent may be called, and what is said of it in the text of the request.

A name means, in this order: standard input (``-``), a run of history (``last``, ``last~2``), an ``https`` address, a
file that is there, a file with its role before it (``style=ref.png``), and at last the id of a run. Where the bytes
come from and whether they are a picture is decided in ``adapters/pictures/inputs``.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from enum import Enum

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, UsageError
from cpa_image_cli.core.ledger.reference import LAST
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.text import one_line
from cpa_image_cli.core.wire.body import Source

MOST = 16
"""Pictures of one request: as many as the images API takes for an edit."""

MIB = 1024 * 1024
LARGEST_FILE = 50 * MIB
MAX_UPLOAD = 64
"""MiB of a request's body, unless `--max-upload` says otherwise."""

MAX_EDGE = 4096
"""Pixels of the longer edge, unless `--max-edge` says otherwise; what is larger is scaled."""

TOLD_FROM = 8 * MIB
"""Bytes of a request whose size is told before it is sent."""

STANDARD_INPUT = "-"

_SAME_SHAPE = 0.01

_LONGEST_NAME = 60
_LONGEST_PATH = 4096
_LONGEST_ROLE = 60
_ROLE = re.compile(rf"([^=/\\\n]{{1,{_LONGEST_ROLE}}})=(.+)", re.DOTALL)
_RUN = re.compile(LAST + r"(~\d{1,9})?", re.IGNORECASE)
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{4,8}", re.IGNORECASE)
"""At least half of an id: a word that is shorter is rather the name of a file that is not there."""

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_QUERY = re.compile(r"[?#].*", re.DOTALL)
_USER = re.compile(r"//[^/@]*@")


class Origin(Enum):
    """Where the bytes of a picture come from."""

    FILE = "file"
    STDIN = "standard input"
    RUN = "run"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What is done to a picture before it is sent; a *max_edge* of None leaves it as large as it is."""

    max_edge: int | None = MAX_EDGE
    keep_metadata: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """
    How pictures are treated that somebody wants sent.

    *max_upload* is in MiB of the request's body. *with_history* sends along what was asked for before. *digests* are
    those that the pictures had when they were sent before, for a run that repeats another.
    """

    preparation: Preparation = field(default_factory=Preparation)
    max_upload: int = MAX_UPLOAD
    invert_mask: bool = False
    keep_outside: bool = False
    mask_as_picture: bool = False
    with_history: bool = False
    digests: tuple[str, ...] = ()

    def refuse_contradictions(self, names: Sequence[str], mask: str | None) -> None:
        """Refuse what cannot be done with pictures called *names* and the *mask*. Raises: UsageError."""
        if mask is not None and not names:
            raise UsageError("--mask belongs to a picture, and none was named")
        given = {
            "--invert-mask": self.invert_mask,
            "--keep-outside": self.keep_outside,
            "--mask-as-picture": self.mask_as_picture,
        }
        alone = [name for name, is_given in given.items() if is_given and mask is None]
        if alone:
            raise UsageError(f"{alone[0]} needs a --mask")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPicture:
    """A picture as somebody named it: *name* is a path, a reference to a run, or an address; *role* what it is for."""

    origin: Origin
    name: str
    role: str | None = None

    @property
    def shown(self) -> str:
        """Return how it is called in what a person reads: an address without what may be a secret in it."""
        if self.origin is Origin.STDIN:
            return "standard input"
        if self.origin is Origin.RUN:
            return f"the picture of {self.name}"
        name = self.name
        if self.origin is Origin.ADDRESS:
            name = _USER.sub("//", _QUERY.sub("", name))
        # The end of a path says more than its beginning.
        name = one_line(name, limit=_LONGEST_PATH)
        return name if len(name) <= _LONGEST_NAME else f"…{name[-_LONGEST_NAME:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """
    What history keeps of a picture that was sent: enough to show a chain, and to send the same again.

    *name* is how it was named, *path* where the file lay, if it was one; *sha256* is the digest of its own bytes, not
    of what was sent. *run* is the id of the run that had made it.
    """

    name: str
    origin: Origin
    sha256: str
    role: str | None = None
    path: str | None = None
    run: str | None = None

    def of(self, sha256: str) -> "Parent":
        """Return the same with the digest of its bytes, which have been read by now."""
        return replace(self, sha256=sha256)

    def as_json(self) -> dict[str, str]:
        """Return what is recorded, without what is not known."""
        known = {"name": self.name, "origin": self.origin.value, "sha256": self.sha256}
        maybe = {"role": self.role, "path": self.path, "run": self.run}
        return known | {name: value for name, value in maybe.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPicture:
    """
    A picture that may be sent: *content* is what goes over the wire, *width* and *height* are its pixels.

    *notices* say what was done to it, and what a person should know. One that is *derived* was made of another input.
    """

    shown: str
    format: str
    width: int
    height: int
    content: Source
    parent: Parent
    notices: tuple[Notice, ...] = ()
    derived: bool = False

    @property
    def role(self) -> str | None:
        """Return what it is for, if somebody said so."""
        return self.parent.role

    @property
    def media_type(self) -> str:
        """Return what stands in its data URL, as the bytes say and not the name."""
        return f"image/{self.format}"


def named(text: str, *, is_file: Callable[[str], bool]) -> NamedPicture:
    """
    Return what *text* names; *is_file* says whether something lies at a path.

    Raises: UsageError for what can name no picture.
    """
    if not text.strip() or "\0" in text:
        raise bad_picture("the name of a picture is empty" if not text.strip() else "a picture's name holds a NUL")
    whole = _without_role(text)
    if whole is not None:
        return whole
    if is_file(text):
        return NamedPicture(origin=Origin.FILE, name=text)
    split = _ROLE.fullmatch(text)
    if split is None:
        return _by_id_or_path(text)
    role, rest = one_line(split[1]), split[2]
    inner = _without_role(rest) or (
        NamedPicture(origin=Origin.FILE, name=rest) if is_file(rest) else _by_id_or_path(rest)
    )
    return NamedPicture(origin=inner.origin, name=inner.name, role=role or None)


def _without_role(text: str) -> NamedPicture | None:
    """Return what *text* names if its first characters leave no doubt."""
    if text == STANDARD_INPUT:
        return NamedPicture(origin=Origin.STDIN, name=text)
    if _RUN.fullmatch(text):
        return NamedPicture(origin=Origin.RUN, name=text.lower())
    if not _ADDRESS.match(text):
        return None
    if text[:8].lower() != "https://":
        raise bad_picture(
            "a picture is fetched over https only",
            hint="Download it yourself and name the file, if you trust where it comes from.",
        )
    return NamedPicture(origin=Origin.ADDRESS, name=text)


def _by_id_or_path(text: str) -> NamedPicture:
    origin = Origin.RUN if _ID.fullmatch(text) else Origin.FILE
    return NamedPicture(origin=origin, name=text)


def all_named(texts: Sequence[str], *, is_file: Callable[[str], bool]) -> tuple[NamedPicture, ...]:
    """
    Return what each of *texts* names.

    Raises: UsageError, also for more than a request takes and for standard input that is named twice.
    """
    if len(texts) > MOST:
        raise UsageError(f"{len(texts)} pictures were named; a request takes {MOST}")
    found = tuple(named(text, is_file=is_file) for text in texts)
    if sum(picture.origin is Origin.STDIN for picture in found) > 1:
        raise UsageError("- was named twice, and standard input has one picture")
    return found


def ratios_agree(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two sizes, in pixels, have the same shape, give or take one per cent."""
    return abs(one[0] * other[1] - other[0] * one[1]) <= _SAME_SHAPE * one[0] * other[1]


def bad_picture(message: str, *, hint: str | None = None) -> UsageError:
    """Return the error for a picture or a mask that cannot be sent."""
    return UsageError(message, hint=hint, code=Code.BAD_PICTURE)


def woven(prompt: str, pictures: Iterable[InputPicture], *, earlier: Sequence[str] = (), added: str = "") -> str:
    """
    Return the text that goes with *pictures*: their roles, what was asked *earlier*, *added* words, and *prompt*.

    Without any of those it is the prompt, as it was given.
    """
    lines = [f"Image {number}: {picture.role}" for number, picture in enumerate(pictures, 1) if picture.role]
    if earlier:
        lines.append("Earlier: " + " ".join(f"{number}) {one_line(text)}" for number, text in enumerate(earlier, 1)))
    if added:
        lines.append(added)
    return "\n".join([*lines, "", prompt]) if lines else prompt


def upload_notice(size: int, *, most: int) -> Notice | None:
    """
    Say how large a request of *size* bytes is, if that is worth telling; *most* is in MiB.

    Raises: UsageError when it is larger than that.
    """
    if size > most * MIB:
        raise bad_picture(
            f"the request would have {size / MIB:.1f} MiB, and --max-upload allows {most}",
            hint="Send fewer pictures, or smaller ones with `--max-edge 2048`, or allow more with `--max-upload`.",
        )
    if size <= TOLD_FROM:
        return None
    return Notice(code="large_request", message=f"the request has {size / MIB:.1f} MiB")


EDIT_INSTRUCTIONS = (
    "Use the image_generation tool exactly once, to edit Image 1 as the user asks."
    " Pass the user's words on as they are, and keep whatever they do not mention as it is in Image 1."
)
"""What `edit` says to the text model, unless somebody gave other instructions."""
