r"""
Lifts pictures out of an answer while it arrives, so that no picture is ever whole in memory.

An answer is a few kilobytes of JSON with megabytes of base64 inside, often several times. Base64 holds no quotes
and no newlines, so a long run of it can be recognised in raw bytes without knowing JSON or SSE. `BlobLifter` takes
bytes in any pieces and yields the text around such runs, a `placeholder` in the place of each, and the decoded
bytes of those somebody wants. What remains as text is small and goes to the ordinary parsers.

The escapes that encoders use inside base64 are part of a run: ``\/`` (PHP and others), ``\u002B`` (.NET),
``\u003d`` (Gson), and ``\n`` where a relay wraps its lines; and so are these where JSON inside a JSON string has
escaped them again (``\\n``). Any other escape ends it, so that escaped Chinese text, which consists of backslashes and
base64 letters only, is left alone.
"""

import re
from collections.abc import Callable, Generator, Iterator

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.wire.base64_pieces import Base64Decoder, Base64Measure

THRESHOLD = 4096
"""Bytes from which on a run is lifted. Shorter base64 stays in the text and is decoded from there."""

MAX_BLOB = 256 * 1024 * 1024
"""Decoded bytes after which a run is called too large and no longer decoded."""

_ALPHABET = rb"A-Za-z0-9+/=_\-"
_LONG = re.compile(rb"(?<![%b\\])[%b\\]{%d,}" % (_ALPHABET, _ALPHABET, THRESHOLD))
_COARSE = bytes(range(256)).translate(None, re.sub(rb"[%b\\]" % _ALPHABET, b"", bytes(range(256))))
_BACKSLASHES = rb"\\{1,7}+"
"""Of one escape: as many as JSON in a string in a string makes of one, or of two."""
_RUN = rb"(?:[%b]+|%b(?:[/nr]|u00(?:2[bBdDfF]|3[dD]|5[fF])))+" % (_ALPHABET, _BACKSLASHES)
_PARTIAL_ESCAPE = rb"%b(?:u[0-9A-Fa-f]{0,3})?\Z" % _BACKSLASHES
_TOKEN = re.compile(
    rb"(?P<run>%b)|(?P<partial>%b)|\\u[0-9A-Fa-f]{4}|\\." % (_RUN, _PARTIAL_ESCAPE),
    re.DOTALL,
)
_RUN_HERE = re.compile(_RUN)
_PARTIAL_HERE = re.compile(_PARTIAL_ESCAPE)
_ESCAPE = re.compile(rb"\\+(?:u00(..)|(.))")
_FIELD = re.compile(rb'"([A-Za-z0-9_]{1,64})"\s*:\s*(?:\[\s*)?"(?:[^"\\]|\\.)*\Z', re.DOTALL)
_FIELD_IN_A_STRING = re.compile(
    rb'(\\{1,7}")([A-Za-z0-9_]{1,64})\1\s*:\s*(?:\[\s*)?\1[^"]*\Z',
)
_SLICE = 64 * 1024
"""Bytes looked at in one go. Each run costs a pass over the rest of its slice, so this keeps hostile answers linear."""
_HEAD = 64
"""Bytes of a run that are shown to whoever decides whether it is wanted."""
_FIELD_WINDOW = 256
"""Bytes before a run in which its JSON key is looked for."""

_ODD = re.compile(r"<blob\?:[0-9A-Za-z]{1,64}:[0-9]{1,9}>")

LEFT_OUT = "[long base64 left out]"
"""What a person reads in the place of a run."""


@dataclass(frozen=True, slots=True)
class Text:
    """Bytes of the answer outside any lifted run, placeholders included."""

    data: bytes


@dataclass(frozen=True, slots=True)
class BlobStarted:
    """
    Run *number* begins with *head*, its first characters without escapes.

    *field* is the JSON key it is the value of, or the first of a list, or an empty string.
    """

    number: int
    field: str
    head: str = ""


@dataclass(frozen=True, slots=True)
class BlobPiece:
    """Decoded bytes of the run that began last."""

    data: bytes


@dataclass(frozen=True, slots=True)
class BlobEnded:
    """
    The run that began last is over.

    *decoded* says whether its pieces were yielded; *size* is in decoded bytes, approximate when not decoded.
    *problem* says why it is not sound base64, or is None.
    """

    number: int
    size: int
    decoded: bool
    problem: str | None = None


Lifted = Text | BlobStarted | BlobPiece | BlobEnded


class BlobLifter:
    """
    Bytes in any pieces → text with placeholders, and decoded runs.

    *nonce* makes the placeholders unforgeable: a server that does not know it cannot name a run. *wanted* is asked
    with the JSON key and the first characters as each run begins; what it declines is measured, not decoded.
    """

    def __init__(self, *, nonce: str, wanted: Callable[[str, str], bool], max_blob: int = MAX_BLOB) -> None:
        self._nonce = nonce
        self._wanted = wanted
        self._max_blob = max_blob
        self._held = b""
        self._before = b""
        self._count = 0
        self._run: Base64Decoder | Base64Measure | None = None

    def feed(self, chunk: bytes) -> Iterator[Lifted]:
        """Take in *chunk*; the result must be consumed before the next call."""
        for start in range(0, len(chunk), _SLICE):
            yield from self._feed(chunk[start : start + _SLICE])

    def _feed(self, data: bytes) -> Iterator[Lifted]:
        data, self._held = self._held + data, b""
        while data:
            if self._run is None:
                data = yield from self._outside(data)
            else:
                data = yield from self._inside(data)

    def close(self) -> Iterator[Lifted]:
        """Return what was held back at the end of the answer. A run that is still open was cut short."""
        held, self._held = self._held, b""
        if self._run is not None:
            yield from self._end("the answer ends inside it")
        if held:
            yield Text(held)

    def _outside(self, data: bytes) -> Generator[Lifted, None, bytes]:
        """Pass text on up to the next run, whose bytes are returned; hold back what may become one."""
        start, hold = self._find_run(data)
        text = data[: start if start is not None else hold]
        if text:
            self._before = (self._before + text[-_FIELD_WINDOW:])[-_FIELD_WINDOW:]
            yield Text(text)
        if start is None:
            self._held = data[hold:]
            return b""
        yield self._begin(data[start : start + _HEAD])
        return data[start:]

    @staticmethod
    def _find_run(data: bytes) -> tuple[int | None, int]:
        """Return where a run begins, or None; and from where on *data* must be held back."""
        hold = len(data.rstrip(_COARSE))
        for coarse in _LONG.finditer(data):
            for token in _TOKEN.finditer(data, *coarse.span()):
                length = token.end() - token.start()
                if token.lastgroup == "run" and length >= THRESHOLD:
                    return token.start(), hold
                if token.end() < len(data):
                    continue
                match token.lastgroup:
                    case "run":
                        hold = token.start()
                    case "partial":
                        hold = _start_of_run_before(data, token.start(), coarse.start())
                    case _:
                        hold = len(data)
        return None, hold

    def _begin(self, beginning: bytes) -> BlobStarted:
        named = _FIELD_IN_A_STRING.search(self._before) or _FIELD.search(self._before)
        field = named.groups()[-1].decode() if named else ""
        head = _unescaped(beginning).decode("ascii", "ignore")
        self._run = Base64Decoder(limit=self._max_blob) if self._wanted(field, head) else Base64Measure()
        self._count += 1
        return BlobStarted(self._count, field, head)

    def _inside(self, data: bytes) -> Generator[Lifted, None, bytes]:
        """Decode up to the end of the run; return what follows it."""
        assert self._run is not None  # noqa: S101 - feed() chose this branch by it
        quote = data.find(b'"')
        segment = data if quote < 0 else data[:quote]
        plain = self._run.feed_plain(segment)
        if plain is not None:
            return (yield from self._piece(plain, rest=data[len(segment) :], over=quote >= 0))
        match = _RUN_HERE.match(data)
        end = match.end() if match else 0
        decoded = self._run.feed(_unescaped(data[:end]))
        rest = data[end:]
        if _PARTIAL_HERE.match(rest):
            self._held, rest = rest, b""
            return (yield from self._piece(decoded, rest=b"", over=False))
        return (yield from self._piece(decoded, rest=rest, over=bool(rest)))

    def _piece(self, decoded: bytes, *, rest: bytes, over: bool) -> Generator[Lifted, None, bytes]:
        if decoded:
            yield BlobPiece(decoded)
        if over:
            yield from self._end(None)
        return rest

    def _end(self, problem: str | None) -> Iterator[Lifted]:
        run, self._run = self._run, None
        assert run is not None  # noqa: S101 - only called inside a run
        last = run.finish()
        if last:
            yield BlobPiece(last)
        yield BlobEnded(self._count, run.size, isinstance(run, Base64Decoder), problem or run.problem)
        mark = placeholder(self._nonce, self._count).encode()
        self._before = mark
        yield Text(mark)


def placeholder(nonce: str, number: int) -> str:
    """Return the text that stands for run *number*."""
    return f"<blob:{nonce}:{number}>"


def odd_placeholder(nonce: str, number: int) -> str:
    """Return the text that stands for run *number* where no picture is expected: `legible` replaces it by a remark."""
    return f"<blob?:{nonce}:{number}>"


def legible(text: str) -> str:
    """Return *text* with a remark in place of every odd placeholder; a server may write some, and gets remarks."""
    return _ODD.sub(LEFT_OUT, text) if "<blob?:" in text else text


def find_placeholder(text: str, nonce: str) -> int | None:
    """Return the number of the run that *text* is (a data-URL prefix may come first), or None: no part of anything."""
    found = re.fullmatch(rf"\s*(?:data:[^,]*,)?\s*<blob\??:{re.escape(nonce)}:(\d{{1,9}})>\s*", text)
    return int(found[1]) if found else None


def without_placeholders(text: str, nonce: str) -> str:
    """Return *text* as a person may read it: each placeholder replaced by a remark."""
    return re.sub(rf"<blob\??:{re.escape(nonce)}:\d+>", LEFT_OUT, text)


def _start_of_run_before(data: bytes, end: int, floor: int) -> int:
    """Return where the run that touches *end* began, or *end* if none does; not before *floor*."""
    start = end
    for token in _TOKEN.finditer(data, floor, end):
        start = token.start() if token.lastgroup == "run" and token.end() == end else end
    return start


def _unescaped(run: bytes) -> bytes:
    r"""Return *run* with its escapes read: ``\/`` and the ``\u00`` forms as characters, line breaks dropped."""

    def read(escape: re.Match[bytes]) -> bytes:
        if escape[1]:
            return bytes.fromhex(escape[1].decode())
        return b"/" if escape[2] == b"/" else b""

    return _ESCAPE.sub(read, run) if b"\\" in run else run
