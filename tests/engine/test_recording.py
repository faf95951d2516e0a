"""Where the record of a picture is left, by whole runs against the sandbox."""

import json
from pathlib import Path

import pytest

from cpa_image_cli.adapters.provenance.coded import coded_sha256, sha256_of
from cpa_image_cli.adapters.provenance.credentials import credentials_of
from cpa_image_cli.adapters.provenance.metadata import packet_in
from cpa_image_cli.adapters.provenance.parts import container_of
from cpa_image_cli.adapters.provenance.sidecar import read_sidecar
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.provenance.packet import record_in
from cpa_image_cli.core.provenance.record import Record
from tests.adapters.provenance.samples import signed, written
from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here
from tests.faults.servers import RawServer, sized

PROMPT = "一只可爱的松鼠"
SECRETS = ("sandbox-key", "127.0.0.1", "http", "test-session")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def drawn(home: Home, *words: str) -> Ended:
    return run_here(home, "generate", PROMPT, "--sandbox", "--size", "64x64", "-o", "a.png", "--json", *words)


def configured(home: Home, text: str) -> None:
    home.directories.config_file.parent.mkdir(parents=True, exist_ok=True)
    home.directories.config_file.write_text(text)


def embedded_in(path: Path) -> Record | None:
    return record_in(packet_in(container_of(path)))


def test_nothing_is_written_into_or_beside_a_picture_unasked(home: Home) -> None:
    drawn(home)

    assert embedded_in(home.wanted / "a.png") is None
    assert [path.name for path in home.wanted.iterdir()] == ["a.png"]


def test_the_ledger_knows_both_hashes(home: Home) -> None:
    told = drawn(home).object

    path = home.wanted / "a.png"
    [run] = home.runs()
    assert told["sha256"] == sha256_of(path)
    assert told["picture_sha256"] == run.picture_sha256 == coded_sha256(container_of(path))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_embed_writes_it_into_the_picture(kind: str, home: Home) -> None:
    told = run_here(
        home, "generate", PROMPT, "--sandbox", "--size", "64x64", "--format", kind, "--json", "--provenance", "embed"
    ).object

    path = Path(told["output"])
    record = embedded_in(path)
    assert record is not None
    assert (record.prompt, record.model) == (PROMPT, "gpt-5.4")
    assert record.parameters == {"size": "64x64", "output_format": kind}
    assert record.coded_sha256 == told["picture_sha256"] == coded_sha256(container_of(path))
    assert (told["sha256"], told["bytes"]) == (sha256_of(path), path.stat().st_size)
    assert told["warnings"] == []


def test_nothing_of_who_asked_is_in_it(home: Home) -> None:
    drawn(home, "--provenance", "embed")

    packet = packet_in(container_of(home.wanted / "a.png")).decode()
    own = packet.partition("cpaimage:request>")[2].partition("<")[0]
    assert not [secret for secret in (*SECRETS, str(home.root)) if secret in own]


def test_sidecar_writes_it_beside_and_leaves_the_picture_alone(home: Home) -> None:
    told = drawn(home, "--provenance", "sidecar").object

    path = home.wanted / "a.png"
    beside = read_sidecar(path)
    assert beside is not None
    assert (beside.record.prompt, beside.file_sha256) == (PROMPT, told["sha256"])
    assert embedded_in(path) is None


def test_the_configuration_may_ask_for_it(home: Home) -> None:
    configured(home, 'provenance = "embed"\n')

    drawn(home)

    assert embedded_in(home.wanted / "a.png") is not None


def test_no_history_goes_before_the_configuration_and_not_before_the_flag(home: Home) -> None:
    configured(home, 'provenance = "embed"\n')

    drawn(home, "--no-history")
    first = embedded_in(home.wanted / "a.png")
    drawn(home, "--no-history", "--provenance", "embed", "--force")

    assert first is None
    assert embedded_in(home.wanted / "a.png") is not None


def test_a_word_that_is_none_of_them_is_refused(home: Home) -> None:
    ended = run_here(home, "generate", PROMPT, "--sandbox", "--provenance", "everywhere")

    assert ended.status == ExitStatus.USAGE
    assert "expected one of history, sidecar, embed" in ended.stderr


def answering_with(picture: bytes) -> bytes:
    from base64 import b64encode

    item = {"type": "image_generation_call", "status": "completed", "result": b64encode(picture).decode()}
    body = json.dumps({"id": "r", "object": "response", "status": "completed", "output": [item]}).encode()
    return sized(body, "Content-Type: application/json")


def test_a_signed_picture_is_never_touched_and_its_record_goes_beside_it(home: Home, tmp_path: Path) -> None:
    picture = signed(written(tmp_path, "png"), tmp_path / "signed.png").read_bytes()
    with RawServer(lambda visitor: visitor.send(answering_with(picture))) as server:
        told = run_here(
            home, "generate", PROMPT, "-o", "a.png", "--json", "--provenance", "embed", base_url=server.base_url
        ).object

    path = home.wanted / "a.png"
    beside = read_sidecar(path)
    assert path.read_bytes() == picture
    assert credentials_of(container_of(path)) is not None
    assert beside is not None
    assert beside.record.prompt == PROMPT
    assert [warning["code"] for warning in told["warnings"]] == ["provenance"]


def test_somebody_elses_sidecar_is_left_alone_and_told(home: Home) -> None:
    (home.wanted / "a.png.xmp").write_text("mine")

    told = drawn(home, "--provenance", "sidecar").object

    assert (home.wanted / "a.png.xmp").read_text() == "mine"
    assert "somebody else's" in told["warnings"][0]["message"]


def test_a_prompt_too_long_for_a_jpeg_goes_beside_it(home: Home) -> None:
    prompt = "松鼠" * 6000
    told = run_here(
        home, "generate", prompt, "--sandbox", "--format", "jpeg", "--size", "64x64", "--json", "--provenance", "embed"
    ).object

    beside = read_sidecar(Path(told["output"]))
    assert beside is not None
    assert beside.record.prompt == prompt
    assert "no room" in told["warnings"][0]["message"]


def test_a_format_that_takes_no_record_is_a_warning(home: Home, tmp_path: Path) -> None:
    picture = written(tmp_path, "gif").read_bytes()
    words = ("generate", PROMPT, "--format", "gif", "-o", "a.gif", "--json", "--provenance", "embed")
    with RawServer(lambda visitor: visitor.send(answering_with(picture))) as server:
        told = run_here(home, *words, base_url=server.base_url).object

    assert told["ok"] is True
    assert (home.wanted / "a.gif").read_bytes() == picture
    assert "its record was not written" in told["warnings"][0]["message"]


def test_an_estimate_is_made_of_what_was_reported_and_names_its_day(home: Home) -> None:
    cost = drawn(home, "--prices", "openai").object["cost"]

    assert cost["stated_usd"] is None
    assert 0 < cost["estimated_usd"][0] <= cost["estimated_usd"][1]
    assert cost["prices"] == "OpenAI's list prices of 2026-10-14"


def test_nothing_is_estimated_unasked(home: Home) -> None:
    told = drawn(home).object

    assert told["cost"] is None
    assert told["usage"]["image"]["output_tokens"] > 0


def test_a_table_of_ones_own_takes_the_place_of_the_one_in_the_box(home: Home) -> None:
    table = 'name = "our prices"\ndated = "2026-11-01"\n[models."gpt-image"]\nimage_out = 1\n'
    (home.wanted / "prices.toml").write_text(table)

    cost = drawn(home, "--prices", str(home.wanted / "prices.toml")).object["cost"]

    assert cost["prices"] == "our prices of 2026-11-01"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (None, "cannot be read: No such file"),
        ("name = 1", "is no table of prices"),
        ('name = "x"\ndated = "y"\n[models.m]\nfoo = 1\n', "a price called foo"),
        ('name = "x"\ndated = "y"\n[models.m]\nimage_out = "a lot"\n', "a price that is no number"),
        ('name = "x"\ndated = "y"\n[models.m]\nimage_out = -1\n', "a price that is no number"),
        ("\0", "is no table of prices"),
    ],
)
def test_a_table_that_makes_no_sense_is_one_sentence_before_anything_is_sent(
    table: str | None, sentence: str, home: Home
) -> None:
    if table is not None:
        (home.wanted / "prices.toml").write_text(table)

    ended = drawn(home, "--prices", str(home.wanted / "prices.toml"))

    assert ended.status == ExitStatus.CONFIG
    assert sentence in ended.object["error"]["message"]
