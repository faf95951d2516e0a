"""Decides how the measurements are drawn: an SVG of small panels on a light ground, with every value written down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from clients import CLIENTS, OURS
from figures import Case, Results, Spread

WIDTH = 880
MARGIN = 24
PANEL = 404
ROW = 15
COLOURS = ("#0b6e4f", "#d98e04", "#5b7fb5", "#9a9a9a")
INK, FAINT, GROUND = "#222222", "#8a8a8a", "#ffffff"
FONT = "font-family='system-ui, sans-serif'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Everything that was measured: clients, history by command and length, start-up ratios."""

    results: Results
    history: Mapping[str, Mapping[str, Spread]]
    startup: Mapping[str, float]
    machine: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label at the left, and its value in words at its end."""

    label: str
    value: float
    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Groups of bars under a title; each group has a heading."""

    title: str
    groups: Sequence[tuple[str, Sequence[Bar]]]

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return 34 + sum((20 if heading else 6) + ROW * len(bars) for heading, bars in self.groups)


def drawing(drawn: Drawn) -> str:
    """Return the SVG."""
    rows = [
        (_clients(drawn, "json", "memory"), _clients(drawn, "streamed", "memory")),
        (_clients(drawn, "json", "cpu"), _clients(drawn, "streamed", "cpu")),
        (_startup(drawn), _history(drawn)),
    ]
    body: list[str] = []
    top = 62
    for row in rows:
        for column, panel in enumerate(row):
            body.extend(_panel(panel, MARGIN + column * (PANEL + MARGIN), top))
        top += max(panel.height for panel in row) + 18
    height = top + 4
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}' viewBox='0 0 {WIDTH} {height}' "
        f"{FONT} font-size='11'>"
    )
    ground = f"<rect width='{WIDTH}' height='{height}' fill='{GROUND}'/>"
    title = _text(MARGIN, 28, "One picture, fetched and saved", size=17, weight="600")
    below = _text(MARGIN, 46, f"{drawn.machine}. Shorter is better.", colour=FAINT)
    return "\n".join([head, ground, title, below, *body, "</svg>"]) + "\n"


def _clients(drawn: Drawn, mode: str, what: str) -> Panel:
    names = {"json": "JSON answer", "streamed": "streamed, two frames"}
    titles = {"memory": "Peak memory, MiB", "cpu": "Processor time, s"}
    groups = []
    for size in sorted({case.size for case in drawn.results}):
        bars = []
        for client, colour in zip(CLIENTS, COLOURS, strict=True):
            figures = drawn.results[Case(size=size, mode=mode, client=client)]
            value, words = (figures.peak, f"{figures.peak:.0f}") if what == "memory" else _seconds(figures.cpu)
            bars.append(Bar(client, value, words, colour))
        groups.append((f"{size} MiB", bars))
    return Panel(f"{titles[what]}: {names[mode]}", groups)


def _seconds(spread: Spread) -> tuple[float, str]:
    return spread.median, f"{spread.median:.2f}"


def _startup(drawn: Drawn) -> Panel:
    bars = [Bar(name, ratio, f"{ratio:.2f}", COLOURS[0]) for name, ratio in drawn.startup.items()]
    return Panel("Start-up: times that of bare imports", [("", bars)])


def _history(drawn: Drawn) -> Panel:
    groups = [
        (name, [Bar(length, spread.median, f"{spread.median:.2f} s", COLOURS[0]) for length, spread in spreads.items()])
        for name, spreads in drawn.history.items()
    ]
    return Panel("History: time of a command", groups)


def _panel(panel: Panel, left: int, top: int) -> Iterator[str]:
    yield _text(left, top + 14, panel.title, size=13, weight="600")
    most = max(bar.value for _, bars in panel.groups for bar in bars)
    start, room = left + 140, PANEL - 140 - 44
    y = top + 24
    for heading, bars in panel.groups:
        if heading:
            yield _text(left, y + 14, heading, colour=FAINT)
        y += 20 if heading else 6
        for bar in bars:
            width = max(1.0, room * bar.value / most)
            weight = "600" if bar.label == OURS else "400"
            yield _text(left + 8, y + 11, bar.label, weight=weight)
            yield f"<rect x='{start}' y='{y + 2}' width='{width:.1f}' height='{ROW - 4}' fill='{bar.colour}'/>"
            yield _text(start + width + 4, y + 11, bar.words, weight=weight)
            y += ROW


def _text(x: float, y: float, words: str, *, size: int = 11, weight: str = "400", colour: str = INK) -> str:
    style = f"font-size='{size}' font-weight='{weight}' fill='{colour}'"
    return f"<text x='{x:.1f}' y='{y:.1f}' {style}>{escape(words)}</text>"
