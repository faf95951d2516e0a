"""
Decides what an error answer says, whatever it is wrapped in: JSON of any nesting, an event, a web page, text, nothing.

A `Complaint` repeats the gateway's words and judges nothing; ``core.failures.error_answer`` does. An error object may
sit under any key of `_WRAPPERS`, as an object, in a list, or as JSON inside a string; the innermost word wins, because
every relay on the way adds a layer of its own. To learn a new wrapping, add its key there.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import TypeVar

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.failures.error_page import is_page, status_in_title, title_of
from cpa_image_cli.core.text import json_text, one_line

_WRAPPERS = (
    *("response", "error", "errors", "metadata", "details", "detail", "message", "raw", "body"),
    *("upstream", "upstream_error", "inner_error", "innererror", "innerError", "cause"),
)
"""Keys under which a further layer may be found, those nearer to the cause last."""

_SAYINGS = (
    *("message", "Message", "error_description", "error_message", "errorMessage", "error_msg", "errorMsg", "errmsg"),
    *("msg", "detail", "error", "errors"),
)
"""Keys of one layer under which its sentence may be found, the best first."""

_ADDITIONS = ("raw", "body", "description", "details")
"""Keys under which more may be said, in a sentence that does not replace another."""

_CODES = ("code", "Code", "error_code", "errorCode", "errcode")
_TYPES = ("type", "error_type", "errorType")
_STATUSES = ("status", "status_code", "statusCode", "code")

_KEYS = frozenset({*_SAYINGS, *_WRAPPERS, *_CODES, *_TYPES})
"""JSON inside a sentence is an error object if it has one of these."""

_MAX_DEPTH = 8
_MAX_IN_A_LIST = 8
_MAX_QUOTED = 200
"""Characters of a body that is quoted as it is."""
_MAX_SAYING = 4096
"""Characters of the sentence that the rules look at; a person is shown fewer."""
_MAX_BODY = 1024 * 1024
"""Bytes of an error body that are read."""
_MAX_WORD = 120
_MAX_NUMBER = 10**9
"""A larger number is no code, and Python refuses to print a giant one."""
_WORD = re.compile(r"[A-Za-z][\w.-]{0,79}", re.ASCII)
_NOTHING = frozenset({"", "none", "null", "error"})
"""What LiteLLM and others write in place of a missing code or type, and the type of an error's envelope."""

Layer = Mapping[str, object]
_T = TypeVar("_T")


class Form(Enum):
    """What an error body turned out to be."""

    JSON = "json"
    TEXT = "text"
    PAGE = "web page"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """
    An error answer in the gateway's words.

    *answered* is the HTTP status, None for an event; *status* is that if it is an error, else the one the body names.
    *code*, *type* and *param* are as spelled. *message* is one clean line; for a web page its title; it may be empty.
    *headers* have lower-case names and include those an event carries. *fields* are those of all layers, merged.
    *quoted* is the beginning of the body as it came.
    """

    answered: int | None
    status: int | None
    form: Form
    code: str | None = None
    type: str | None = None
    param: str | None = None
    message: str = ""
    headers: Mapping[str, str]
    fields: Layer
    quoted: str = ""

    @property
    def words(self) -> frozenset[str]:
        """The code and the type in lower case: gateways put the telling one in either."""
        return frozenset(word.lower() for word in (self.code, self.type) if word)

    def says(self, *phrases: str) -> bool:
        """Whether the message contains one of *phrases*, given in lower case."""
        message = self.message.lower()
        return any(phrase in message for phrase in phrases)

    def begins(self, *phrases: str) -> bool:
        """Whether the message begins with one of *phrases*, given in lower case."""
        return self.message.lower().startswith(phrases)


def read(*, status: int | None, headers: Mapping[str, str], body: bytes | Layer) -> Complaint:
    """Return what *body* says; *status* is the HTTP status it came with, None if it is an event."""
    value, form = (body, Form.JSON) if isinstance(body, Mapping) else _parsed(body)
    layers = list(_layers(value))
    if isinstance(value, str):
        layers = layers or [{"message": value}]
    saying = _said(layers)
    if is_page(saying):
        form, saying = Form.PAGE, title_of(saying)
    named = _innermost(layers, _status) or (status_in_title(saying) if form is Form.PAGE else None)
    return Complaint(
        answered=status,
        status=status if status is not None and not 200 <= status < 300 else named,  # noqa: PLR2004 - HTTP's successes
        form=form,
        code=_innermost(layers, _code),
        type=_innermost(layers, _type),
        param=_innermost(layers, lambda layer: _word(layer.get("param"))),
        message=one_line(saying, limit=_MAX_SAYING),
        headers=_merged_headers(headers, layers),
        fields={key: found for layer in layers for key, found in layer.items() if found is not None},
        quoted=_quoted(body),
    )


def _said(layers: list[Layer]) -> str:
    """Return the innermost sentence, and after it what else is said, which a relay leaves beside its own."""
    saying = _innermost(layers, lambda layer: _sentence(layer, _SAYINGS)) or ""
    more = _innermost(layers, lambda layer: _sentence(layer, _ADDITIONS)) or ""
    if is_page(saying) or more in saying:
        return saying
    return f"{saying}: {more}" if saying else more


def _quoted(body: bytes | Layer) -> str:
    text = json_text(body) if isinstance(body, Mapping) else body[: _MAX_QUOTED * 8].decode("utf-8", "replace")
    return one_line(text, limit=_MAX_QUOTED)


def _parsed(body: bytes) -> tuple[object, Form]:
    text = body[:_MAX_BODY].decode("utf-8-sig", "replace").strip("\ufeff \t\r\n\0")
    if not text:
        return None, Form.EMPTY
    if text.startswith(("data:", "event:")):
        # An error status does not keep some gateways from answering as an event stream.
        text = "\n".join(line[5:].strip() for line in text.splitlines() if line.startswith("data:"))
    value = _json(text)
    if isinstance(value, Mapping | list):
        return value, Form.JSON
    return value if isinstance(value, str) else text, Form.TEXT


def _layers(value: object, depth: int = _MAX_DEPTH) -> Iterator[Layer]:
    """Yield the objects that the error is wrapped in, the outermost first."""
    if depth == 0:
        return
    if isinstance(value, str):
        value = _json_within(value)
    elif isinstance(value, list):
        # The first of several is the one that counts.
        for inner in reversed(value[:_MAX_IN_A_LIST]):
            yield from _layers(inner, depth - 1)
    if isinstance(value, Mapping):
        yield value
        for key in _WRAPPERS:
            yield from _layers(value.get(key), depth - 1)


def _innermost(layers: list[Layer], read_layer: Callable[[Layer], _T | None]) -> _T | None:
    return next((found for layer in reversed(layers) if (found := read_layer(layer)) is not None), None)


def _sentence(layer: Layer, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = layer.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str) and value.strip() and _json_within(value) is None:
            return value
    return None


def _code(layer: Layer) -> str | None:
    # `{"error": "unsafe_example_api_key", "message": "…"}` has its code where others have the error object.
    return _first_word(layer, _CODES) or _identifier(layer.get("error"))


def _type(layer: Layer) -> str | None:
    kind = _first_word(layer, _TYPES)
    if kind is not None and not kind.startswith("response."):
        return kind
    # Google's `"status": "RESOURCE_EXHAUSTED"`; a response object's own status is in lower case.
    status = layer.get("status")
    return _identifier(status) if isinstance(status, str) and status.isupper() else None


def _status(layer: Layer) -> int | None:
    for key in _STATUSES:
        word = _word(layer.get(key))
        if word is not None and re.fullmatch(r"[45][0-9]{2}", word, re.ASCII):
            return int(word)
    return None


def _first_word(layer: Layer, keys: tuple[str, ...]) -> str | None:
    return next((word for key in keys if (word := _word(layer.get(key))) is not None), None)


def _word(value: object) -> str | None:
    """Return a code or type as text, whether it is a string or a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if not isinstance(value, str) and not abs(value) < _MAX_NUMBER:
        return None
    word = one_line(str(value), limit=_MAX_WORD)
    return None if word.lower() in _NOTHING else word


def _identifier(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) and value.lower() not in _NOTHING else None


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _json_within(text: str) -> Layer | None:
    """Return the error object that *text* is, or that follows its first words (``OpenAIException - {…}``)."""
    if text.startswith('"') and isinstance(inner := _json(text), str):
        # Told as JSON once more than it was read.
        text = inner
    start = text.find("{")
    if start < 0 or is_page(text):
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value.keys() & _KEYS else None


def _merged_headers(headers: Mapping[str, str], layers: list[Layer]) -> dict[str, str]:
    merged = {name.lower(): value for name, value in headers.items()}
    for layer in layers:
        inside = layer.get("headers")
        if isinstance(inside, Mapping):
            merged |= {str(name).lower(): word for name, value in inside.items() if (word := _word(value))}
    return merged
