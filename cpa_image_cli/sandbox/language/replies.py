"""
The little language in which scenarios are written: one reply to one POST, as frozen data.

`Answer` is a working gateway's answer with something about it off, `HttpError` a refusal, `StreamError` a failure
after the answer has begun; `playback` turns each into bytes. To play something new, add a field with a default here
and honour it there; scenarios are written in these words only.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.sandbox.language.payload import Spelling

JsonObject = Mapping[str, object]


class Tools(Enum):
    """What the answer says about the tools that were sent."""

    ECHOED = "as sent"
    EMPTY = "an empty list: the tool was taken away"
    NULL = "null: nobody knows"


class Shape(Enum):
    """In which shape an answer comes."""

    AS_ASKED = "SSE if streaming was asked for, else JSON"
    JSON = "JSON, whatever was asked"
    SSE = "SSE, whatever was asked"


class Place(Enum):
    """A moment of an answer."""

    BEFORE_HEADERS = "before the status line"
    BEFORE_PICTURE = "after the headers and the first events"
    INSIDE_PICTURE = "in the middle of the finished picture"
    AFTER_PICTURE = "after the finished picture, before the terminal event"
    AFTER_ALL = "after everything"


class How(Enum):
    """In which way an answer stops."""

    END = "the body ends in good order, too early"
    CLOSE = "the connection is closed without the end of the body"
    RESET = "the connection is reset"
    STALL = "nothing more comes, and nothing is closed"
    BAD_CHUNK = "the chunk framing turns into nonsense"


class Damage(Enum):
    """What is wrong with the finished picture's bytes."""

    NONE = "nothing"
    BAD_CHECKSUM = "one byte in the middle is wrong"
    CUT_SHORT = "its second half is missing"
    NO_END = "its last chunk is missing"
    NO_PICTURE = "they are no picture at all"
    NO_BASE64 = "they are not even base64"
    BOMB = "its header claims billions of pixels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """
    How events are written.

    *names* are ``event:`` lines, and *false_names* such as contradict the data; *several_lines* puts each event on
    many ``data:`` lines.
    """

    newline: str = "\n"
    names: bool = True
    false_names: bool = False
    byte_order_mark: bool = False
    several_lines: bool = False
    final_blank_line: bool = True
    done_marker: bool = False
    keepalive_comments: bool = False
    keepalive_events: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The answer breaks off."""

    place: Place
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class Trickle:
    """The first *first* bytes of a body leave in pieces of *bytes*, *pause* seconds apart."""

    bytes: int
    first: int = 1 << 62
    pause: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    What a working gateway answers, in every respect that can be off.

    *format*, *size* and *quality* are delivered in place of what was asked; *pad_to* is in bytes. *partials* is a
    number of frames sent unasked. *url* stands in place of the picture. *late_error* comes in place of the terminal
    event. *again_in_final* says whether the terminal event repeats the output, *item_done* whether the picture's
    own event is sent, *output_in_json* whether a JSON answer has any output; *output_key* is false when that key is
    missing from the response itself. *item_damage* is that of the picture in its own event, where the end repeats
    it sound, and *another_in_item* says that it is another picture than the end has. *packed* is the coding of the
    body, *announced* what its header calls it, where that is a lie; *headers* come on top. Of pictures that are
    sent, *edits* says whether they are changed, and *heeds_mask* whether only where a mask opens; *scale* is that
    of the result, and *same_bytes* makes all pictures one. *item_error* is what a failed call says about itself.
    """

    images: int = 1
    text: str = ""
    refusal_part: bool = False
    tools: Tools = Tools.ECHOED
    shape: Shape = Shape.AS_ASKED
    content_type: str | None = None
    item_status: str = "completed"
    incomplete_reason: str | None = None
    item_done: bool = True
    again_in_final: bool = True
    output_in_json: bool = True
    output_key: bool = True
    framing: Framing = Framing()
    spelling: Spelling = Spelling.PLAIN
    damage: Damage = Damage.NONE
    item_damage: Damage = Damage.NONE
    another_in_item: bool = False
    format: str | None = None
    size: str | None = None
    quality: str | None = None
    edits: bool = True
    heeds_mask: bool = True
    scale: float = 1.0
    same_bytes: bool = False
    item_error: JsonObject | None = None
    url: str | None = None
    pad_to: int = 0
    partials: int | None = None
    leading: bytes = b""
    unknown_events: bool = False
    nulls: bool = False
    in_envelope: bool = False
    packed: str = ""
    announced: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    late_error: JsonObject | None = None
    stop: Stop | None = None
    trickle: Trickle | None = None
    endless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpError:
    """
    A whole answer of *status*, without a picture; *body* is JSON unless it is bytes.

    *retry_in* is in seconds, and told by a ``Retry-After`` that is a date. One that is *early* comes while a large
    request is still on its way, of which no more is read; then the connection is reset. Who asked for a stream gets
    *streamed_body* in place of the body, if there is one.
    """

    status: int
    body: object = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    leading: bytes = b""
    retry_in: float | None = None
    early: bool = False
    streamed_body: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamError:
    """
    A failure after the answer has begun: *event* ends the stream.

    Asked without streaming, a gateway has sent nothing yet and answers *otherwise*, with an honest status.
    """

    event: JsonObject
    otherwise: HttpError
    tools: Tools = Tools.ECHOED


class Drawing(Enum):
    """Stands in `Foreign` for the base64 of a picture."""

    PICTURE = "the finished picture"
    FRAME = "a preview frame"


@dataclass(frozen=True, slots=True)
class Glued:
    """Stands in `Foreign` for one text made of *parts*, some of which are drawings."""

    parts: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Nested:
    """Stands in `Foreign` for a text that is JSON itself."""

    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """What a gateway answers that speaks another language: *parts* as they are if they are bytes, else as JSON."""

    parts: tuple[object, ...]
    content_type: str = "application/json"
    status: int = 200


Reply = Answer | HttpError | StreamError | Foreign
