"""
What once broke the reader of answers, and every answer the fuzzer begins with: all must hold, without a fuzzer.

A file in ``finds`` is an input of ``language``. To keep a new find, leave it there under a name that says what it is.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpa_image_cli.core.job.events import WireNoted
from cpa_image_cli.core.wire.answer_pictures import AnswerPictures
from cpa_image_cli.core.wire.answer_reader import AnswerReader, Read
from tests.fuzz import seeds
from tests.fuzz.language import CUT, LONGEST, PLAIN, REPEATS, SIGN, WORDS, understood, written
from tests.fuzz.target import Broken, MemoryBlob, Reader, check_shown, examine

FINDS = sorted((Path(__file__).parent / "finds").iterdir())
ANSWERS, INPUTS = seeds.answers(), seeds.inputs()

PICTURE = b'{"output":[{"type":"image_generation_call","result":"' + SIGN + b'A"}]}'
EVENT = b'data: {"type":"response.output_item.done","item":{"type":"image_generation_call","result":"' + SIGN + b'A"}}'


@pytest.mark.parametrize("find", FINDS, ids=lambda find: find.name)
def test_what_once_broke_it_holds(find: Path) -> None:
    examine(find.read_bytes())


@pytest.mark.parametrize("name", ANSWERS)
def test_what_the_fuzzer_begins_with_holds(name: str) -> None:
    examine(ANSWERS[name])
    examine(INPUTS[name])


def test_the_seeds_are_the_same_every_time() -> None:
    assert seeds.inputs() == INPUTS


# The language of the inputs


def test_an_input_is_an_answer_in_pieces() -> None:
    assert understood(b"one" + CUT + b"two " + SIGN + b"A" + CUT).pieces == (b"one", b"two " + PLAIN, b"")


def test_a_sign_that_means_nothing_stands_for_itself() -> None:
    assert understood(SIGN + b"?" + SIGN).answer == SIGN + b"?" + SIGN


def test_an_event_can_be_said_again_and_again() -> None:
    assert understood(b"data: 1\n\ndata: 2\n\n" + SIGN + b"R").answer == b"data: 1\n\n" + b"data: 2\n\n" * (REPEATS + 1)


def test_no_answer_is_too_long_to_be_examined_often() -> None:
    assert len(understood((SIGN + b"Z") * 100).answer) == LONGEST


def test_the_words_of_an_answer_are_found_again() -> None:
    answer = b"{" + PLAIN + b"}" + WORDS[b"X"]

    assert written(answer) == b"{" + SIGN + b"A}" + SIGN + b"X"
    assert understood(written(answer)).answer == answer


# The target can fail


class DropsThePicturesEnd(AnswerPictures[MemoryBlob]):
    def take(self, result: str) -> MemoryBlob | None:
        blob = super().take(result)
        if blob is not None:
            del blob.data[-1:]
        return blob


class TakesNothing(AnswerPictures[MemoryBlob]):
    def take(self, result: str) -> MemoryBlob | None:
        super().take(result)
        return None


class ForgetsTheLastByteOfEachPiece(AnswerReader):
    def feed(self, chunk: bytes) -> Iterator[Read]:
        return super().feed(chunk[:-1] if len(chunk) > 1 else chunk)


class SkipsAnEvent(AnswerReader):
    def close(self) -> Iterator[Read]:
        list(super().close())
        return iter(())


class RaisesAnything(AnswerReader):
    def feed(self, chunk: bytes) -> Iterator[Read]:
        json.loads(chunk)
        return super().feed(chunk)


@pytest.mark.parametrize(
    ("reader", "said"),
    [
        ((AnswerReader, DropsThePicturesEnd), "a picture has other bytes than its base64"),
        ((AnswerReader, TakesNothing), "sound base64 was not taken"),
        ((ForgetsTheLastByteOfEachPiece, AnswerPictures), "another reading in other pieces"),
        ((SkipsAnEvent, AnswerPictures), "0 events of 1"),
    ],
)
def test_a_reader_that_is_wrong_is_caught(reader: Reader, said: str) -> None:
    examine(PICTURE)

    with pytest.raises(Broken, match=said):
        examine(PICTURE, reader)


def test_an_exception_nobody_announced_is_a_find() -> None:
    examine(EVENT)

    with pytest.raises(ValueError, match="Expecting value"):
        examine(EVENT, (RaisesAnything, AnswerPictures))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("a\x1b[31mb", "a terminal may obey"),
        ("a\u202eb", "a terminal may obey"),
        ("a\u2028b", "a terminal may obey"),
        ("<blob:5eed:1>", "stands for a picture"),
        ("a" * 1000, "1000 characters long"),
    ],
)
def test_what_no_terminal_should_see_is_caught(kind: str, said: str) -> None:
    check_shown(WireNoted(type="松鼠\tresponse.created\n"), "5eed")

    with pytest.raises(Broken, match=said):
        check_shown(WireNoted(type=kind), "5eed")
