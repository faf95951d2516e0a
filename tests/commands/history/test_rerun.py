"""The command ``history rerun``, against a gateway over real sockets: what it sends is compared with the first run."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.provenance.embedding import with_packet, write_anew
from cpa_image_cli.adapters.provenance.parts import container_of
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.ledger.run import NewRun, Run
from cpa_image_cli.core.provenance.packet import packet_of
from cpa_image_cli.core.provenance.record import Record
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.adapters.provenance.samples import png_with, written
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here
from tests.session.terminal import ENTER, Terminal

FIRST = ["generate", "画一只可爱的松鼠", "--size", "1024x1536", "--quality", "high", "--model", "gpt-5.5"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


@pytest.fixture
def gateway() -> Iterator[Sandbox]:
    with Sandbox(key=KEY) as gateway:
        yield gateway


def sent(gateway: Sandbox) -> list[Any]:
    return [request.json for request in gateway.posts]


def tools(gateway: Sandbox) -> list[Any]:
    return [body["tools"][0] for body in sent(gateway)]


def rerun(home: Home, gateway: Sandbox | None, *words: str, stdin: bytes = b"", **environ: str) -> Ended:
    base_url = gateway.base_url if gateway else None
    return run_here(home, "history", "rerun", *words, base_url=base_url, stdin=stdin, **environ)


def first(home: Home, gateway: Sandbox, *words: str, **environ: str) -> Run:
    ended = run_here(home, *(words or FIRST), base_url=gateway.base_url, **environ)
    assert ended.status == 0
    return home.runs()[0]


def test_a_rerun_sends_the_same_request_once_and_saves_under_a_new_name(home: Home, gateway: Sandbox) -> None:
    run = first(home, gateway)

    ended = rerun(home, gateway, run.id[:6])

    again, before = home.runs()
    one, other = sent(gateway)
    assert ended.status == 0
    assert one == other
    assert ended.stdout.decode().strip() == str(again.output)
    assert (before.output == again.output, before.output, before.id) == (False, run.output, run.id)
    assert (again.prompt, again.model, again.parameters) == (run.prompt, run.model, run.parameters)


def test_every_parameter_can_be_overridden(home: Home, gateway: Sandbox) -> None:
    first(home, gateway, *FIRST, "--instructions", "你是一个画家", "--stream", "--partial-images", "1")

    rerun(home, gateway, "last", "--quality", "low", "--background", "opaque", "--format", "webp", "--no-stream")
    rerun(home, gateway, "last~1", "--prompt", "画一只猫", "--model", "gpt-5.4", "--instructions", "")

    one, two, three = sent(gateway)
    assert two == {
        **one,
        "stream": False,
        "tools": [
            {
                "type": "image_generation",
                "output_format": "webp",
                "size": "1024x1536",
                "quality": "low",
                "background": "opaque",
            }
        ],
    }
    assert three == {**one, "input": "画一只猫", "model": "gpt-5.4", "instructions": ""}
    assert one["tools"][0]["partial_images"] == 1


def test_an_override_is_part_of_the_next_rerun(home: Home, gateway: Sandbox) -> None:
    first(home, gateway)

    rerun(home, gateway, "last", "--size", "1536x1024")
    rerun(home, gateway, "last")

    assert [tool["size"] for tool in tools(gateway)] == ["1024x1536", "1536x1024", "1536x1024"]


def test_what_the_configuration_says_since_changes_nothing(home: Home, gateway: Sandbox) -> None:
    first(home, gateway, "generate", "画一只可爱的松鼠", "--model", "gpt-5.4")
    config = home.directories.config_file
    config.parent.mkdir(parents=True)
    config.write_text(
        'size = "1536x1024"\nbackground = "opaque"\nmodel = "gpt-5.5"\nformat = "webp"\n'
        'instructions = "draw badly"\nstream = true\n'
    )

    ended = rerun(home, gateway, "last")

    one, other = sent(gateway)
    assert (ended.status, one) == (0, other)


def test_output_options_are_those_of_generate(home: Home, gateway: Sandbox) -> None:
    first(home, gateway, *FIRST, "-o", "squirrel.png")

    plain = rerun(home, gateway, "last", "-o", "squirrel.png")
    other = rerun(home, gateway, "last", "-o", "squirrel.webp")
    forced = rerun(home, gateway, "last~1", "-o", "squirrel.png", "--force", "--json")

    assert plain.status == ExitStatus.OUTPUT
    assert (other.status, forced.status, forced.object["output"]) == (0, 0, str(home.picture))
    assert home.pictures() == ["squirrel.png", "squirrel.webp"]
    assert [tool["output_format"] for tool in tools(gateway)] == ["png", "webp", "png"]


def test_a_name_that_no_disk_could_hold_is_told(home: Home, gateway: Sandbox) -> None:
    first(home, gateway)

    ended = rerun(home, gateway, "last", "-o", f"{'x' * 300}.png", "--json")

    assert (ended.status, ended.code) == (ExitStatus.OUTPUT, "output_unwritable")
    assert len(sent(gateway)) == 1


def test_the_prompt_is_the_runs_even_if_something_is_piped_in(home: Home, gateway: Sandbox) -> None:
    first(home, gateway)

    rerun(home, gateway, "last", stdin="画一只狗".encode())
    rerun(home, gateway, "last", "--prompt-file", "-", stdin="画一只猫".encode())

    assert [body["input"] for body in sent(gateway)] == ["画一只可爱的松鼠", "画一只可爱的松鼠", "画一只猫"]


def test_a_run_that_still_goes_on_is_not_sent_again(home: Home, gateway: Sandbox) -> None:
    begun = NewRun(prompt="松鼠", model="gpt-5.4", gateway="https://g", parameters={}, started_at=datetime.now(UTC))
    identity = History(home.directories.history_file).begin(begun)

    ended = rerun(home, gateway, "last")

    assert (ended.status, gateway.posts) == (ExitStatus.USAGE, [])
    assert f"the run {identity} is still under way" in ended.stderr


@pytest.mark.parametrize("words", [[], ["zzz"], ["last", "a cat"], ["last", "--sandbox", "--no-sandbox"]])
def test_what_does_not_name_one_run_sends_nothing(home: Home, gateway: Sandbox, words: list[str]) -> None:
    first(home, gateway)

    ended = rerun(home, gateway, *words)

    assert (ended.status, len(gateway.posts)) == (ExitStatus.USAGE, 1)


def test_a_dry_run_sends_and_records_nothing(home: Home, gateway: Sandbox) -> None:
    first(home, gateway)

    ended = rerun(home, gateway, "last", "--dry-run", "--size", "1536x1024")

    assert (ended.status, len(gateway.posts), len(home.runs())) == (0, 1, 1)
    assert '"size": "1536x1024"' in ended.stdout.decode()


def test_another_gateway_is_said(home: Home, gateway: Sandbox) -> None:
    run = first(home, gateway)
    with Sandbox(key=KEY) as other:
        ended = rerun(home, other, "last", "--json")

    message = f"the run {run.id} went to {run.gateway}; this one goes to {other.base_url}"
    assert {"code": "another_gateway", "message": message} in ended.object["warnings"]
    assert (len(gateway.posts), len(other.posts)) == (1, 1)


def test_an_image_model_that_was_insisted_on_once_is_insisted_on_again(home: Home, gateway: Sandbox) -> None:
    run_here(home, *FIRST[:2], "--model", "gpt-image-1", "--allow-image-model", base_url=gateway.base_url)

    rerun(home, gateway, "last")
    refused = rerun(home, gateway, "last", "--model", "dall-e-3")

    assert [body["model"] for body in sent(gateway)] == ["gpt-image-1", "gpt-image-1"]
    assert refused.status == ExitStatus.USAGE


# -- the sandbox ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "stays"),
    [([], True), (["--scenario", "jpeg-for-png"], True), (["--no-sandbox"], False), (["--base-url"], False)],
)
def test_a_run_of_the_sandbox_stays_there_unless_it_is_told_otherwise(
    home: Home, gateway: Sandbox, words: list[str], *, stays: bool
) -> None:
    run_here(home, *FIRST, "--sandbox")

    address = [gateway.base_url] if words == ["--base-url"] else []
    ended = rerun(home, gateway, "last", *words, *address)

    assert (ended.status, len(gateway.posts)) == (0, 0 if stays else 1)
    assert (home.runs()[0].gateway == "sandbox") == stays


def test_a_real_run_can_be_tried_in_the_sandbox(home: Home, gateway: Sandbox) -> None:
    first(home, gateway)

    ended = rerun(home, gateway, "last", "--sandbox")

    assert (ended.status, len(gateway.posts), home.runs()[0].gateway) == (0, 1, "sandbox")
    assert home.runs()[0].parameters == home.runs()[1].parameters


def embedded(home: Home, record: Record) -> Path:
    path = written(home.wanted, "png")
    container = container_of(path)
    write_anew(container, with_packet(container, packet_of(record, creator="x")), path)
    return path


RECORD = Record(prompt="一只狐狸", model="gpt-5.5", parameters={"size": "1024x1536", "quality": "high"})


def test_a_picture_that_history_knows_is_as_good_as_its_run(home: Home, gateway: Sandbox) -> None:
    run = first(home, gateway)

    ended = rerun(home, gateway, str(run.output))

    one, other = sent(gateway)
    assert ended.status == 0
    assert one == other


def test_a_picture_that_says_what_it_was_made_of_is_asked_about_first(home: Home, gateway: Sandbox) -> None:
    path = embedded(home, RECORD)

    ended = rerun(home, gateway, str(path))

    assert (ended.status, sent(gateway)) == (ExitStatus.USAGE, [])
    assert "--yes" in ended.stderr


def test_with_leave_the_same_request_is_sent(home: Home, gateway: Sandbox) -> None:
    path = embedded(home, RECORD)

    ended = rerun(home, gateway, str(path), "--yes")

    [body] = sent(gateway)
    tool = {"type": "image_generation", "output_format": "png", "size": "1024x1536", "quality": "high"}
    assert ended.status == 0
    assert (body["input"], body["model"], body["tools"]) == ("一只狐狸", "gpt-5.5", [tool])


def test_a_file_gets_no_image_model_asked(home: Home, gateway: Sandbox) -> None:
    path = embedded(home, replace(RECORD, model="gpt-image-2"))

    ended = rerun(home, gateway, str(path), "--yes")

    assert (ended.status, sent(gateway)) == (ExitStatus.USAGE, [])


def test_the_prompt_of_another_program_is_taken_alone(home: Home, gateway: Sandbox) -> None:
    path = png_with(home.wanted, {"parameters": "a fox\nNegative prompt: dog\nSteps: 20"})

    assert rerun(home, gateway, str(path), "--yes").status == 0
    assert [body["input"] for body in sent(gateway)] == ["a fox"]


def test_a_picture_that_says_nothing_is_said_to(home: Home, gateway: Sandbox) -> None:
    ended = rerun(home, gateway, str(written(home.wanted, "png")), "--yes")

    assert ended.status == ExitStatus.USAGE
    assert "does not say what it was made of" in ended.stderr


@pytest.mark.parametrize(("answer", "posts"), [("y", 1), ("n", 0)])
def test_on_a_terminal_the_request_is_shown_and_confirmed(answer: str, posts: int, tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    container = container_of(path)
    write_anew(container, with_packet(container, packet_of(RECORD, creator="x")), path)
    with Sandbox(key=KEY) as gateway:
        own = {"IMAGE_GEN_BASE_URL": gateway.base_url, "IMAGE_GEN_KEY": KEY}
        with Terminal(tmp_path, "history", "rerun", "picture.png", "--quiet", "-o", "new.png", **own) as terminal:
            terminal.shows("Send it? (y/n)")
            assert "一只狐狸" in terminal.text.replace(" ", "")
            assert "model gpt-5.5, size 1024x1536" in terminal.text
            terminal.types(answer, ENTER)
            assert terminal.left() == (0 if posts else int(ExitStatus.USAGE))
        assert len(gateway.posts) == posts


def test_the_new_picture_lies_beside_the_first_and_the_run_is_named_as_the_models_source(
    home: Home, gateway: Sandbox
) -> None:
    run = first(home, gateway, *FIRST, "-o", "here/squirrel.png")

    ended = rerun(home, gateway, "last")
    elsewhere = rerun(home, gateway, "last", "-o", "other.png", "--model", "gpt-5.4")

    newest, again, _ = home.runs()
    assert again.output is not None
    assert again.output.parent == home.wanted / "here"
    assert newest.output == home.wanted / "other.png"
    assert f"gpt-5.5 (run {run.id}) at " in ended.stderr
    assert "gpt-5.4 (--model) at " in elsewhere.stderr


def test_where_the_first_folder_is_gone_it_goes_where_pictures_go(home: Home, gateway: Sandbox) -> None:
    run = first(home, gateway, *FIRST, "-o", "here/squirrel.png")
    assert run.output is not None
    run.output.unlink()
    run.output.parent.rmdir()

    rerun(home, gateway, "last")

    assert home.runs()[0].output is not None
    assert str(home.runs()[0].output).startswith(str(home.directories.pictures))
