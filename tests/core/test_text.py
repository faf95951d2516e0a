"""What a server or a prompt says reaches the terminal without a way to touch it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.text import clean, one_line, veiled


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1bPq#0;2;0;0;0\x1b\\sixel", "sixel"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("a\rb", "a\N{REPLACEMENT CHARACTER}b"),
        ("bell\x07", "bell\N{REPLACEMENT CHARACTER}"),
        ("\u202egnp.exe", "\N{REPLACEMENT CHARACTER}gnp.exe"),
        ("\x9b31mC1", "\N{REPLACEMENT CHARACTER}31mC1"),
        ("画一只\n松鼠\t。", "画一只\n松鼠\t。"),
        ("two\r\nlines", "two\nlines"),
        ("[bold]markup[/bold]", "[bold]markup[/bold]"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_controls_are_neutralised_and_words_are_kept(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_message_of_ten_megabytes_is_short_and_on_one_line() -> None:
    shown = one_line("a sentence\n" * 1_000_000)

    assert (len(shown), shown[:21], shown[-1]) == (600, "a sentence a sentence", "…")


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=400))
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = clean(text, limit=100)

    assert len(shown) <= 100
    assert not any(ord(character) < 0x20 and character not in "\n\t" for character in shown)
    assert not set(shown) & set("\x1b\x7f\x9b\u202a\u202e\u2066\u2069\u2028")


def test_of_a_picture_in_a_message_only_the_beginning_is_shown() -> None:
    quoted = "Invalid value 'data:image/png;base64," + "iVBORw0KGgo" * 30 + "': no picture"

    assert one_line(quoted) == "Invalid value 'data:image/png;base64,iVBORw0KGgoiVBOR…': no picture"
    assert one_line("data:image/png;base64,iVBO") == "data:image/png;base64,iVBO"


def test_what_is_veiled_is_as_long_as_it_was() -> None:
    assert veiled("\x1b[2J松鼠\r") == "\N{REPLACEMENT CHARACTER}[2J松鼠\N{REPLACEMENT CHARACTER}"
