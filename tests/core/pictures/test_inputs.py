"""What a picture may be called, and what is said of it in the text."""

from collections.abc import Callable, Iterator

import pytest

from cpa_image_cli.core.errors import Code, UsageError
from cpa_image_cli.core.pictures.inputs import (
    Handling,
    InputPicture,
    NamedPicture,
    Origin,
    Parent,
    all_named,
    named,
    ratios_agree,
    upload_notice,
    woven,
)


def files(*names: str) -> Callable[[str], bool]:
    return lambda name: name in names


@pytest.mark.parametrize(
    ("text", "origin", "name", "role"),
    [
        ("cat.png", Origin.FILE, "cat.png", None),
        ("folder/a=b.png", Origin.FILE, "folder/a=b.png", None),
        ("-", Origin.STDIN, "-", None),
        ("last", Origin.RUN, "last", None),
        ("LAST~2", Origin.RUN, "last~2", None),
        ("03kpz9qa", Origin.RUN, "03kpz9qa", None),
        ("03kp", Origin.RUN, "03kp", None),
        ("cat", Origin.FILE, "cat", None),
        ("https://host/p.png?a=b", Origin.ADDRESS, "https://host/p.png?a=b", None),
        ("style=ref.png", Origin.FILE, "ref.png", "style"),
        ("object to insert=-", Origin.STDIN, "-", "object to insert"),
        ("风格=last", Origin.RUN, "last", "风格"),
        ("style=https://host/p.png", Origin.ADDRESS, "https://host/p.png", "style"),
        ("style=03kpz9qa", Origin.RUN, "03kpz9qa", "style"),
        ("style=a=b.png", Origin.FILE, "a=b.png", "style"),
        (" =ref.png", Origin.FILE, "ref.png", None),
        ("style=", Origin.FILE, "style=", None),
    ],
)
def test_a_picture_is_named_in_many_ways(text: str, origin: Origin, name: str, role: str | None) -> None:
    assert named(text, is_file=files()) == NamedPicture(origin=origin, name=name, role=role)


def test_a_file_of_that_very_name_wins_over_a_role_and_over_a_run() -> None:
    there = files("style=ref.png", "03kpz9qa")

    assert named("style=ref.png", is_file=there).role is None
    assert named("03kpz9qa", is_file=there).origin is Origin.FILE
    assert named("style=03kpz9qa", is_file=there).origin is Origin.FILE


@pytest.mark.parametrize("text", ["", "  ", "a\0b", "http://host/p.png", "style=http://host/p.png"])
def test_what_can_name_no_picture_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        named(text, is_file=files())

    assert caught.value.code is Code.BAD_PICTURE


def test_there_are_sixteen_at_most() -> None:
    assert len(all_named(["a.png"] * 16, is_file=files())) == 16
    with pytest.raises(UsageError, match="17 pictures were named; a request takes 16"):
        all_named(["a.png"] * 17, is_file=files())


def test_standard_input_has_one_picture() -> None:
    with pytest.raises(UsageError, match="- was named twice"):
        all_named(["-", "style=-"], is_file=files())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-", "standard input"),
        ("folder/" * 20 + "cat.png", "…" + ("folder/" * 20 + "cat.png")[-60:]),
        ("last~2", "the picture of last~2"),
        ("a\x1b[31mb.png", "ab.png"),
        ("https://me:secret@host/p.png?token=secret#x", "https://host/p.png"),
    ],
)
def test_it_is_shown_without_what_a_terminal_obeys_and_without_secrets(text: str, shown: str) -> None:
    assert named(text, is_file=files()).shown == shown


class Nothing:
    length = 0

    def pieces(self) -> Iterator[bytes]:
        return iter(())


def picture(role: str | None = None) -> InputPicture:
    parent = Parent(name="a.png", origin=Origin.FILE, sha256="00", role=role)
    return InputPicture(shown="a.png", format="webp", width=1, height=1, content=Nothing(), parent=parent)


def test_without_roles_the_prompt_goes_as_it_was_given() -> None:
    assert woven("a cat\n", [picture(), picture()]) == "a cat\n"


def test_roles_are_told_by_number() -> None:
    assert woven("Mix them.", [picture(), picture("style")]) == "Image 2: style\n\nMix them."


def test_what_was_asked_earlier_is_one_line() -> None:
    text = woven("At night.", [picture()], earlier=["a red\nfox", "with a hat"], added="Image 2 is marked.")

    assert text == "Earlier: 1) a red fox 2) with a hat\nImage 2 is marked.\n\nAt night."


def test_what_it_is_said_to_be_comes_from_its_bytes() -> None:
    assert picture().media_type == "image/webp"


def test_a_parent_is_recorded_as_far_as_it_is_known() -> None:
    assert picture("style").parent.as_json() == {"name": "a.png", "origin": "file", "sha256": "00", "role": "style"}


def test_the_digest_is_known_when_the_bytes_have_been_read() -> None:
    assert picture().parent.of("ab").sha256 == "ab"


@pytest.mark.parametrize(
    ("names", "mask", "handling", "told"),
    [
        ([], "m.png", Handling(), "--mask belongs to a picture, and none was named"),
        (["a.png"], None, Handling(invert_mask=True), "--invert-mask needs a --mask"),
        (["a.png"], None, Handling(keep_outside=True), "--keep-outside needs a --mask"),
        (["a.png"], None, Handling(mask_as_picture=True), "--mask-as-picture needs a --mask"),
    ],
)
def test_what_contradicts_itself_is_refused(names: list[str], mask: str | None, handling: Handling, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        handling.refuse_contradictions(names, mask)


def test_a_mask_and_its_options_go_together() -> None:
    Handling(invert_mask=True, keep_outside=True).refuse_contradictions(["a.png"], "m.png")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((1536, 1024), (3000, 2000), True),
        ((1536, 1024), (1254, 836), True),
        ((1000, 1000), (1000, 1009), True),
        ((1000, 1000), (1000, 1020), False),
        ((1536, 1024), (1024, 1536), False),
    ],
)
def test_a_shape_is_the_same_within_a_per_cent(one: tuple[int, int], other: tuple[int, int], *, same: bool) -> None:
    assert ratios_agree(one, other) is same


def test_how_large_a_request_is_is_told_when_it_is_large_and_bounded() -> None:
    told = upload_notice(9 * 1024 * 1024, most=64)

    assert upload_notice(8 * 1024 * 1024, most=64) is None
    assert told is not None
    assert (told.code, told.message) == ("large_request", "the request has 9.0 MiB")
    with pytest.raises(UsageError, match=r"the request would have 65\.0 MiB, and --max-upload allows 64"):
        upload_notice(65 * 1024 * 1024, most=64)
