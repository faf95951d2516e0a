from pathlib import Path

import pytest

from cpa_image_cli.adapters.provenance.credentials import credentials_of
from cpa_image_cli.adapters.provenance.metadata import texts_of
from cpa_image_cli.adapters.provenance.parts import container_of
from cpa_image_cli.core.errors import ExitStatus
from tests.adapters.provenance.samples import pixels, png_with, signed, written
from tests.faults.home import Home
from tests.faults.in_process import run_here


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def test_a_copy_without_words_is_written_and_what_went_is_told(home: Home) -> None:
    path = png_with(home.wanted, {"parameters": "a secret prompt"})

    ended = run_here(home, "strip", str(path), "-o", "clean.png")

    clean = home.wanted / "clean.png"
    assert (ended.status, ended.stdout.decode()) == (0, f"{clean}\n")
    assert "taken out: text\n" in ended.stderr
    assert "left: nothing beside the picture" in ended.stderr
    assert "SynthID" in ended.stderr
    assert b"secret" not in clean.read_bytes()
    assert pixels(clean) == pixels(path)
    assert texts_of(container_of(path)).chunks == {"parameters": "a secret prompt"}


def test_content_credentials_stay_and_it_is_said_when_they_no_longer_match(home: Home) -> None:
    path = signed(png_with(home.wanted, {"parameters": "a cat"}), home.wanted / "signed.png")

    ended = run_here(home, "strip", str(path), "-o", "clean.png")

    assert "left: content credentials" in ended.stderr
    assert "no longer match" in ended.stderr


def test_credentials_that_nothing_was_taken_from_still_match(home: Home) -> None:
    path = signed(written(home.wanted, "png"), home.wanted / "signed.png")

    ended = run_here(home, "strip", str(path), "-o", "clean.png")

    assert "nothing, there was nothing to take out" in ended.stderr
    assert "no longer match" not in ended.stderr
    assert (home.wanted / "clean.png").read_bytes() == path.read_bytes()


def test_they_go_when_that_is_asked_for_and_what_that_means_is_said(home: Home) -> None:
    path = signed(written(home.wanted, "png"), home.wanted / "signed.png")

    ended = run_here(home, "strip", str(path), "-o", "clean.png", "--credentials")

    assert "nothing proves any more who made the picture" in ended.stderr
    assert credentials_of(container_of(home.wanted / "clean.png")) is None


def test_programs_get_an_object(home: Home) -> None:
    path = png_with(home.wanted, {"parameters": "a cat"})

    told = run_here(home, "strip", str(path), "-o", "clean.png", "--json").object

    assert (told["output"], told["removed"], told["left"]) == (str(home.wanted / "clean.png"), ["text"], [])


def test_a_folder_takes_the_copy_under_its_name(home: Home) -> None:
    path = written(home.wanted, "png")
    (home.wanted / "out").mkdir()

    ended = run_here(home, "strip", str(path), "-o", "out")

    assert ended.stdout.decode() == f"{home.wanted / 'out' / path.name}\n"


def test_nothing_is_written_over(home: Home) -> None:
    path = written(home.wanted, "png")

    ended = run_here(home, "strip", str(path), "-o", str(path))

    assert ended.status == ExitStatus.OUTPUT
    assert "exists already" in ended.stderr


def test_a_place_that_cannot_be_written_is_one_sentence(home: Home) -> None:
    path = written(home.wanted, "png")

    ended = run_here(home, "strip", str(path), "-o", "absent/clean.png")

    assert ended.status == ExitStatus.OUTPUT
    assert "cannot be written" in ended.stderr
