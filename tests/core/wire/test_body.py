"""A body is pieces of a known length, the same each time, and JSON whatever stands in it."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpa_image_cli.core.wire.body import Body, DataUrl, json_body

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@dataclass(frozen=True)
class Pieces:
    """A source that comes in pieces as they were cut."""

    cut: tuple[bytes, ...]

    @property
    def length(self) -> int:
        return sum(map(len, self.cut))

    def pieces(self) -> Iterator[bytes]:
        yield from self.cut


@given(VALUES)
def test_it_is_the_json_that_it_always_was(value: object) -> None:
    assert b"".join(json_body(value)) == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@given(st.lists(st.binary()))
def test_a_picture_is_the_same_base64_however_its_file_is_cut(cut: list[bytes]) -> None:
    url = DataUrl("image/png", Pieces(tuple(cut)))

    text = b"".join(url.pieces())

    assert text == b"data:image/png;base64," + base64.b64encode(b"".join(cut))
    assert url.length == len(text)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 100_000])
def test_its_length_is_known_before_it_is_made(size: int) -> None:
    body = json_body({"a": [DataUrl("image/webp", Pieces((b"x" * size,))), "then text"]})

    assert body.length == len(b"".join(body))


def test_pictures_stand_where_the_value_has_them() -> None:
    first, second = DataUrl("image/png", Pieces((b"one",))), DataUrl("image/jpeg", Pieces((b"two",)))

    value = json.loads(b"".join(json_body({"content": [{"url": first}, (second, 1)]})))

    assert value == {"content": [{"url": "data:image/png;base64,b25l"}, ["data:image/jpeg;base64,dHdv", 1]]}


def test_it_is_made_anew_each_time() -> None:
    body = json_body([DataUrl("image/png", Pieces((b"one", b"two")))])

    assert list(body) == list(body) != []


def test_it_is_shown_by_its_beginning_alone() -> None:
    url = DataUrl("image/png", Pieces((b"x" * 3000, b"unseen")))

    assert url.shown() == "data:image/png;base64,eHh4eHh4eHh4eHh4… (4,030 characters)"
    assert DataUrl("image/png", Pieces(())).shown() == "data:image/png;base64,"


def test_no_piece_of_it_is_empty() -> None:
    assert list(Body((b"", b"a", Pieces((b"", b"b")), b""))) == [b"a", b"b"]
