"""README's pictures of the screens are what the program draws; after a wanted change, run ``render.py`` and look."""

import base64
import io
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageChops, ImageStat
from rich.text import Text

from tests.screens.render import FOLDER, SCENES
from tests.screens.stage import settled
from tests.screens.svg import as_svg

NAMES = [scene.name for scene in SCENES]
MOST_BYTES = 150_000
CLOSE = 4.0
"""Mean difference of a pixel's channel, of 255, that other versions of the drawing libraries may make."""

_EMBEDDED = re.compile(r'data:image/jpeg;base64,([^"]+)')


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every screen drawn anew, in a process whose time zone may be set."""
    folder = tmp_path_factory.mktemp("screens")
    subprocess.run([sys.executable, str(FOLDER / "render.py"), str(folder)], check=True, capture_output=True)
    return folder


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def pictures_in(svg: str) -> list[Image.Image]:
    return [Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in _EMBEDDED.findall(svg)]


def difference(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_what_the_program_draws(fresh: Path, name: str) -> None:
    drawn, kept = read(fresh / f"{name}.svg"), read(FOLDER / f"{name}.svg")

    assert _EMBEDDED.sub("", drawn) == _EMBEDDED.sub("", kept)
    pairs = zip(pictures_in(drawn), pictures_in(kept), strict=True)
    assert [pair for pair in pairs if difference(*pair) > CLOSE] == []


def test_every_picture_belongs_to_a_scene() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.svg")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small_and_whole_and_fetches_nothing(name: str) -> None:
    svg = read(FOLDER / f"{name}.svg")
    references = re.findall(r'(?:href|src)="([^"]{1,30})', svg)

    assert len(svg.encode()) < MOST_BYTES
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert [one for one in references if not one.startswith("data:image/jpeg;base64,")] == []
    assert "url(" not in svg


def test_those_with_a_picture_have_one() -> None:
    assert [name for name in NAMES if pictures_in(read(FOLDER / f"{name}.svg"))] == ["live", "card", "session"]


def test_a_chinese_character_has_the_room_of_two_columns() -> None:
    svg = as_svg([Text("松鼠 ok")], columns=20, title="")

    assert re.findall(r'<tspan x="([\d.]+)">(.)', svg) == [("0.65", "松"), ("17.45", "鼠")]
    assert re.findall(r'x="([\d.]+)" y="14" textLength="([\d.]+)"[^>]*>([^<]+)<', svg) == [("42", "16.8", "ok")]


def test_what_was_drawn_over_is_not_seen() -> None:
    assert settled("a\nb\nc\x1b[2A\r\x1b[2Kd\x1b[1B\r\x1b[Je\n") == ["d", "e", ""]
