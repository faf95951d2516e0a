"""
What must hold of any answer, whatever its bytes: the fuzzer's target, and what the replayed finds are held to.

`examine` reads one input in every way there is: by `AnswerReader` and `ResponseAssembler` in pieces of several sizes,
by the plain reading of ``plain``, by a whole `Attempt` on an in-memory gateway, and as the body of an error. It raises
`Broken`, or whatever the code raises that it should not. To hold the code to more, add a check here.
"""

import contextlib
import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, cast

from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.adapters.output import Reservation
from cpa_image_cli.adapters.pictures.verify import UnsoundPicture
from cpa_image_cli.core.errors import Code, GatewayError
from cpa_image_cli.core.failures import error_answer
from cpa_image_cli.core.job.events import JobEvent, WireNoted
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.core.text import MAX_MESSAGE
from cpa_image_cli.core.wire.answer_pictures import MAX_BLOBS, MAX_FRAMES, PICTURE_FIELDS, AnswerPictures, NotAPicture
from cpa_image_cli.core.wire.answer_reader import AnswerReader, AnswerTooLarge
from cpa_image_cli.core.wire.answer_shape import Shape
from cpa_image_cli.core.wire.assembler import ResponseAssembler
from cpa_image_cli.core.wire.response_object import MAX_TEXT, ImageItem
from cpa_image_cli.core.wire.stream_events import PartialImage, ResponseEnded, ResponseFailed, StreamEvent
from cpa_image_cli.engine.answer_intake import MOST_TOLD
from cpa_image_cli.engine.attempt import Attempt, VerifiedAnswer
from cpa_image_cli.engine.ports import Ports
from tests.fuzz import plain
from tests.fuzz.language import LONGEST, MAGIC, understood

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FOLDER = Path("/nowhere")
LONGEST_WORD = 200
"""Characters of an id, a type, a size: anything that is told and is no sentence."""

JOB = Job(
    prompt="画一只可爱的松鼠",
    model="gpt-5.4",
    options=ImageOptions(partial_images="2"),
    url="https://gateway.example/v1/responses",
    gateway="https://gateway.example/v1",
    identity=Identity(user_agent="fuzz", version="", originator="fuzz", session_id="fuzz"),
    key=None,
    stream=True,
)

_OVERRIDES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_OBEYED = frozenset(
    character
    for character in map(chr, range(0x10000))
    if (unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} and character not in "\n\t")
    or unicodedata.bidirectional(character) in _OVERRIDES
    or character in "\u200e\u200f\u061c\ufeff"
)
"""Characters that a terminal may obey, by Unicode's own tables; those that merely join or part words are not."""


class Broken(AssertionError):  # noqa: N818 - says what happened
    """Something that must hold of every answer does not hold of this one."""


@dataclass(eq=False, slots=True)
class MemoryBlob:
    """A picture's bytes as the reader wrote them, with what a temporary file has beside."""

    path: Path
    data: bytearray = field(default_factory=bytearray)
    closed: bool = False
    discarded: bool = False

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def write(self, data: bytes) -> None:
        if self.closed or self.discarded:
            broken("a picture was written to after its end")
        self.data += data

    def close(self) -> None:
        self.closed = True

    @property
    def held_path(self) -> Path:
        return self.path

    def hold(self) -> None:
        """Do nothing: nobody clears memory away."""

    def discard(self) -> None:
        self.discarded = True


class Folder:
    """Stands in for the temporary files of a run; *opened* are all there ever were."""

    def __init__(self) -> None:
        self.opened: list[MemoryBlob] = []

    def open_blob(self) -> MemoryBlob:
        self.opened.append(MemoryBlob(FOLDER / str(len(self.opened))))
        return self.opened[-1]

    def blob(self, path: Path) -> MemoryBlob:
        return self.opened[int(path.name)]

    def keep_aside(self, blob: MemoryBlob, *, kind: str) -> Path:
        if blob.discarded:
            broken("bytes were kept that are gone")
        return Path(f"{blob.path}.{kind}")

    @property
    def left(self) -> int:
        return sum(not blob.discarded for blob in self.opened)


Taken = bytes | Code | None
"""A picture, why it is none, or that nobody wanted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that comes of an answer when every picture and every frame in it is taken."""

    shape: Shape
    events: tuple[tuple[str, StreamEvent], ...]
    taken: tuple[tuple[ImageItem, Taken], ...]
    frames: tuple[tuple[ImageItem, Taken], ...]
    rescued: tuple[bytes, ...]
    text: str
    remainder: bytes
    too_large: bool


Reader = tuple[type[AnswerReader], type[AnswerPictures[MemoryBlob]]]
"""What reads an answer, and what keeps its pictures."""


def examine(data: bytes, reader: Reader = (AnswerReader, AnswerPictures)) -> None:
    """
    Hold everything to the answer that the input *data* means, read by *reader*.

    Raises: Broken.
    """
    given = understood(data)
    answer = given.answer
    # No server knows the nonce, so neither may the fuzzer.
    nonce = hashlib.sha256(data).hexdigest()[:16]
    whole = _read(reader, nonce, (answer,))
    for pieces in (given.pieces, _pieces(answer)):
        if len(pieces) > 1 and _read(reader, nonce, pieces) != whole:
            broken("another reading in other pieces")
    _compare_with_plain(answer, whole, nonce)
    _check_attempts(answer, given.pieces, whole, nonce)
    _check_failures(answer)


def broken(what: str) -> NoReturn:
    raise Broken(what)


def _pieces(answer: bytes) -> tuple[bytes, ...]:
    """Return *answer* in pieces of a size that depends on it: single bytes if it is short, some hundred pieces else."""
    size = 1 + zlib.crc32(answer) % 13 if len(answer) < 3000 else 1 + len(answer) // (50 + zlib.crc32(answer) % 200)
    return tuple(answer[start : start + size] for start in range(0, len(answer), size))


# The reader


def _read(reader_classes: Reader, nonce: str, pieces: tuple[bytes, ...]) -> Reading:
    folder, assembler = Folder(), ResponseAssembler()
    reader_class, pictures_class = reader_classes
    pictures = pictures_class(nonce=nonce, open_blob=folder.open_blob, wants_frames=True)
    reader = reader_class(pictures)
    events: list[tuple[str, StreamEvent]] = []
    taken: list[tuple[ImageItem, Taken]] = []
    frames: list[tuple[ImageItem, Taken]] = []
    too_large = False
    try:
        for kind, event in _all(reader, pieces):
            events.append((kind, event))
            taken += [(item, _take(pictures, item)) for item in assembler.receive(event)]
            if isinstance(event, PartialImage):
                frames.append((event.image, _take(pictures, event.image, frame=True)))
    except AnswerTooLarge:
        too_large = True
    _check_state(folder, assembler)
    return Reading(
        shape=reader.shape,
        events=tuple(events),
        taken=tuple(taken),
        frames=tuple(frames),
        rescued=tuple(bytes(blob.data) for blob in pictures.whole_results()),
        text=reader.readable(assembler.text),
        remainder=reader.remainder,
        too_large=too_large,
    )


def _all(reader: AnswerReader, pieces: tuple[bytes, ...]) -> Iterator[tuple[str, StreamEvent]]:
    for piece in pieces:
        yield from reader.feed(piece)
    yield from reader.close()


def _take(pictures: AnswerPictures[MemoryBlob], item: ImageItem, *, frame: bool = False) -> Taken:
    try:
        blob = pictures.take_frame(item.result) if frame else pictures.take(item.result)
    except NotAPicture as problem:
        return problem.code
    if blob is None:
        return None
    if not blob.closed:
        broken("a picture was handed out before its end")
    return bytes(blob.data)


def _check_state(folder: Folder, assembler: ResponseAssembler) -> None:
    if not all(blob.closed for blob in folder.opened):
        broken("a picture was never ended")
    if len(folder.opened) > MAX_BLOBS + 1:
        broken("more files than there may be pictures")
    if sum(blob.size for blob in folder.opened) > LONGEST * (MAX_BLOBS + 1):
        broken("pictures larger than the answer")
    if len(assembler.text) > MAX_TEXT * 2:
        broken("more text than is kept")


# Against the plain reading


def _compare_with_plain(answer: bytes, whole: Reading, nonce: str) -> None:
    try:
        expected = plain.read(answer)
    except plain.Unsure:
        return
    if whole.too_large:
        broken("called too large")
    if expected.shape is not None and whole.shape is not expected.shape:
        broken(f"taken for {whole.shape}")
    if len(whole.events) != len(expected.events):
        broken(f"{len(whole.events)} events of {len(expected.events)}")
    for (kind, event), (plain_kind, plain_event) in zip(whole.events, expected.events, strict=True):
        if not plain.same(_marked((kind, event), nonce), (plain_kind, plain_event)):
            broken(f"{kind}: {event} is not {plain_event}")
    _compare_pictures(answer, whole, expected)


def _marked(value: object, nonce: str) -> object:
    """Return *value* with everything that stands for a lifted run as a mark."""
    if isinstance(value, str):
        return re.sub(rf"<blob\??:{nonce}:\d+>|\[long base64 left out\]", plain.MARK, value)
    if isinstance(value, dict):
        return {_marked(name, nonce): _marked(inner, nonce) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_marked(inner, nonce) for inner in value)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{part.name: _marked(getattr(value, part.name), nonce) for part in fields(value)})
    return value


def _compare_pictures(answer: bytes, whole: Reading, expected: plain.PlainAnswer) -> None:
    assembler = ResponseAssembler()
    candidates = [item for _, event in expected.events for item in assembler.receive(event)]
    frames = [event.image for _, event in expected.events if isinstance(event, PartialImage)]
    few = len(candidates) + len(frames) <= MAX_FRAMES
    for plain_items, taken in ((candidates, whole.taken), (frames, whole.frames)):
        if len(plain_items) != len(taken):
            broken(f"{len(taken)} pictures of {len(plain_items)}")
        for plain_item, (_, got) in zip(plain_items, taken, strict=True):
            _compare_picture(plain_item.result, got, must_be_taken=few and _is_by_the_book(plain_item.result, answer))


def _compare_picture(result: str, got: Taken, *, must_be_taken: bool) -> None:
    if isinstance(got, bytes) and got != plain.leniently_decoded(result):
        broken("a picture has other bytes than its base64")
    if must_be_taken and got != plain.decoded(result):
        broken(f"sound base64 was not taken: {got}")


def _is_by_the_book(result: str, answer: bytes) -> bool:
    """Whether *result* is ordinary base64, written as its field's value the way every encoder writes it, everywhere."""
    spaced = answer.replace(b'": "', b'":"')
    starts = sum(spaced.count(f'"{name}":"{result[:64]}'.encode()) for name in PICTURE_FIELDS)
    return plain.decoded(result) is not None and starts == spaced.count(result[:64].encode()) > 0


# A whole attempt


class MemoryReply:
    """An answer that is here already."""

    def __init__(self, pieces: tuple[bytes, ...]) -> None:
        self.status = 200
        self.headers = {"content-type": "text/event-stream", "x-request-id": "fuzz"}
        self.proxy = None
        self._pieces = pieces

    def pieces(self) -> Iterator[bytes]:
        yield from self._pieces

    def expire_in(self, seconds: float) -> None:
        """Nothing lasts here."""


class MemoryGateway:
    """Answers with *pieces*."""

    def __init__(self, pieces: tuple[bytes, ...]) -> None:
        self._pieces = pieces

    @contextlib.contextmanager
    def post(self, *_: object, **__: object) -> Iterator[MemoryReply]:
        yield MemoryReply(self._pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended, and what was told of it."""

    picture: bytes | None
    end: object
    told: tuple[JobEvent, ...]


def _check_attempts(answer: bytes, pieces: tuple[bytes, ...], whole: Reading, nonce: str) -> None:
    outcome = _attempt((answer,), nonce)
    _check_told(outcome, nonce)
    # An attempt is over when the response has ended, whatever follows.
    if not any(isinstance(event, ResponseEnded | ResponseFailed) for _, event in whole.events[:-1]):
        _check_picture(outcome, whole)
    if len(pieces) > 1 and _attempt(pieces, nonce) != outcome:
        broken("an attempt ends otherwise in other pieces")


def _attempt(pieces: tuple[bytes, ...], nonce: str) -> Outcome:
    folder = Folder()

    def verify(path: Path, *, sha256: str, asked: str) -> Picture:
        if asked != JOB.options.output_format:
            broken("another format was asked for")
        blob = folder.blob(path)
        if not blob.closed or blob.sha256 != sha256:
            broken("a picture was to be verified before its end")
        if not blob.data.startswith(MAGIC):
            raise UnsoundPicture("no picture", kind="bin")
        return Picture(format="png", width=1, height=1, bytes=blob.size, sha256=sha256)

    ports = Ports(
        gateway=cast("Gateway", MemoryGateway(pieces)),
        reservation=cast("Reservation", folder),
        verify=verify,
        clock=lambda: 0.0,
        now=lambda: NOW,
        nonce=lambda: nonce,
        keep_frames=True,
    )
    told: list[JobEvent] = []
    try:
        gained = Attempt(JOB, ports, emit=told.append, number=1, timeout=60.0).run()
    except GatewayError as error:
        outcome = Outcome(picture=None, end=error.failure, told=tuple(told))
    else:
        picture = bytes(folder.blob(gained.held.blob.path).data)
        outcome = Outcome(picture=picture, end=_without_file(gained), told=tuple(told))
    if folder.left > MAX_BLOBS + 1:
        broken("more files are left than there may be pictures")
    return outcome


def _without_file(gained: VerifiedAnswer) -> tuple[object, ...]:
    pictures = tuple(kept.picture for kept in (gained.held, *gained.further))
    in_files = {"held", "further"}
    return (pictures, *(getattr(gained, part.name) for part in fields(gained) if part.name not in in_files))


def _check_picture(outcome: Outcome, whole: Reading) -> None:
    good = [got for _, got in whole.taken if isinstance(got, bytes) and got.startswith(MAGIC)]
    rescued = [got for got in whole.rescued if got.startswith(MAGIC)]
    if outcome.picture != next(iter([*good, *rescued]), None):
        broken("not the first good picture was held")


def _check_told(outcome: Outcome, nonce: str) -> None:
    check_shown(outcome.end, nonce)
    for event in outcome.told:
        check_shown(event, nonce)
    kinds = [event.kind for event in outcome.told if not isinstance(event, WireNoted)]
    if any(kinds.count(kind) > MOST_TOLD for kind in set(kinds)):
        broken("more was told than anybody reads")


def check_shown(value: object, nonce: str, name: str = "") -> None:
    """
    Hold every text in *value*, something that is shown, to what a terminal and a person can bear.

    Raises: Broken.
    """
    if isinstance(value, str):
        _check_text(value, nonce, name)
    for part, inner in _parts(value, name):
        check_shown(inner, nonce, part)


def _parts(value: object, name: str) -> Iterator[tuple[str, object]]:
    """Yield what *value* is made of, each with what it is called."""
    if isinstance(value, dict):
        yield from (("key", key) for key in value)
        yield from (("value", inner) for inner in value.values())
    elif isinstance(value, list | tuple):
        yield from ((name, inner) for inner in value)
    elif is_dataclass(value):
        yield from ((part.name, getattr(value, part.name)) for part in fields(value))


def _check_text(text: str, nonce: str, name: str) -> None:
    if not _OBEYED.isdisjoint(text):
        broken(f"{name} has a character that a terminal may obey: {text!a}")
    if nonce in text:
        broken(f"{name} shows what stands for a picture: {text!a}")
    if len(text) > _room(name):
        broken(f"{name} is {len(text)} characters long")


def _room(name: str) -> int:
    """Return how long the text called *name* may be; what a model says is kept whole."""
    return {"": LONGEST, "text": LONGEST, "revised_prompt": LONGEST, "message": MAX_MESSAGE + 60, "hint": 1000}.get(
        name, LONGEST_WORD
    )


# As the body of an error


def _check_failures(answer: bytes) -> None:
    for status in (None, 429):
        headers = {"retry-after": answer[:40].decode("latin-1")}
        failure = error_answer.normalise(status=status, headers=headers, body=answer, now=NOW, streamed=True)
        check_shown(failure, "\0")
        if failure.delay is not None and not 0 <= failure.delay < float("inf"):
            broken(f"a wait of {failure.delay} seconds")
