import json
import shutil
from pathlib import Path

import pytest

from cpa_image_cli.adapters.provenance.coded import coded_sha256, sha256_of
from cpa_image_cli.adapters.provenance.embedding import png_chunk, with_packet, write_anew
from cpa_image_cli.adapters.provenance.parts import container_of
from cpa_image_cli.adapters.provenance.sidecar import write_sidecar
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.provenance.packet import packet_of
from cpa_image_cli.core.provenance.record import Record
from tests.adapters.provenance.samples import FORMATS, png_with, signed, written
from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here

HOSTILE = "a cat\x1b]0;owned\x07\x1b[2J\u202e"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def inspected(home: Home, *files: Path) -> list[dict[str, object]]:
    ended = run_here(home, "inspect", "--json", *map(str, files))

    assert (ended.status, ended.stderr) == (0, "")
    return list(ended.object["files"])


def drawn_in(home: Home, prompt: str = "一只松鼠") -> Path:
    """Return a picture that the sandbox drew, and history knows."""
    ended = run_here(home, "generate", prompt, "--sandbox", "--size", "64x64", "--json")
    return Path(ended.object["output"])


def embedded(path: Path, record: Record) -> Path:
    container = container_of(path)
    write_anew(container, with_packet(container, packet_of(record, creator="cpa-image")), path)
    return path


@pytest.mark.parametrize("kind", FORMATS)
def test_any_picture_is_told_what_it_is(kind: str, home: Home) -> None:
    path = written(home.wanted, kind)

    (told,) = inspected(home, path)

    assert told == {
        "file": str(path),
        "format": kind.rpartition(".")[2],
        "width": 37,
        "height": 21,
        "bytes": path.stat().st_size,
        "animated": False,
        "alpha": kind == "alpha.webp",
        "icc_profile": False,
        "sha256": sha256_of(path),
        "picture_sha256": coded_sha256(container_of(path)),
        "carries": [],
        "origin": None,
        "found": [],
        "credentials": None,
    }


def test_a_picture_that_history_knows_is_told_its_request(home: Home) -> None:
    path = drawn_in(home)

    (told,) = inspected(home, path)

    origin = told["origin"]
    assert isinstance(origin, dict)
    assert (origin["source"], origin["prompt"], origin["model"]) == ("history", "一只松鼠", "gpt-5.4")
    assert origin["parameters"] == {"size": "64x64", "output_format": "png"}
    assert origin["belongs"] is True


def test_it_is_known_again_after_it_was_renamed_and_its_metadata_changed(home: Home) -> None:
    path = drawn_in(home)
    moved = home.wanted / "another name.png"
    shutil.move(path, moved)
    container = container_of(moved)
    write_anew(container, [*container.parts[:2], png_chunk(b"tEXt", b"Author\0me"), *container.parts[2:]], moved)

    (told,) = inspected(home, moved)

    origin = told["origin"]
    assert isinstance(origin, dict)
    assert (origin["source"], origin["prompt"]) == ("history_by_picture", "一只松鼠")


def test_a_packet_in_the_file_goes_before_all_else(home: Home) -> None:
    path = written(home.wanted, "png")
    record = Record(prompt="a cat", coded_sha256=coded_sha256(container_of(path)), parents=("a" * 64,))

    (told,) = inspected(home, embedded(path, record))

    origin = told["origin"]
    assert isinstance(origin, dict)
    assert (origin["source"], origin["prompt"], origin["belongs"]) == ("packet", "a cat", True)
    assert origin["parents"] == ["a" * 64]
    assert told["found"] == []
    assert told["carries"] == ["XMP"]


def test_a_packet_of_another_picture_is_said_to_be(home: Home) -> None:
    path = embedded(written(home.wanted, "png"), Record(prompt="a cat", coded_sha256="b" * 64))

    ended = run_here(home, "inspect", str(path))

    assert "the record was written for another picture" in ended.stdout.decode()


def test_a_sidecar_is_found_beside_the_file(home: Home) -> None:
    path = written(home.wanted, "jpeg")
    write_sidecar(path, packet_of(Record(prompt="a cat"), creator="x"), file_sha256=sha256_of(path))

    (told,) = inspected(home, path)

    origin = told["origin"]
    assert isinstance(origin, dict)
    assert (origin["source"], origin["prompt"], origin["belongs"]) == ("sidecar", "a cat", True)


def test_what_others_wrote_is_quoted_as_found_in_the_file(home: Home) -> None:
    path = png_with(home.wanted, {"parameters": "a cat\nSteps: 20"})

    text = run_here(home, "inspect", str(path)).stdout.decode()

    assert "found\tin the file, in the manner of AUTOMATIC1111:" in text
    assert "\tprompt: “a cat”" in text


def test_content_credentials_are_told_and_never_called_verified(home: Home) -> None:
    path = signed(written(home.wanted, "png"), home.wanted / "signed.png")

    (told,) = inspected(home, path)
    text = run_here(home, "inspect", str(path)).stdout.decode()

    credentials = told["credentials"]
    assert isinstance(credentials, dict)
    assert (credentials["signer"], credentials["agents"]) == ("Signer Organisation", ["gpt-image 2.0"])
    assert credentials["binding"] == "unchanged"
    assert "the bytes are as they were signed" in text
    assert "drawn by: “gpt-image 2.0”" in text
    assert "verified" not in text


def test_hostile_text_from_a_file_reaches_nobodys_terminal(home: Home) -> None:
    path = png_with(home.wanted, {"parameters": f"{HOSTILE}\nSteps: {HOSTILE}", "Software": HOSTILE})
    embedded(path, Record(prompt=HOSTILE, model=HOSTILE, parameters={"size": HOSTILE}))

    ended = run_here(home, "inspect", str(path))

    assert not set("\x1b\x07\u202e") & set(ended.stdout.decode())
    assert "\x1b" not in run_here(home, "inspect", "--json", str(path)).stdout.decode()


def test_several_files_are_told_one_after_the_other(home: Home) -> None:
    paths = [written(home.wanted, "png"), written(home.wanted, "gif")]

    assert [told["format"] for told in inspected(home, *paths)] == ["png", "gif"]


@pytest.mark.parametrize("data", [None, b"", b"text", b"\x89PNG\r\n\x1a\n\0\0"], ids=["absent", "empty", "text", "cut"])
def test_what_is_no_picture_is_said_to_be_none(data: bytes | None, home: Home) -> None:
    path = home.wanted / "file.png"
    if data is not None:
        path.write_bytes(data)

    ended = run_here(home, "inspect", str(path))

    assert ended.status == ExitStatus.USAGE
    assert "cannot be read" in ended.stderr


def test_a_history_that_cannot_be_read_is_no_reason_to_fail(home: Home) -> None:
    path = drawn_in(home)
    home.directories.history_file.write_bytes(b"no database" * 100)

    (told,) = inspected(home, path)

    assert told["origin"] is None


def test_the_object_is_what_programs_were_promised(home: Home) -> None:
    ended: Ended = run_here(home, "inspect", "--json", str(drawn_in(home)))

    assert json.loads(ended.stdout)["schema"] == "cpa-image/inspection/1"
