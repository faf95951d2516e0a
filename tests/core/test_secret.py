"""A secret shows itself only to whoever asks it to."""

import pytest

from cpa_image_cli.core.secret import Secret


@pytest.mark.parametrize(
    ("text", "shown"),
    [("sk-0123456789abcdef", "sk-…cdef"), ("0123456789abcdef", "…cdef"), ("sk-short", "…"), ("", "(empty)")],
)
def test_four_characters_are_shown_at_most(text: str, shown: str) -> None:
    secret = Secret(text)

    assert (secret.masked(), str(secret), repr(secret), f"{secret}") == (shown, *[f"Secret({shown})"] * 3)


def test_it_reveals_what_it_holds() -> None:
    assert Secret("sk-0123456789abcdef").reveal() == "sk-0123456789abcdef"


@pytest.mark.parametrize("spelled", ['a"b\n0123', r'a"b\n0123', r"a\"b\n0123"])
def test_it_is_taken_out_of_a_text_however_that_spells_it(spelled: str) -> None:
    assert Secret('a"b\n0123').out_of(f"({spelled})") == "(…)"


def test_what_could_stand_anywhere_is_not_taken_out() -> None:
    assert Secret("a").out_of("a cat") == "a cat"
