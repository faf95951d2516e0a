import re
import shutil
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import ExitStatus
from tests.adapters.provenance.samples import picture, written
from tests.faults.home import Home
from tests.faults.in_process import run_here
from tests.session.terminal import Terminal


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def other(home: Home, *, size: tuple[int, int] = (37, 21)) -> Path:
    path = home.wanted / "other.png"
    image = picture().resize(size)
    image.paste((255, 0, 0), (0, 0, size[0], size[1] // 3))
    image.save(path)
    return path


def test_how_far_the_pixels_differ_is_told(home: Home) -> None:
    told = run_here(home, "compare", str(written(home.wanted, "png")), str(other(home)), "--json").object

    assert told["changed"] == pytest.approx(1 / 3, abs=0.01)
    assert 5 < told["psnr_db"] < 15
    assert (told["scaled"], told["differences"]) == (False, [])


def test_equal_pixels_have_no_ratio(home: Home) -> None:
    first = written(home.wanted, "png")

    told = run_here(home, "compare", str(first), str(first), "--json").object
    text = run_here(home, "compare", str(first), str(first)).stdout.decode()

    assert (told["changed"], told["psnr_db"]) == (0.0, None)
    assert "pixels\tthe pixels are equal\n" in text


def test_another_size_is_scaled_and_said(home: Home) -> None:
    text = run_here(home, "compare", str(written(home.wanted, "png")), str(other(home, size=(74, 42)))).stdout.decode()

    assert "the second scaled to the size of the first" in text
    assert "differ\tpixels\n\t1  37x21\n\t2  74x42" in text


def test_what_differs_in_their_requests_is_told(home: Home) -> None:
    paths = []
    for prompt, quality in (("a cat", "low"), ("a dog", "high")):
        ended = run_here(home, "generate", prompt, "--sandbox", "--size", "64x64", "--quality", quality, "--json")
        paths.append(ended.object["output"])

    told = run_here(home, "compare", *paths, "--json").object

    assert told["differences"] == [
        {"name": "prompt", "first": "a cat", "second": "a dog"},
        {"name": "quality", "first": "low", "second": "high"},
    ]


def test_a_page_stands_alone_and_is_private(home: Home) -> None:
    first = home.wanted / "<script>alert(1)<!--.png"
    shutil.copy(written(home.wanted, "png"), first)

    ended = run_here(home, "compare", str(first), str(other(home)), "--html", "both.html")

    page = home.wanted / "both.html"
    text = page.read_text()
    assert ended.stdout.decode() == f"{page}\n"
    assert page.stat().st_mode & 0o777 == 0o600
    assert "<script>alert" not in text
    assert text.count("data:image/png;base64,") == 2
    assert not re.search(r"https?://", text)


def test_a_page_is_not_written_over(home: Home) -> None:
    first = str(written(home.wanted, "png"))
    (home.wanted / "both.html").write_text("mine")

    ended = run_here(home, "compare", first, first, "--html", "both.html")

    assert ended.status == ExitStatus.OUTPUT
    assert (home.wanted / "both.html").read_text() == "mine"


def test_pixels_that_cannot_be_read_are_one_sentence(home: Home) -> None:
    first = written(home.wanted, "png")
    data = first.read_bytes()
    broken = home.wanted / "broken.png"
    at = data.index(b"IDAT") + 6
    broken.write_bytes(data[:at] + bytes(20) + data[at + 20 :])

    ended = run_here(home, "compare", str(first), str(broken))

    assert ended.status == ExitStatus.USAGE
    assert "the pixels of broken.png cannot be read" in ended.stderr


def test_on_a_terminal_the_space_bar_flips_and_the_screen_comes_back(tmp_path: Path) -> None:
    written(tmp_path, "png")
    picture().rotate(180).save(tmp_path / "other.png")
    with Terminal(tmp_path, "compare", "picture.png", "other.png", COLORTERM="truecolor") as terminal:
        terminal.ends_with("1 and 2  ·  space flips · s both · q leaves")
        terminal.types(" ")
        terminal.ends_with("1  ·  space flips · s both · q leaves")
        terminal.types(" ")
        terminal.ends_with("2  ·  space flips · s both · q leaves")
        terminal.types("s")
        terminal.ends_with("1 and 2  ·  space flips · s both · q leaves")
        terminal.types("q")

        assert terminal.left() == 0
        assert b"\x1b[?1049l" in terminal.raw
        assert "of the pixels differ" in terminal.text
