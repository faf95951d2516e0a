"""How findings are shown, on terminals of any size and without one."""

import io
import os

import pyte
import pytest

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.findings import Finding, Group, Label, Verdict, failed, passed, skipped, warned
from cpa_image_cli.ui.doctor.findings import LiveFindings, PlainFindings, SilentFindings
from cpa_image_cli.ui.doctor.rows import Row, as_lines, rows_of, summary

A = Label(id="a", group=Group.SETTINGS, title="base URL")
B = Label(id="b", group=Group.SETTINGS, title="API key")
C = Label(id="c", group=Group.ENDPOINT, title="TCP")
D = Label(id="d", group=Group.ENDPOINT, title="TLS")
E = Label(id="e", group=Group.ENDPOINT, title="clock")
LABELS = (A, B, C, D, E)

HERE = Finding(label=A, verdict=passed("https://gateway.example"))
MISSING = Finding(label=B, verdict=failed("no API key is configured", "Set IMAGE_GEN_KEY.", Code.KEY_MISSING))
NEEDS_KEY = skipped("needs “API key” to be right")


def of(label: Label, verdict: Verdict) -> Finding:
    return Finding(label=label, verdict=verdict)


def test_plain_lines_are_one_for_what_was_found_and_one_for_what_to_do() -> None:
    assert as_lines(MISSING) == (
        "fail  settings: API key: no API key is configured",
        "      -> Set IMAGE_GEN_KEY.",
    )
    assert as_lines(HERE) == ("pass  settings: base URL: https://gateway.example",)


def test_what_a_gateway_had_a_hand_in_is_shown_on_one_clean_line() -> None:
    verdict = warned("a\x1b[31m\nb" + "x" * 1000, "c\x07d")

    [found, advice] = as_lines(of(C, verdict))

    assert (found.startswith("warn  endpoint: TCP: a bxxx"), len(found) < 450) == (True, True)
    assert (found.isprintable(), advice) == (True, "      -> c�d")


def test_skips_for_one_reason_share_a_row() -> None:
    found = [of(C, NEEDS_KEY), of(D, NEEDS_KEY), of(E, skipped("no clock"))]

    rows = list(rows_of(found))

    assert [(row.title, row.found) for row in rows] == [
        ("2 skipped", "TCP, TLS: needs “API key” to be right"),
        ("clock", "no clock"),
    ]
    assert all(isinstance(row, Row) and row.dim for row in rows)


@pytest.mark.parametrize(
    ("findings", "told"),
    [
        ([HERE], "1 passed."),
        ([HERE, of(C, warned("hm", "look")), of(D, warned("hm", "look"))], "1 passed, 2 warnings."),
        ([MISSING, of(C, NEEDS_KEY)], "1 failed, 1 skipped. Exit status 3."),
        ([of(C, warned("hm", "look"))], "1 warning."),
    ],
)
def test_the_summary_counts_and_says_how_it_ends(findings: list[Finding], told: str) -> None:
    assert summary(findings) == told


def test_without_a_terminal_findings_come_in_the_order_of_the_table() -> None:
    stream = io.StringIO()
    shown = PlainFindings(stream, LABELS)

    shown.handle(of(C, passed("open")))
    early = stream.getvalue()
    shown.handle(MISSING)
    shown.tick()
    still = stream.getvalue()
    shown.handle(HERE)

    assert (early, still) == ("", "")
    assert stream.getvalue().splitlines() == [
        "pass  settings: base URL: https://gateway.example",
        "fail  settings: API key: no API key is configured",
        "      -> Set IMAGE_GEN_KEY.",
        "pass  endpoint: TCP: open",
    ]
    shown.conclude(hint="More.")
    assert stream.getvalue().splitlines()[-2:] == [
        "2 passed, 1 failed. Exit status 3.",
        "Do this first: Set IMAGE_GEN_KEY.",
    ]


def test_what_was_skipped_for_one_reason_is_one_line_and_many_are_not_named() -> None:
    stream = io.StringIO()
    labels = [Label(id=str(number), group=Group.ENDPOINT, title=f"t{number}") for number in range(6)]
    shown = PlainFindings(stream, labels)

    for label in labels:
        shown.handle(of(label, NEEDS_KEY))
    shown.conclude(hint="More.")

    assert stream.getvalue().splitlines() == [
        f"skip  endpoint: 6 checks: {NEEDS_KEY.found}",
        "6 skipped.",
        "More.",
    ]


def test_a_stream_without_our_characters_gets_question_marks_and_no_error() -> None:
    raw = io.BytesIO()
    shown = PlainFindings(io.TextIOWrapper(raw, encoding="latin-1"), (A,))

    shown.handle(of(A, passed("“画”")))

    assert raw.getvalue() == b"pass  settings: base URL: ???\n"


def test_a_program_is_shown_nothing_before_the_end() -> None:
    silent = SilentFindings()
    silent.handle(HERE)
    silent.tick()
    silent.conclude(hint="x")

    assert silent.__class__ is SilentFindings


class Terminal(io.StringIO):
    """A terminal of pyte's: *screen* is what a person sees, *history* what scrolled away."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__()
        self.screen = pyte.HistoryScreen(columns, lines, history=1000)
        self.screen.set_mode(pyte.modes.LNM)
        self._stream = pyte.Stream(self.screen)

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._stream.feed(text.replace("\x1b[?2026h", "").replace("\x1b[?2026l", ""))
        return len(text)

    def size(self) -> os.terminal_size:
        return os.terminal_size((self.screen.columns, self.screen.lines))

    def everything(self) -> list[str]:
        """Return all lines that were ever shown for good, without those below the last."""
        above = ["".join(line[x].data for x in range(self.screen.columns)) for line in self.screen.history.top]
        return "\n".join(line.rstrip() for line in [*above, *self.screen.display]).rstrip().split("\n")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def live(terminal: Terminal, clock: Clock, labels: tuple[Label, ...] = LABELS) -> LiveFindings:
    return LiveFindings(terminal, {"TERM": "xterm-256color"}, labels, clock=clock, size=terminal.size)


def test_on_a_terminal_what_is_open_is_shown_with_what_came_early() -> None:
    terminal, clock = Terminal(61, 20), Clock()
    shown = live(terminal, clock)

    shown.handle(HERE)
    shown.handle(of(D, passed("TLS 1.3")))

    assert terminal.everything() == [
        "Settings",
        "  ✓ base URL        https://gateway.example",
        "  ⠋ API key",
        "",
        "Endpoint",
        "  ⠋ TCP",
        "  ✓ TLS             TLS 1.3",
        "  ⠋ clock",
    ]


def test_who_waits_long_is_told_how_long() -> None:
    terminal, clock = Terminal(61, 20), Clock()
    shown = live(terminal, clock, (A,))
    clock.now = 12.4

    shown.tick()

    assert terminal.everything() == ["Settings", "  ⠼ base URL        12 s"]


WIDE = [
    "Settings",
    "  ✓ base URL        https://gateway.example",
    "  ✗ API key         no API key is configured",
    "                    → Set IMAGE_GEN_KEY.",
    "",
    "Endpoint",
    "  ✓ TCP             open",
    "  - 2 skipped       TLS, clock: needs “API key” to be right",
    "",
    "2 passed, 1 failed, 2 skipped. Exit status 3.",
    "Do this first: Set IMAGE_GEN_KEY.",
]
NARROW = [
    "Settings",
    "  ✓ base URL",
    "    https://gateway.example",
    "  ✗ API key",
    "    no API key is configured",
    "    → Set IMAGE_GEN_KEY.",
    "",
    "Endpoint",
    "  ✓ TCP",
    "    open",
    "  - 2 skipped",
    "    TLS, clock: needs “API key” to be",
    "    right",
    "",
    "2 passed, 1 failed, 2 skipped. Exit",
    "status 3.",
    "Do this first: Set IMAGE_GEN_KEY.",
]
FINDINGS = (of(E, NEEDS_KEY), of(C, passed("open")), MISSING, of(D, NEEDS_KEY), HERE)


@pytest.mark.parametrize(
    ("columns", "lines", "page"),
    [(80, 24, WIDE), (200, 60, WIDE), (80, 5, WIDE), (40, 40, NARROW), (40, 4, NARROW)],
)
@pytest.mark.parametrize("order", [FINDINGS, FINDINGS[::-1], (*FINDINGS[2:], *FINDINGS[:2])])
def test_in_any_order_and_window_the_page_is_the_same(
    columns: int, lines: int, page: list[str], order: tuple[Finding, ...]
) -> None:
    terminal, clock = Terminal(columns, lines), Clock()
    shown = live(terminal, clock)

    for finding in order:
        clock.now += 0.1
        shown.tick()
        shown.handle(finding)
    shown.conclude(hint="More.")
    shown.close()

    assert terminal.everything() == page
    assert not terminal.screen.cursor.hidden


def test_a_long_list_in_a_small_window_shows_what_comes_next() -> None:
    labels = tuple(Label(id=str(n), group=Group.ENDPOINT, title=f"check {n}") for n in range(30))
    terminal = Terminal(80, 6)
    shown = live(terminal, Clock(), labels)

    shown.handle(of(labels[0], passed("fine")))

    assert terminal.everything()[:4] == ["Endpoint", "  ✓ check 0         fine", "  ⠋ check 1", "  ⠋ check 2"]


def test_after_a_stop_the_display_goes_on_below() -> None:
    terminal, clock = Terminal(61, 20), Clock()
    shown = live(terminal, clock, (A, B))
    shown.handle(HERE)

    shown.suspend()
    suspended, cursor_hidden = terminal.everything(), terminal.screen.cursor.hidden
    terminal.write("$ fg\r\n")
    shown.resume()

    assert suspended == ["Settings", "  ✓ base URL        https://gateway.example"]
    assert not cursor_hidden
    assert terminal.everything() == [*suspended, "$ fg", "  ⠋ API key"]
