"""Text that is made to hurt whoever shows it on a terminal, and how to see that it did."""

from cpa_image_cli.adapters.terminal.graphics_query import OTHER_QUESTIONS, QUESTIONS

BIDIRECTIONAL = (*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u061c", "\u200e", "\u200f")
"""All that Unicode has to turn the direction of text (UAX #9): embeddings, overrides, isolates and marks."""

MARKUP = "[bold red]MARKUP[/bold red]"
WEAPONS = {
    "a new title": "\x1b]0;OWNED\x07",
    "a clipboard": "\x1b]52;c;T1dORUQ=\x07",
    "a link": "\x1b]8;;http://evil.example\x07here\x1b]8;;\x07",
    "an empty screen": "\x1b[2J\x1b[H",
    "colours": "\x1b[31;41m",
    "eight-bit controls": "\x9b31m\x9d0;OWNED\x9c",
    "a device query": "\x1bP+q544e\x1b\\",
    "a picture": "\x1b_Gf=100,a=T;OWNED\x1b\\",
    "a reset": "\x1bc",
    "another screen": "\x1b[?1049h",
    "a question that the terminal answers": "\x1b[6n",
    "overwriting": "\roverwritten\b\b\b",
    "nothing, bell, delete": "\x00\x07\x7f",
    "turned-around text": f"\u202egnp.exe {' '.join(BIDIRECTIONAL)}",
    "other line ends": "\u2028\u2029\x85\x0b\x0c",
    "half a character": "\ud800",
    "an unfinished sequence": "\x1b]0;OWNED",
}
NEVER = (
    b"\x1b]0;OWNED",
    b"\x1b]52;",
    b"\x1b]8;;http://evil",
    b"\x1b[2J",
    b"\x1b[31;41m",
    "\x9b".encode(),
    "\x9d".encode(),
    b"\x1bP+q",
    b"\x1b_Gf=100,a=T",
    b"\x1bc",
    b"\x1b[?1049h",
    b"\x1b[6n",
    b"\roverwritten",
    b"\b",
    b"\x00",
    b"\x07",
    b"\x7f",
    *(mark.encode() for mark in (*BIDIRECTIONAL, "\u2028", "\u2029", "\x85")),
    b"\x0b",
    b"\x0c",
)
"""What must not reach a terminal."""

HOSTILE = f"before {MARKUP} :warning: " + " ".join(WEAPONS.values()) + " after"

OUR_QUESTIONS = (QUESTIONS.encode(), OTHER_QUESTIONS.encode(), b"\x1b[6n\x1b[c")
"""What we ask a terminal ourselves, to the letter: escape sequences, and no weapons."""


def weapons_in(raw: bytes) -> list[bytes]:
    """Return the weapons that are among the bytes a terminal got."""
    for question in OUR_QUESTIONS:
        raw = raw.replace(question, b"")
    return [weapon for weapon in NEVER if weapon in raw]
