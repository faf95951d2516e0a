r"""
The lifter of base64 runs: whatever is cut, escaped or hostile, pictures come out whole and the JSON around stays sound.

Written with raw bytes as they stand on the wire: ``rb"\u002B"`` is six bytes of JSON.
"""

import base64
import json
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.wire.blob_lifter import (
    THRESHOLD,
    BlobEnded,
    BlobLifter,
    BlobPiece,
    BlobStarted,
    Lifted,
    Text,
    find_placeholder,
    placeholder,
    without_placeholders,
)

NONCE = "5eed"
PICTURE = random.Random(1).randbytes(3100)
OTHER = random.Random(2).randbytes(4100)
ENCODED = base64.b64encode(PICTURE)
MARK = placeholder(NONCE, 1).encode()


@dataclass(frozen=True, slots=True)
class Run:
    """A lifted run, its pieces joined; *data* is None when it was only measured."""

    field: str
    data: bytes | None
    problem: str | None = None


def anything(_field: str, _head: str) -> bool:
    return True


def nothing(_field: str, _head: str) -> bool:
    return False


def lift(
    *chunks: bytes, wanted: Callable[[str, str], bool] = anything, max_blob: int = 10**9
) -> tuple[bytes, list[Run]]:
    """Return the text, placeholders included, and the runs."""
    lifter = BlobLifter(nonce=NONCE, wanted=wanted, max_blob=max_blob)
    pieces = [piece for chunk in chunks for piece in lifter.feed(chunk)]
    return collected([*pieces, *lifter.close()])


def collected(pieces: Iterable[Lifted]) -> tuple[bytes, list[Run]]:
    text, runs, data, begun = b"", [], b"", BlobStarted(0, "")
    for piece in pieces:
        match piece:
            case Text(more):
                text += more
            case BlobStarted():
                begun, data = piece, b""
            case BlobPiece(more):
                data += more
            case BlobEnded(number, size, decoded, problem):
                assert number == begun.number == len(runs) + 1
                assert not decoded or problem or size == len(data)
                runs.append(Run(begun.field, data if decoded else None, problem))
    return text, runs


def in_twos(stream: bytes) -> Iterable[tuple[bytes, bytes]]:
    return ((stream[:cut], stream[cut:]) for cut in range(len(stream) + 1))


def one_byte_at_a_time(stream: bytes) -> list[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]


def in_tens(stream: bytes) -> list[bytes]:
    return [stream[at : at + 10] for at in range(0, len(stream), 10)]


def escaped_slashes(encoded: bytes) -> bytes:
    return encoded.replace(b"/", rb"\/")


def as_dotnet(encoded: bytes) -> bytes:
    return encoded.replace(b"+", rb"\u002B")


def as_gson(encoded: bytes) -> bytes:
    return encoded.replace(b"=", rb"\u003d")


def wrapped(encoded: bytes) -> bytes:
    return b"".join(encoded[at : at + 76] + rb"\r\n" for at in range(0, len(encoded), 76))


def all_at_once(encoded: bytes) -> bytes:
    return escaped_slashes(as_gson(as_dotnet(wrapped(encoded).replace(rb"\r", b""))))


def unpadded(encoded: bytes) -> bytes:
    return encoded.rstrip(b"=")


def plain(encoded: bytes) -> bytes:
    return encoded


SPELLINGS = (plain, unpadded, escaped_slashes, as_dotnet, as_gson, wrapped, all_at_once)


# What a run is


def test_a_long_run_becomes_its_bytes_and_leaves_a_placeholder() -> None:
    text, runs = lift(b'{"type":"x","result":"' + ENCODED + b'","size":"1024x1024"}')

    assert text == b'{"type":"x","result":"' + MARK + b'","size":"1024x1024"}'
    assert runs == [Run("result", PICTURE)]


def test_a_run_one_byte_short_of_the_threshold_stays_text() -> None:
    short = b'{"result":"' + b"A" * (THRESHOLD - 1) + b'"}'

    assert lift(short) == (short, [])
    assert lift(*one_byte_at_a_time(short)) == (short, [])


def test_a_run_as_long_as_the_threshold_is_lifted() -> None:
    assert lift(b'"' + b"A" * THRESHOLD + b'"') == (b'"' + MARK + b'"', [Run("", bytes(THRESHOLD * 3 // 4))])


def test_a_run_may_be_all_there_is() -> None:
    assert lift(ENCODED) == (MARK, [Run("", PICTURE, "the answer ends inside it")])


def test_several_runs_are_numbered_in_their_order() -> None:
    first, second = base64.b64encode(PICTURE), base64.b64encode(OTHER)

    text, runs = lift(b'["' + first + b'","' + second + b'","' + first + b'"]')

    assert text == b'["<blob:5eed:1>","<blob:5eed:2>","<blob:5eed:3>"]'
    assert runs == [Run("", PICTURE), Run("", OTHER), Run("", PICTURE)]


# Cuts


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_answer_cut_in_two_anywhere_reads_the_same(spelling: Callable[[bytes], bytes]) -> None:
    answer = rb'{"id":"\u4f60\\n","result":"data:image\/png;base64,' + spelling(ENCODED) + rb'","text":"\u597d\\"}'
    expected = (
        rb'{"id":"\u4f60\\n","result":"data:image\/png;base64,' + MARK + rb'","text":"\u597d\\"}',
        [Run("result", PICTURE)],
    )

    assert lift(answer) == expected
    assert [two for two in in_twos(answer) if lift(*two) != expected] == []


@pytest.mark.parametrize("chunks", [one_byte_at_a_time, in_tens])
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("size", [3072, 3073, 3074, 3075])
def test_every_spelling_and_length_reads_the_same_in_small_pieces(
    size: int, spelling: Callable[[bytes], bytes], chunks: Callable[[bytes], list[bytes]]
) -> None:
    """At 3072 bytes some spellings are just long enough; those that are not stay text, and are not tested here."""
    picture = random.Random(size).randbytes(size + 6)
    answer = b'{"result":"' + spelling(base64.b64encode(picture)) + b'"}'

    assert lift(*chunks(answer)) == (b'{"result":"' + MARK + b'"}', [Run("result", picture)])


# Escapes


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (rb"\n", b""),
        (rb"\r\n", b""),
        (rb"\u4f60", rb"\u4f60"),
        (rb"\u597d\uff0c", rb"\u597d\uff0c"),
        (rb"\ud83d\udc3f", rb"\ud83d\udc3f"),
        (rb"\t", rb"\t"),
        (rb"\"", rb"\""),
        (rb"\b\f", rb"\b\f"),
        (rb"\u000a", rb"\u000a"),
        (rb"\u002c", rb"\u002c"),
    ],
)
def test_an_escape_right_before_a_run_does_not_break_the_json(before: bytes, kept: bytes) -> None:
    """Line breaks belong to wrapped base64; any other escape is text, to its last character."""
    answer = b'{"text":"' + before + ENCODED + b'"}'
    expected = (b'{"text":"' + kept + MARK + b'"}', [Run("text", PICTURE)])

    assert lift(answer) == expected
    assert [two for two in in_twos(answer[:40]) if lift(*two, answer[40:]) != expected] == []
    assert json.loads(lift(answer)[0]) == {"text": json.loads(b'"' + kept + b'"') + MARK.decode()}


def test_an_escaped_backslash_before_a_run_escapes_nothing_else() -> None:
    r"""In ``\\\\u4f60AAAA`` the ``u`` is a letter of the run, not half of an escape."""
    run = (b"u4f60" + b"A" * 5000)[:5004]
    answer = rb'{"text":"\\' + run + b'"}'
    expected = (rb'{"text":"\\' + MARK + b'"}', [Run("text", base64.b64decode(run))])

    assert lift(answer) == expected
    assert lift(*one_byte_at_a_time(answer)) == expected
    assert json.loads(lift(answer)[0]) == {"text": "\\" + MARK.decode()}


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_json_inside_a_json_string_escapes_the_escapes_of_a_run_again(
    spelling: Callable[[bytes], bytes], depth: int
) -> None:
    def wrapped_in(text: bytes) -> bytes:
        for _ in range(depth):
            text = json.dumps({"body": text.decode()}).encode()
        return text

    answer = wrapped_in(b'{"result":"' + spelling(ENCODED) + b'"}')
    expected = (wrapped_in(b'{"result":"' + MARK + b'"}'), [Run("result", PICTURE)])

    assert lift(answer) == expected
    assert lift(*one_byte_at_a_time(answer)) == expected


@pytest.mark.parametrize("cut", [0, 1, 5, 6000])
def test_the_alphabet_that_is_safe_in_urls_is_read_too(cut: int) -> None:
    picture = bytes(range(256)) * 30
    answer = b'{"result":"' + base64.urlsafe_b64encode(picture) + b'"}'

    assert lift(answer[: cut + 20], answer[cut + 20 :]) == (b'{"result":"' + MARK + b'"}', [Run("result", picture)])


@pytest.mark.parametrize(
    "after",
    [rb"\u4f60", rb"\t", rb"\"", rb"\\", rb"\u", rb"\u00", rb"\u003", rb"\u002g", rb"\u0041", b" ", b"!", b"\xe4"],
)
def test_what_is_no_base64_ends_a_run_and_stays(after: bytes) -> None:
    answer = b'{"result":"' + ENCODED + after + b'zz"}'
    expected = (b'{"result":"' + MARK + after + b'zz"}', [Run("result", PICTURE)])

    assert lift(answer) == expected
    tail = len(answer) - 20
    assert [two for two in in_twos(answer[tail:]) if lift(answer[:tail], *two) != expected] == []


def test_escaped_chinese_stays_text_byte_for_byte() -> None:
    """It consists of backslashes and base64 letters only, in runs of any length."""
    text = b'{"text":"' + rb"\u4f60\u597d\u677e\u9f20" * 4200 + b'"}'
    assert len(text) > 100_000

    assert lift(text) == (text, [])
    assert lift(*(text[at : at + 4099] for at in range(0, len(text), 4099))) == (text, [])


def test_escaped_chinese_cut_anywhere_stays_text() -> None:
    text = b'{"text":"' + rb"\u4f60\u597d\/\n" * 500 + b'"}'
    around = len(text) - 60

    assert [two for two in in_twos(text[around:]) if lift(text[:around], *two) != (text, [])] == []
    assert lift(*one_byte_at_a_time(text)) == (text, [])


def test_short_base64_between_escapes_stays_text() -> None:
    text = b'{"text":"' + (rb"\u4f60" + b"A" * 1000 + rb"\t") * 20 + b'"}'

    assert lift(text) == (text, [])
    assert lift(*in_tens(text)) == (text, [])


def test_a_run_behind_escaped_text_is_found() -> None:
    before = b'{"text":"' + rb"\u4f60\u597d" * 1000
    answer = before + ENCODED + rb"\u4f60" * 1000 + b'"}'

    expected = (before + MARK + rb"\u4f60" * 1000 + b'"}', [Run("", PICTURE)])

    assert lift(answer) == expected
    assert lift(*one_byte_at_a_time(answer)) == expected


# When text is passed on


@pytest.mark.parametrize(
    "line",
    [
        b'data: {"type":"keepalive"}\n\n',
        b'data: {"delta":"' + rb"\u4f60" * 1000 + b'"}\n\n',
        b'data: {"delta":"' + rb"\u4f60" * 1000 + rb"\"" + b'"}\n\n',
        b'data: {"delta":"' + b"A" * 3000 + rb"\"" + rb"\u4f60" * 1000 + rb"\\\"" + b'"}\n\n',
        b'data: {"result":"' + ENCODED + b'"}\n\n',
    ],
)
def test_a_whole_line_is_passed_on_at_once(line: bytes) -> None:
    """A gateway may be silent for a minute after it; what the line says must be known before."""
    lifter = BlobLifter(nonce=NONCE, wanted=anything)

    text, _ = collected(lifter.feed(line))

    assert text == line.replace(ENCODED, MARK)


@pytest.mark.parametrize("unit", [b"ab ", rb"\u4f60", rb"\\", rb"\"", b"A" * 4000 + rb"\t", b"A" * 4000 + rb"\u4f60"])
def test_little_more_than_the_threshold_is_ever_held_back(unit: bytes) -> None:
    lifter = BlobLifter(nonce=NONCE, wanted=anything)
    fed = passed = 0

    for chunk in in_tens(unit * (20_000 // len(unit))):
        passed += sum(len(piece.data) for piece in lifter.feed(chunk) if isinstance(piece, Text))
        fed += len(chunk)
        assert fed - passed < THRESHOLD + 10


def test_a_run_is_decoded_while_it_arrives() -> None:
    lifter = BlobLifter(nonce=NONCE, wanted=anything)
    list(lifter.feed(b'"' + b"AAAA" * 1024))

    assert list(lifter.feed(b"AAAA" * 1000)) == [BlobPiece(bytes(3000))]


# Padding


def all_readings(answer: bytes) -> list[tuple[bytes, list[Run]]]:
    ends = range(1, 12)
    return [lift(answer), lift(*one_byte_at_a_time(answer)), *(lift(answer[:-end], answer[-end:]) for end in ends)]


@pytest.mark.parametrize(
    ("tail", "decoded"),
    [(b"", b""), (b"QQ", b"A"), (b"QQ=", b"A"), (b"QQ==", b"A"), (b"QUE", b"AA"), (b"QUE=", b"AA"), (b"QUFB", b"AAA")],
)
@pytest.mark.parametrize("spelling", [plain, as_gson])
def test_padding_may_be_missing(tail: bytes, decoded: bytes, spelling: Callable[[bytes], bytes]) -> None:
    answer = b'"' + spelling(b"AAAA" * 1024 + tail) + b'"'
    expected = (b'"' + MARK + b'"', [Run("", bytes(3072) + decoded)])

    assert [reading for reading in all_readings(answer) if reading != expected] == []


@pytest.mark.parametrize(
    ("tail", "problem"),
    [
        (b"Q", "base64 is cut short"),
        (b"Q=", "base64 is cut short"),
        (b"Q==", "base64 is cut short"),
        (b"Q===", "base64 is cut short"),
        (b"QQ==QQ==", "base64 goes on after its padding"),
        (rb"QQ==\/QQQ", "base64 goes on after its padding"),
        (b"QUE=Q", "base64 goes on after its padding"),
        (b"QQ=A", "base64 goes on after its padding"),
        (b"=QQQ", "base64 goes on after its padding"),
        (b"Q=QQ", "base64 goes on after its padding"),
    ],
)
@pytest.mark.parametrize("spelling", [plain, as_gson])
def test_unsound_base64_is_said_to_be(tail: bytes, problem: str, spelling: Callable[[bytes], bytes]) -> None:
    answer = b'"' + spelling(b"AAAA" * 1024 + tail) + b'"'

    readings = [(text, [run.problem for run in runs]) for text, runs in all_readings(answer)]

    assert readings == [(b'"' + MARK + b'"', [problem])] * len(readings)


def test_damaged_base64_is_not_decoded_any_further() -> None:
    answer = b'"' + b"AAAA" * 1024 + b"==" + b"QUJD" * 5000 + b'"'

    for text, (run,) in (lift(answer), lift(*in_tens(answer))):
        assert text == b'"' + MARK + b'"'
        assert run.data is not None
        assert b"ABC" not in run.data
        assert run.problem == "base64 goes on after its padding"


# Which field it is the value of


@pytest.mark.parametrize(
    ("before", "field"),
    [
        (b'{"result":"', "result"),
        (b'{"result" : \t"', "result"),
        (b'{"result":\r\n  "', "result"),
        (b'{"result":"data:image/png;base64,', "result"),
        (rb'{"result":"data:image\/png;base64,', "result"),
        (b'{"partial_image_b64":"', "partial_image_b64"),
        (b'{"b64_json":"', "b64_json"),
        (b'{"a":"b","result":"', "result"),
        (b'{"result":"","text":"', "text"),
        (b'{"result":["', "result"),
        (b'{"result" : [ "', "result"),
        (b'{"result":["a","', ""),
        (b'{"result":{"":"', ""),
        (b'["', ""),
        (b'"', ""),
        (b"", ""),
        (rb'{"result":" \ndata:image\u002fpng;base64,', "result"),
        (rb'{"text":"\"result\":\"', "result"),
        (rb'{"text":"{\"result\":\"', "result"),
        (rb'{"text":"{\"result\" : [\"', "result"),
        (rb'{"text":"{\\\"result\\\":\\\"', "result"),
        (rb'{"result":"{\"text\":\"', "text"),
        (rb'{"text":"\\","result":"', "result"),
        (rb'["\"result\":\"', "result"),
        (b'{"a b":"', ""),
        ('{"结果":"'.encode(), ""),
        (b'{"result":"' + b"word " * 100, ""),
        (b'{"result":' + b" " * 300 + b'"', ""),
    ],
)
def test_a_run_is_the_value_of_the_key_before_it(before: bytes, field: str) -> None:
    answer = before + ENCODED + b'"'

    assert lift(answer)[1] == [Run(field, PICTURE)]
    assert lift(*one_byte_at_a_time(answer))[1] == [Run(field, PICTURE)]
    assert lift(answer)[0] == before + MARK + b'"'


def test_a_second_run_in_a_string_is_not_the_keys_value() -> None:
    _, runs = lift(b'{"result":"' + ENCODED + b" " + ENCODED + b'"}')

    assert runs == [Run("result", PICTURE), Run("", PICTURE)]


# Runs nobody wants, and limits


def test_an_unwanted_run_is_measured_and_not_decoded() -> None:
    answer = b'{"text":"' + wrapped(ENCODED) + b'","result":"' + ENCODED + b'"}'

    lifter = BlobLifter(nonce=NONCE, wanted=lambda field, _: field == "result")
    pieces = [*lifter.feed(answer), *lifter.close()]

    text, runs = collected(pieces)
    assert text == b'{"text":"<blob:5eed:1>","result":"<blob:5eed:2>"}'
    assert runs == [Run("text", None), Run("result", PICTURE)]
    sizes = [piece.size for piece in pieces if isinstance(piece, BlobEnded)]
    assert sizes == [pytest.approx(len(PICTURE), abs=3), len(PICTURE)]


@pytest.mark.parametrize("after", [" and words 松鼠\n", "\n\ndata: {}\n\n", "<p>", rb"\u4f60".decode()])
def test_a_run_that_is_only_measured_ends_where_it_would_if_it_were_decoded(after: str) -> None:
    page = b"<p>" + ENCODED + after.encode() + b"AB"

    assert lift(page, wanted=nothing) == (b"<p>" + MARK + after.encode() + b"AB", [Run("", None)])
    assert lift(*one_byte_at_a_time(page), wanted=nothing) == lift(page, wanted=nothing)


def test_what_is_wanted_is_asked_anew_for_every_run() -> None:
    answers = iter([True, False, True])

    _, runs = lift(b'"' + b'","'.join([ENCODED] * 3) + b'"', wanted=lambda *_: next(answers))

    assert runs == [Run("", PICTURE), Run("", None), Run("", PICTURE)]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_picture_may_be_as_large_as_the_limit_and_no_larger(spelling: Callable[[bytes], bytes]) -> None:
    answer = b'"' + spelling(ENCODED) + b'"'

    assert lift(*in_tens(answer), max_blob=len(PICTURE))[1] == [Run("", PICTURE)]
    (run,) = lift(*in_tens(answer), max_blob=len(PICTURE) - 1)[1]
    assert run.problem == "larger than 3099 bytes"
    assert run.data is not None
    assert len(run.data) <= len(PICTURE) - 1
    assert PICTURE.startswith(run.data)


def test_nothing_beyond_the_limit_is_handed_out_while_a_run_goes_on() -> None:
    chunks = [b'"', *[b"QUJD" * 1024] * 100, b'"']

    text, (run,) = lift(*chunks, max_blob=10_000)

    assert text == b'"' + MARK + b'"'
    assert run.data is not None
    assert len(run.data) <= 10_000
    assert run.problem == "larger than 10000 bytes"


@pytest.mark.parametrize("end", [b"", b"\\", rb"\u", rb"\u00"])
def test_an_answer_that_ends_inside_a_run_says_so(end: bytes) -> None:
    text, (run,) = lift(b'{"result":"' + ENCODED + end)

    assert text == b'{"result":"' + MARK + end
    assert run == Run("result", PICTURE, "the answer ends inside it")


@pytest.mark.parametrize("end", [b"\\", rb"\u4f6", b"A" * 4095, b"A" * 100 + b"\\", rb"\u4f60" * 1000 + b"AA"])
def test_what_was_held_back_is_text_when_the_answer_ends(end: bytes) -> None:
    assert lift(b'{"result":"' + end) == (b'{"result":"' + end, [])


def test_an_empty_answer_is_empty() -> None:
    assert lift() == (b"", [])
    assert lift(b"", b"") == (b"", [])


# Placeholders


def test_a_placeholder_is_found_at_the_end_of_a_string() -> None:
    assert find_placeholder(placeholder(NONCE, 12), NONCE) == 12
    assert find_placeholder("data:image/png;base64," + placeholder(NONCE, 3), NONCE) == 3
    assert find_placeholder(placeholder(NONCE, 3) + "\n ", NONCE) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<blob:5eed:>",
        "<blob:5eed:1",
        "<blob:5eed:-1>",
        "<blob:0000:1>",
        "<blob::1>",
        "<blob:.{4}:1>",
        "<blob:5eed:1> and more",
        "<blob:5eed:" + "9" * 5000 + ">",
    ],
)
def test_what_only_looks_like_a_placeholder_is_none(text: str) -> None:
    """Whoever does not know the nonce cannot name a run."""
    assert find_placeholder(text, NONCE) is None


def test_a_nonce_is_no_pattern() -> None:
    assert find_placeholder("<blob:abc:1>", "a.c") is None
    assert without_placeholders("<blob:abc:1>", "a.c") == "<blob:abc:1>"


def test_a_server_that_writes_placeholders_names_none_of_our_runs() -> None:
    text, runs = lift(b'{"result":"<blob:0000:1>","other":"' + ENCODED + b'"}')
    body = json.loads(text)

    assert find_placeholder(body["result"], NONCE) is None
    assert find_placeholder(body["other"], NONCE) == 1
    assert runs == [Run("other", PICTURE)]


def test_a_person_reads_a_remark_in_place_of_each_placeholder() -> None:
    text = f"松鼠 {placeholder(NONCE, 1)}, {placeholder(NONCE, 22)} <blob:0000:1>"

    assert without_placeholders(text, NONCE) == "松鼠 [long base64 left out], [long base64 left out] <blob:0000:1>"


# Whole documents


@dataclass(frozen=True, slots=True)
class Lifts:
    """Where a document holds base64: *prefix* is text before it in the same string."""

    picture: bytes
    prefix: str
    spelling: Callable[[bytes], bytes]


# A prefix of base64 letters would be a part of the run, so these end in something else; so would a backslash before an
# escaped letter, which is how JSON in a JSON string spells that letter.
PREFIXES = ["", "data:image/png;base64,", "你好，", "\\ ", '"', "松鼠\t", "🐿", "AAAA ", "a/b/c:"]
HIDDEN = st.builds(
    Lifts,
    st.builds(lambda size, seed: random.Random(seed).randbytes(size), st.integers(3075, 3400), st.integers(0, 99)),
    st.sampled_from(PREFIXES),
    st.sampled_from(SPELLINGS),
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | HIDDEN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def encode(document: object, *, ascii_only: bool) -> bytes:
    """Return *document* as JSON, base64 spelled as asked."""
    hidden: list[Lifts] = []

    def stand_in(value: object) -> str:
        assert isinstance(value, Lifts)
        hidden.append(value)
        return f"\x00{len(hidden) - 1}\x00"

    text = json.dumps(document, ensure_ascii=ascii_only, default=stand_in).encode("utf-8", "surrogatepass")
    for number, value in enumerate(hidden):
        prefix = json.dumps(value.prefix, ensure_ascii=ascii_only)[1:-1].encode()
        spelled = prefix + value.spelling(base64.b64encode(value.picture))
        text = text.replace(rf'"\u0000{number}\u0000"'.encode(), b'"' + spelled + b'"')
    return text


def substituted(document: object, pictures: list[bytes]) -> object:
    """Return *document* as it should be read: placeholders in place of base64, noting the *pictures* in order."""
    if isinstance(document, Lifts):
        pictures.append(document.picture)
        return document.prefix + placeholder(NONCE, len(pictures))
    if isinstance(document, list):
        return [substituted(value, pictures) for value in document]
    if isinstance(document, dict):
        return {key: substituted(value, pictures) for key, value in document.items()}
    return document


def pieces_of(stream: bytes, cuts: list[float]) -> list[bytes]:
    at = sorted(int(cut * len(stream)) for cut in cuts)
    return [stream[start:end] for start, end in zip([0, *at], [*at, len(stream)], strict=True)]


FRACTIONS = st.lists(st.floats(0, 1), max_size=6)


@settings(deadline=None)
@given(document=DOCUMENTS, ascii_only=st.booleans(), cuts=FRACTIONS)
def test_any_document_cut_anywhere_gives_its_pictures_and_the_rest(
    *, document: object, ascii_only: bool, cuts: list[float]
) -> None:
    stream = encode(document, ascii_only=ascii_only)
    pictures: list[bytes] = []
    expected = substituted(document, pictures)

    text, runs = lift(*pieces_of(stream, cuts))

    assert [(run.data, run.problem) for run in runs] == [(picture, None) for picture in pictures]
    assert json.loads(text.decode("utf-8", "surrogatepass")) == expected


BRICKS = [
    b"A" * 4096,
    b"A" * 4095,
    b"QUJD" * 700,
    b"=",
    b"+",
    b"/",
    b"\\",
    b"u",
    b"n",
    b"0",
    b"02",
    b"2B",
    b'"',
    b'{"result":"',
    b" ",
    b"\xe4",
    rb"\/",
    rb"\n",
    rb"\u002B",
    rb"\u4f60",
    rb"\u4f60" * 700,
]


HOSTILE = st.lists(st.sampled_from(BRICKS), max_size=12).map(b"".join)


def settled(reading: tuple[bytes, list[Run]]) -> tuple[bytes, list[Run]]:
    """Return *reading* without the bytes of damaged runs: how many came before the damage depends on the pieces."""
    text, runs = reading
    return text, [run if run.problem is None else Run(run.field, None, run.problem) for run in runs]


@settings(deadline=None, max_examples=300)
@given(HOSTILE, FRACTIONS)
def test_hostile_bytes_in_any_pieces_read_the_same_as_whole(stream: bytes, cuts: list[float]) -> None:
    assert settled(lift(*pieces_of(stream, cuts))) == settled(lift(stream))


@settings(deadline=None, max_examples=50)
@given(HOSTILE)
def test_hostile_bytes_one_by_one_read_the_same_as_whole(stream: bytes) -> None:
    assert settled(lift(*one_byte_at_a_time(stream))) == settled(lift(stream))


RUN = rb"(?:[A-Za-z0-9+/=_-]|\\{1,7}(?:[/nr]|u00(?:2[BbDdFf]|3[Dd]|5[Ff])))+"


@pytest.mark.parametrize("wanted", [anything, nothing])
@settings(deadline=None, max_examples=300)
@given(stream=HOSTILE, cuts=FRACTIONS)
def test_no_byte_outside_a_run_is_lost_or_made_up(
    wanted: Callable[[str, str], bool], stream: bytes, cuts: list[float]
) -> None:
    text, _ = lift(*pieces_of(stream, cuts), wanted=wanted)

    around = re.split(rb"<blob:5eed:[0-9]+>", text)

    assert re.fullmatch(RUN.join(re.escape(part) for part in around), stream)
