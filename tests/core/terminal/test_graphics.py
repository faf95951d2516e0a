"""Which protocol a terminal gets, from what it hints and answers."""

import pytest

from cpa_image_cli.core.terminal.graphics import Answers, Graphics, Protocol, choose, summarise, through_tmux
from cpa_image_cli.core.terminal.replies import (
    AreaSize,
    CellSize,
    ColourRegisters,
    DeviceAttributes,
    KittyAnswer,
    TerminalVersion,
)

XTERM = {"TERM": "xterm-256color"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"}
TMUX_ITSELF = Answers(answered=True, version="tmux 3.4")


def test_replies_are_summed_up() -> None:
    replies = [
        KittyAnswer(31, ok=True),
        TerminalVersion("kitty(0.35.2)"),
        CellSize(9, 18),
        AreaSize(720, 432),
        ColourRegisters(1024),
        DeviceAttributes(frozenset({62, 4})),
    ]

    assert summarise(replies) == Answers(
        answered=True,
        kitty=True,
        sixel=True,
        version="kitty(0.35.2)",
        cell=CellSize(9, 18),
        area=AreaSize(720, 432),
        colours=1024,
    )


@pytest.mark.parametrize("reply", [KittyAnswer(31, ok=False), KittyAnswer(7, ok=True)])
def test_a_kitty_answer_counts_when_it_is_a_yes_to_our_question(reply: KittyAnswer) -> None:
    assert summarise([reply]).kitty is False


def test_a_cell_of_no_size_is_no_size() -> None:
    assert summarise([CellSize(0, 0), AreaSize(0, 10)]) == Answers(answered=True)


@pytest.mark.parametrize(
    ("environ", "answers", "protocol", "placeholders"),
    [
        (XTERM, Answers(answered=True, kitty=True, version="kitty(0.35.2)"), Protocol.KITTY, True),
        (XTERM, Answers(answered=True, kitty=True, version="kitty(0.26.5)"), Protocol.KITTY, False),
        (XTERM, Answers(answered=True, kitty=True, version="ghostty 1.1.0"), Protocol.KITTY, True),
        (XTERM, Answers(answered=True, kitty=True, sixel=True, version="Konsole 24.08"), Protocol.KITTY, False),
        (XTERM, Answers(answered=True, kitty=True, sixel=True, version="WezTerm 20240203"), Protocol.ITERM, False),
        (XTERM, Answers(answered=True, sixel=True, version="iTerm2 3.5.0"), Protocol.ITERM, False),
        (XTERM, Answers(answered=True, sixel=True), Protocol.SIXEL, False),
        (XTERM, Answers(answered=True), Protocol.HALF_BLOCKS, False),
        ({**XTERM, "KITTY_WINDOW_ID": "1"}, Answers(answered=True), Protocol.HALF_BLOCKS, False),
        ({**XTERM, "KITTY_WINDOW_ID": "1"}, Answers(), Protocol.KITTY, False),
        ({"TERM": "xterm-kitty"}, Answers(), Protocol.KITTY, False),
        ({**XTERM, "TERM_PROGRAM": "iTerm.app"}, Answers(), Protocol.ITERM, False),
        ({**XTERM, "TERM_PROGRAM": "WezTerm"}, Answers(), Protocol.ITERM, False),
        ({**XTERM, "TERM_PROGRAM": "ghostty"}, Answers(), Protocol.KITTY, False),
        ({**XTERM, "LC_TERMINAL": "iTerm2"}, Answers(), Protocol.ITERM, False),
        ({**XTERM, "TERM_PROGRAM": "vscode"}, Answers(), Protocol.HALF_BLOCKS, False),
        (XTERM, Answers(), Protocol.HALF_BLOCKS, False),
        ({"WT_SESSION": "x"}, Answers(), Protocol.HALF_BLOCKS, False),
        ({**XTERM, "NO_COLOR": "1"}, Answers(), Protocol.NONE, False),
        ({**XTERM, "NO_COLOR": ""}, Answers(), Protocol.HALF_BLOCKS, False),
        ({**XTERM, "NO_COLOR": "1"}, Answers(answered=True, sixel=True), Protocol.SIXEL, False),
        ({"TERM": "dumb", "KITTY_WINDOW_ID": "1"}, Answers(), Protocol.NONE, False),
        ({}, Answers(), Protocol.NONE, False),
    ],
)
def test_a_terminal_gets_the_best_it_says_it_has(
    environ: dict[str, str], answers: Answers, protocol: Protocol, *, placeholders: bool
) -> None:
    chosen = choose(environ, answers)

    assert (chosen.protocol, chosen.placeholders, chosen.passthrough) == (protocol, placeholders, False)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        (Answers(kitty=True, version="kitty(0.35.2)"), TMUX_ITSELF, (Protocol.KITTY, True)),
        (Answers(kitty=True, version="Konsole 24.08"), TMUX_ITSELF, (Protocol.HALF_BLOCKS, False)),
        (Answers(version="iTerm2 3.5.0"), TMUX_ITSELF, (Protocol.ITERM, True)),
        (Answers(sixel=True, version="XTerm(379)"), TMUX_ITSELF, (Protocol.SIXEL, True)),
        (Answers(version="iTerm2 3.5"), Answers(answered=True, sixel=True), (Protocol.SIXEL, False)),
        (None, TMUX_ITSELF, (Protocol.HALF_BLOCKS, False)),
    ],
)
def test_inside_tmux_the_terminal_around_it_decides(
    outer: Answers | None, inner: Answers, expected: tuple[Protocol, bool]
) -> None:
    chosen = choose({**TMUX, "KITTY_WINDOW_ID": "1"}, inner, outer=outer)

    assert (chosen.protocol, chosen.passthrough) == expected


def test_the_cell_that_was_answered_counts_more_than_the_one_the_system_knows() -> None:
    answered = choose(XTERM, Answers(answered=True, cell=CellSize(9, 18)), cell=CellSize(1, 2))
    known = choose(XTERM, Answers(), cell=CellSize(7, 15))

    assert (answered.cell_width, answered.cell_height) == (9, 18)
    assert (known.cell_width, known.cell_height) == (7, 15)


def test_without_any_cell_size_it_is_guessed_to_be_twice_as_high_as_wide() -> None:
    assert choose(XTERM, Answers()) == Graphics(protocol=Protocol.HALF_BLOCKS, cell_width=10, cell_height=20)


@pytest.mark.parametrize(("registers", "colours"), [(None, 256), (16, 16), (1024, 256), (0, 256), (1, 2)])
def test_a_palette_fits_the_terminals_registers(registers: int | None, colours: int) -> None:
    assert choose(XTERM, Answers(answered=True, sixel=True, colours=registers)).colours == colours


def test_a_sequence_for_the_terminal_around_tmux_has_its_escapes_doubled() -> None:
    assert through_tmux("\x1b_Ga=q\x1b\\") == "\x1bPtmux;\x1b\x1b_Ga=q\x1b\x1b\\\x1b\\"
