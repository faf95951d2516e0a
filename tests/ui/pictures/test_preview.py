"""How a picture takes its place on the screen, whatever the protocol."""

import io
import random
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pyte
import pytest
from PIL import Image
from rich.console import Console, RenderableType
from rich.padding import Padding

from cpa_image_cli.core.terminal.graphics import Graphics, Protocol
from cpa_image_cli.ui.pictures.kitty import ImageId, forgotten
from cpa_image_cli.ui.pictures.pixels import PreviewError
from cpa_image_cli.ui.pictures.placement import Placed
from cpa_image_cli.ui.pictures.preview import Painter, draw

NAME = ImageId(1 << 24 | 99)
KITTY = Graphics(protocol=Protocol.KITTY, cell_width=10, cell_height=20)
HALF_BLOCKS = Graphics(protocol=Protocol.HALF_BLOCKS)


def written(renderable: RenderableType, *, width: int = 80) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=width, color_system="truecolor", _environ={})
    console.print(renderable, end="")
    return stream.getvalue()


def picture(path: Path, width: int, height: int) -> Path:
    Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height)).save(path)
    return path


def unwrapped(text: str) -> str:
    """What the terminal around tmux gets to see."""
    return "".join(part.replace("\x1b\x1b", "\x1b") for part in re.findall(r"\x1bPtmux;(.*?[^\x1b])\x1b\\", text))


def kitty_picture(text: str) -> tuple[str, Image.Image]:
    sequences = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    data = b64decode("".join(payload for _, payload in sequences), validate=True)
    return sequences[0][0], Image.open(io.BytesIO(data))


def test_a_picture_fills_whole_cells_without_being_stretched(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", 25, 30)

    text = written(draw(path, KITTY, columns=80, rows=24, image_id=NAME))

    keys, sent = kitty_picture(text)
    assert "c=3,r=2" in keys
    assert sent.size == (30, 40)
    assert sent.crop((0, 0, 25, 30)).convert("RGB").tobytes() == Image.open(path).tobytes()
    assert sent.crop((25, 0, 30, 40)).getextrema()[3] == (0, 0)


def test_a_large_picture_is_scaled_to_the_cells_there_are(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", 1000, 1000)

    keys, sent = kitty_picture(written(draw(path, KITTY, columns=40, rows=10, image_id=NAME)))

    assert ("c=20,r=10" in keys, sent.size) == (True, (200, 200))


def test_half_blocks_of_narrow_cells_keep_the_proportions(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", 300, 300)
    graphics = Graphics(protocol=Protocol.HALF_BLOCKS, cell_width=8, cell_height=20)

    text = written(draw(path, graphics, columns=80, rows=10, image_id=NAME))

    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.splitlines()]
    assert lines == ["▀" * 25] * 10


def test_without_colours_there_is_no_picture(tmp_path: Path) -> None:
    graphics = Graphics(protocol=Protocol.NONE)

    with pytest.raises(PreviewError, match="neither pictures nor colours"):
        draw(picture(tmp_path / "a.png", 3, 3), graphics, columns=80, rows=10, image_id=NAME)


@pytest.mark.parametrize("protocol", [Protocol.KITTY, Protocol.ITERM, Protocol.SIXEL, Protocol.HALF_BLOCKS])
@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (0, 0), (100_000, 100_000)])
def test_every_protocol_copes_with_every_size(tmp_path: Path, protocol: Protocol, columns: int, rows: int) -> None:
    path = picture(tmp_path / "a.png", 40, 40)

    assert written(draw(path, Graphics(protocol=protocol), columns=columns, rows=rows, image_id=NAME))


def test_inside_tmux_kitty_gets_the_picture_and_tmux_the_placeholders(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", 200, 100)
    graphics = replace(KITTY, passthrough=True, placeholders=True)

    text = written(draw(path, graphics, columns=80, rows=24, image_id=NAME))

    keys, sent = kitty_picture(unwrapped(text))
    assert ("U=1" in keys, sent.tobytes()) == (True, Image.open(path).tobytes())
    assert re.sub(r"\x1bPtmux;.*?[^\x1b]\x1b\\", "", text).count("\U0010eeee") == 20 * 5


@pytest.mark.parametrize(("protocol", "begin"), [(Protocol.ITERM, "\x1b]1337;"), (Protocol.SIXEL, "\x1bP0;1;0q")])
def test_inside_tmux_the_cursor_is_made_known_right_before_the_picture(
    tmp_path: Path, protocol: Protocol, begin: str
) -> None:
    path = picture(tmp_path / "a.png", 100, 100)
    graphics = Graphics(protocol=protocol, passthrough=True)

    text = written(draw(path, graphics, columns=80, rows=24, image_id=NAME))

    assert "\x1b[10X\x1bPtmux;" + begin.replace("\x1b", "\x1b\x1b") in text
    assert unwrapped(text).startswith(begin)


def test_a_sixel_for_tmux_stays_below_its_limit(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", 1500, 1500)
    graphics = Graphics(protocol=Protocol.SIXEL, passthrough=True)

    assert len(written(draw(path, graphics, columns=200, rows=100, image_id=NAME))) < 1_048_576


@pytest.mark.parametrize("before", [0, 3, 9, 30])
def test_a_picture_is_drawn_at_its_upper_left_corner_and_text_goes_on_below(before: int) -> None:
    """Also at the foot of the screen, where making room scrolls."""
    screen = pyte.Screen(20, 10)
    placed = Placed(columns=4, rows=3, sequence="@\x1b[5B\x1b[7C")
    block = written(Padding(placed, (0, 0, 0, 2), expand=False), width=20)

    pyte.Stream(screen).feed("\r\n".join(["line"] * before + [block.replace("\n", "\r\n") + "after"]))

    shown = [line.rstrip() for line in screen.display]
    at = shown.index("  @")
    assert (shown[at - 1] if at else "line", shown[at : at + 4]) == ("line", ["  @", "", "", "after"])


def test_a_picture_as_wide_as_the_screen_is_drawn_in_the_first_column() -> None:
    screen = pyte.Screen(20, 10)

    pyte.Stream(screen).feed(written(Placed(columns=20, rows=2, sequence="@"), width=20).replace("\n", "\r\n"))

    assert ([line.rstrip() for line in screen.display][:3], screen.cursor.x, screen.cursor.y) == (["@", "", ""], 0, 2)


def test_a_painter_draws_frames_under_one_name(tmp_path: Path) -> None:
    painter = Painter(KITTY, NAME)
    frames = [picture(tmp_path / "1.png", 100, 100), picture(tmp_path / "2.png", 100, 100)]

    names = [kitty_picture(written(painter.paint(frame, columns=80, rows=20) or ""))[0] for frame in frames]

    assert [f"i={NAME.number},p=1" in keys for keys in names] == [True, True]


def test_a_painter_leaves_out_what_it_cannot_show(tmp_path: Path) -> None:
    assert Painter(KITTY, NAME).paint(tmp_path / "missing.png", columns=80, rows=20) is None


@pytest.mark.parametrize(
    ("graphics", "expected"),
    [
        (KITTY, forgotten(NAME)),
        (replace(KITTY, passthrough=True), "\x1bPtmux;" + forgotten(NAME).replace("\x1b", "\x1b\x1b") + "\x1b\\"),
        (HALF_BLOCKS, ""),
        (Graphics(protocol=Protocol.SIXEL), ""),
    ],
)
def test_pictures_that_outlive_their_cells_are_taken_back(graphics: Graphics, expected: str) -> None:
    assert Painter(graphics, NAME).forget() == expected
