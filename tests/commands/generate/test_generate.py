"""The command ``generate`` at its edges: streams that are closed or full, dry runs, and contradictions."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.home import Home
from tests.faults.in_process import run_here

PROMPT = "画一只可爱的松鼠"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def in_a_shell(home: Home, words: str, redirections: str) -> subprocess.CompletedProcess[str]:
    command = f"exec {shlex.quote(sys.executable)} -m cpa_image_cli {words} {redirections}"
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=home.wanted, env=home.environ(), capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(os.name != "posix", reason="closes streams by their numbers")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_picture_is_made_whatever_streams_are_closed(home: Home, closed: str) -> None:
    ended = in_a_shell(home, f"generate {PROMPT} --sandbox --size 64x64 -o squirrel.png", closed)

    assert (ended.returncode, home.pictures()) == (0, ["squirrel.png"])


@pytest.mark.skipif(os.name != "posix", reason="closes streams by their numbers")
def test_bytes_for_a_closed_standard_output_are_not_asked_for(home: Home) -> None:
    ended = in_a_shell(home, f"generate {PROMPT} --sandbox --size 64x64 -o -", ">&-")

    assert (ended.returncode, home.kept(), home.runs()) == (9, [], [])
    assert ended.stderr == "cpa-image: cannot write standard output: it is closed [output_unwritable]\n"


@pytest.mark.skipif(os.name != "posix", reason="closes streams by their numbers")
def test_a_prompt_from_a_closed_standard_input_is_empty(home: Home) -> None:
    ended = in_a_shell(home, "generate --sandbox", "<&-")

    assert (ended.returncode, ended.stderr.splitlines()[0]) == (2, "cpa-image: the prompt is empty [usage]")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("how", ["", "--json"])
def test_a_path_that_cannot_be_printed_is_an_output_problem_and_the_picture_stays(home: Home, how: str) -> None:
    ended = in_a_shell(home, f"generate {PROMPT} --sandbox --size 64x64 --quiet -o squirrel.png {how}", ">/dev/full")

    assert (ended.returncode, home.pictures()) == (9, ["squirrel.png"])
    assert ended.stderr == "cpa-image: the result cannot be written: No space left on device [output_unwritable]\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "warning: the key goes to gateway.example over plain http://, readable by everyone on the way\n"),
        (("--quiet",), ""),
    ],
)
def test_a_dry_run_tells_the_warnings_of_the_run_it_stands_for(home: Home, words: tuple[str, ...], told: str) -> None:
    ended = run_here(home, "generate", PROMPT, "--dry-run", *words, base_url="http://gateway.example")

    assert (ended.status, ended.stderr) == (0, told)


def test_a_dry_run_of_the_sandbox_starts_none(home: Home) -> None:
    ended = run_here(home, "generate", PROMPT, "--sandbox", "--dry-run")

    assert ended.status == 0
    assert "curl --no-buffer http://sandbox.localhost/v1/responses" in ended.stdout.decode()


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_bytes_and_an_object_cannot_share_standard_output(home: Home, form: str) -> None:
    ended = run_here(home, "generate", PROMPT, "--sandbox", "-o", "-", form)

    assert (ended.status, ended.object["error"]["message"]) == (2, f"-o - and {form} both want standard output")


def test_a_configuration_of_openclaw_that_cannot_be_read_is_named_when_no_gateway_is_known(home: Home) -> None:
    folder = home.root / ".openclaw"
    folder.mkdir()
    (folder / "openclaw.json").write_text("{models: {$include: 'gone.json5'}}", encoding="utf-8")

    ended = run_here(home, "generate", PROMPT)

    assert ended.status == 3
    assert ended.stderr.splitlines()[0] == (
        f"cpa-image: no gateway is configured; OpenClaw's {folder / 'gone.json5'} is left out: included, but not there"
        " [base_url_missing]"
    )


@pytest.mark.skipif(os.name != "posix", reason="runs through /bin/sh")
def test_the_sandbox_needs_no_proxy_though_one_is_set(home: Home) -> None:
    # Nobody listens on port 9; httpx sends loopback through a proxy too, unless NO_PROXY says otherwise.
    environ = {**home.environ(), "HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}

    command = [sys.executable, "-m", "cpa_image_cli", "generate", PROMPT, "--sandbox", "--size", "64x64", "-o", "a.png"]
    ended = subprocess.run(command, cwd=home.wanted, env=environ, capture_output=True, text=True, check=False)

    assert (ended.returncode, home.pictures()) == (0, ["a.png"])


def test_a_run_that_is_not_to_be_remembered_leaves_no_word_of_its_prompt(home: Home) -> None:
    ended = run_here(home, "generate", PROMPT, "--sandbox", "--size", "64x64", "--no-history", "-o", "p/", "--json")

    assert (ended.status, ended.object["warnings"], home.runs()) == (0, [], [])
    # What may have cost money is remembered all the same.
    (row,) = home.ledger_rows()
    assert (row["job_state"], row["posts"], len(row["fingerprint"])) == ("done", 1, 64)
    assert (row["prompt"], row["output"], row["destination"]) == ("", None, None)
    stored = b"".join(path.read_bytes() for path in home.directories.data.iterdir())
    assert PROMPT.encode() not in stored
    assert Path(ended.object["output"]).stem.encode() not in stored
