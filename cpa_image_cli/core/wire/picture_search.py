"""
Decides which strings of an answer may be its picture, wherever they stand: the first base64 picture in it counts.

Gateways translate each other's answers, so that a picture turns up under any key: in ``data`` as the Images API has it,
as a data URL in a message, in Markdown, in a list, in JSON inside a string. What is a preview is told apart by what it
is called, in whatever shape, and never returned as a picture. What a request holds may be repeated, and is none either.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.wire.json_values import Body, as_object

FINAL_FIELDS = frozenset({"result", "b64_json"})
"""JSON keys under which a finished picture is sent: the Responses API's, and the Images API's."""

FRAME_FIELD = "partial_image_b64"

DEEPEST = 12
"""Objects, lists and strings of JSON within each other that are looked into."""

MOST = 64
"""Strings of one event that may be pictures."""

SHORTEST = 88
"""Characters of base64 below which nothing is a whole picture."""

_REQUEST = {
    "input",
    "tools",
    "tool_choice",
    "instructions",
    "prompt",
    "request",
    "input_image",
    "input_image_mask",
    "mask",
}
_REMARKS = {"reasoning", "metadata", "annotations", "usage", "error", "errors", "detail", "details"}
_NOT_THE_ANSWER = frozenset(_REQUEST | _REMARKS)
"""Keys under which a request is repeated, or something told that is no output."""

_PLACES = frozenset(
    {"result", "data", "images", "image", "image_url", "picture", "output_image", "output_images", "url"}
)
"""Keys below which an address is that of a picture."""

_TYPES = frozenset({"image_generation_call", "output_image", "image_url", "image"})
"""Types of objects whose ``url`` is the address of a picture."""

_PREVIEW = re.compile("partial|preview|thumb", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*https?://\S+\s*", re.IGNORECASE)
_LIFTED = r"<blob\??:[0-9A-Za-z]{1,64}:[0-9]{1,9}>"
_WHOLE = re.compile(
    rf"\s*(?:data:[^,]{{0,200}},)?\s*(?:(?P<lifted>{_LIFTED})|[A-Za-z0-9+/_\-]+[=\sA-Za-z0-9+/_\-]*)\s*\Z"
)
_IN_TEXT = re.compile(rf"data:image/[^,\s]{{1,100}};base64,({_LIFTED}|[A-Za-z0-9+/_\-]+=*)", re.IGNORECASE)
_MARKDOWN = re.compile(r"!\[[^\]]{0,1000}\]\(\s*(https?://[^\s)]{1,4000})", re.IGNORECASE)
_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"<svg", b"<?xml", b"BM")
_FTYP = slice(4, 8)


@dataclass(slots=True)
class Found:
    """
    What may be the picture, in the order it came, each with the object it stands in; *previews* are none.

    *mentioned* are addresses of pictures in the model's words, which may have made them up.
    """

    pictures: list[tuple[str, Body]] = field(default_factory=list)
    previews: list[tuple[str, Body]] = field(default_factory=list)
    mentioned: list[str] = field(default_factory=list)


def begins_a_picture(encoded: str) -> bool:
    """Whether *encoded*, base64 of either alphabet, begins as that of a picture does."""
    head = "".join(encoded[:24].split())[:16].replace("-", "+").replace("_", "/")
    try:
        data = binascii.a2b_base64(head[: len(head) & ~3])
    except ValueError:
        return False
    return data.startswith(_BEGINNINGS) or data[_FTYP] == b"ftyp"


def search(body: Body) -> Found:
    """Return what may be a picture in *body*, or in JSON in its strings."""
    found = Found()
    _look_into(body, found, _Place(within=body))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a value stands: its *key*, the object it is *within*, and what is known from further out."""

    within: Body
    key: str = ""
    of_pictures: bool = False
    of_previews: bool = False
    depth: int = 0


def _look_into(value: object, found: Found, place: _Place) -> None:
    if place.depth > DEEPEST or len(found.pictures) + len(found.previews) >= MOST:
        return
    if isinstance(value, str):
        _look_at(value, found, place)
    for key, inner in _inside(value, place.key):
        _look_into(inner, found, _further(value, key, place))


def _inside(value: object, key: str) -> Iterator[tuple[str, object]]:
    """Yield what *value* holds of the answer, each with its key; what stands in a list has that of the list."""
    if isinstance(value, Mapping) and value.get("role") != "user" and value.get("type") != "input_image":
        yield from ((inner_key, inner) for inner_key, inner in value.items() if inner_key not in _NOT_THE_ANSWER)
    elif isinstance(value, list):
        yield from ((key, inner) for inner in value)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "[") and (body := _json_in(value)) is not None:
        yield key, body


def _further(value: object, key: str, place: _Place) -> _Place:
    within = value if isinstance(value, Mapping) else place.within
    return _Place(
        within=within,
        key=key,
        of_pictures=place.of_pictures or key in _PLACES or str(within.get("type")) in _TYPES,
        of_previews=place.of_previews or _is_preview(within) or _PREVIEW.search(key) is not None,
        depth=place.depth + 1,
    )


def _is_preview(body: Body) -> bool:
    kind = body.get("type")
    if isinstance(kind, str) and _PREVIEW.search(kind):
        return True
    return "partial_image_index" in body or body.get("partial") is True or body.get("status") == "partial"


def _json_in(text: str) -> object:
    if text.lstrip().startswith("["):
        whole = as_object(f'{{"list":{text}}}')
        return whole.get("list") if whole is not None else None
    return as_object(text)


def _look_at(text: str, found: Found, place: _Place) -> None:
    if (place.of_pictures and _ADDRESS.fullmatch(text)) or _is_picture(text, place.key):
        _note(text, found, place)
    else:
        for inside in _IN_TEXT.finditer(text):
            if _is_picture(inside[1], place.key):
                _note(inside[1], found, place)
        found.mentioned += [address[1] for address in _MARKDOWN.finditer(text)][:MOST]


def _note(text: str, found: Found, place: _Place) -> None:
    (found.previews if place.of_previews else found.pictures).append((text, place.within))


def _is_picture(text: str, key: str) -> bool:
    """Whether *text* is base64, perhaps as a data URL, that may be a whole picture."""
    whole = _WHOLE.match(text)
    if whole is None:
        return False
    if whole["lifted"]:
        return True
    encoded = text.rpartition(",")[2]
    return len(encoded) >= SHORTEST and (key in FINAL_FIELDS or begins_a_picture(encoded.lstrip()))
