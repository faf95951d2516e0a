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
