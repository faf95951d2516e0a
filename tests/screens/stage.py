"""The world in which the screens are played: a terminal, a home, a clock that stands still, pictures of the sandbox."""

import contextlib
import fcntl
import io
import os
import re
import struct
import tempfile
import termios
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.text import Text

from cpa_image_cli.app import run
from cpa_image_cli.process.surroundings import APPLICATION, Directories, Surroundings
from cpa_image_cli.sandbox.drawing import picture
from tests.screens.svg import CELL_HEIGHT, CELL_WIDTH, Placed, as_svg

HOME = "/home/you"
AT = datetime(2026, 10, 18, 9, 41, tzinfo=UTC)
ENVIRON = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}

SPOT = "\ue000"
"""Stands in the cells of a picture; no font draws it."""

SHARPNESS = 1.5
"""Pixels of an embedded picture for each one of the screen."""

_TOKENS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\r|\n|[^\x1b\r\n]+")


@dataclass(slots=True)
class Clock:
    """Shows *moment*, in seconds, until somebody sets it."""

    moment: float = 0.0

    def __call__(self) -> float:
        return self.moment


class Screen(io.StringIO):
    """What a renderer takes for a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """So many cells of a picture."""

    columns: int
    rows: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console, options
        for _ in range(self.rows):
            yield Segment(SPOT * self.columns)
            yield Segment.line()


@dataclass(slots=True)
class Painter:
    """Keeps the pictures that were shown; the terminals that this stands for draw them pixel by pixel."""

    most_rows: int = 16
    shown: list[Path] = field(default_factory=list)

    def paint(self, path: Path, *, columns: int, rows: int) -> Cells:
        with Image.open(path) as image:
            ratio = image.width / image.height
        self.shown.append(path)
        rows = min(rows, self.most_rows)
        return Cells(columns=min(columns, round(rows * CELL_HEIGHT * ratio / CELL_WIDTH)), rows=rows)

    def forget(self) -> str:
        return ""


def drawn(folder: Path, prompt: str, *, width: int, height: int, frame: int | None = None) -> Path:
    """Return a file with the sandbox's picture of *prompt*, or with one of its three *frames*."""
    sketch = picture.Sketch(prompt=prompt, width=width, height=height)
    path = folder / f"{len(list(folder.iterdir()))}.png"
    path.write_bytes(picture.picture(sketch) if frame is None else picture.frame(sketch, index=frame, of=3))
    return path


def settled(output: str) -> list[str]:
    """Return the lines that *output* leaves on a screen, colours included, if every line is drawn whole."""
    lines, row, begins = [""], 0, True
    for token in _TOKENS.findall(output):
        if token == "\n":
            row += 1
        elif re.fullmatch(r"\x1b\[\d*[AB]", token):
            row += int(token[2:-1] or 1) * (1 if token.endswith("B") else -1)
        elif token == "\x1b[J":
            del lines[row + 1 :]
            lines[row] = ""
        elif token.startswith("\x1b[?"):
            continue
        elif token not in {"\r", "\x1b[2K"}:
            lines[row] = token if begins else lines[row] + token
            begins = False
            continue
        begins = True
        lines += [""] * (row + 1 - len(lines))
    return lines


def as_picture(output: str, *, columns: int, title: str, shown: Path | None = None) -> str:
    """Return the screen that *output* left, without blank rows at its ends, as an SVG with the picture *shown*."""
    lines = [Text.from_ansi(line) if line else Text() for line in settled(output)]
    while not lines[-1].plain.strip():
        lines.pop()
    while not lines[0].plain.strip():
        lines.pop(0)
    spots = [
        (row, line.plain.index(SPOT), line.plain.count(SPOT)) for row, line in enumerate(lines) if SPOT in line.plain
    ]
    bare = [Text("") if SPOT in line.plain else line for line in lines]
    pictures = [_placed(shown, spots)] if shown is not None and spots else []
    return as_svg(bare, columns=columns, title=title, pictures=pictures)


def _placed(path: Path, spots: list[tuple[int, int, int]]) -> Placed:
    (row, column, columns), rows = spots[0], len(spots)
    size = round(columns * CELL_WIDTH * SHARPNESS), round(rows * CELL_HEIGHT * SHARPNESS)
    with Image.open(path) as image:
        small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    jpeg = io.BytesIO()
    small.save(jpeg, "JPEG", quality=84, optimize=True)
    return Placed(jpeg=jpeg.getvalue(), column=column, row=row, columns=columns, rows=rows)


@contextlib.contextmanager
def home() -> Iterator[Path]:
    """Yield an empty home. Its path is short, lest a column be wider for it."""
    with tempfile.TemporaryDirectory(prefix="", dir="/tmp") as folder:
        yield Path(folder)


def program(
    words: list[str], home: Path, *, columns: int, environ: Mapping[str, str], clock: Callable[[], float] | None = None
) -> str:
    """Return what the command line *words* leaves on a terminal, with `HOME` in place of *home*."""
    directories = Directories(
        config=home / ".config" / APPLICATION,
        data=home / ".local" / "share" / APPLICATION,
        cache=home / ".cache" / APPLICATION,
        pictures=home / "Pictures" / APPLICATION,
    )
    with _terminal(columns) as (stream, said), Path(os.devnull).open(encoding="utf-8") as nothing:
        around = Surroundings(
            environ={**ENVIRON, **environ},
            stdin=nothing,
            stdout=stream,
            stderr=stream,
            home=home,
            working_directory=home,
            directories=lambda: directories,
            clock=clock or Clock(),
            now=lambda: AT,
            draw=lambda: 0.5,
        )
        run(words, around)
    return at_home(said(), home)


def at_home(text: str, home: Path) -> str:
    """Replace *home* in *text*, and move nothing that stands to the right of it."""
    spare = " " * (len(str(home)) - len(HOME))
    return re.sub(rf"{re.escape(str(home))}([^\s\x1b]*)", rf"{HOME}\1{spare}", text)


@contextlib.contextmanager
def _terminal(columns: int) -> Iterator[tuple[io.TextIOWrapper, Callable[[], str]]]:
    """Yield a real terminal, and what returns, once it is closed, all that was written to it."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    pieces: list[bytes] = []
    reader = threading.Thread(target=_read, args=(master, pieces))
    reader.start()
    try:
        with os.fdopen(slave, "w", encoding="utf-8") as stream:
            yield stream, lambda: b"".join(pieces).decode()
    finally:
        reader.join()
        os.close(master)


def _read(master: int, pieces: list[bytes]) -> None:
    # Linux ends a terminal that nobody holds any more with an error, other systems with nothing.
    with contextlib.suppress(OSError):
        while piece := os.read(master, 65536):
            pieces.append(piece)
