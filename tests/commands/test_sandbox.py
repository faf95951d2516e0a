"""``cpa-image sandbox``: in process where it ends by itself, in a second process where it is stopped."""

import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cpa_image_cli.app import run
from cpa_image_cli.commands.sandbox import serve
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.process.surroundings import Directories, Surroundings
from cpa_image_cli.sandbox.scenarios import SCENARIOS
from cpa_image_cli.sandbox.serving.gateway import Sandbox


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def surroundings(folder: Path, stdout: io.StringIO | None = None) -> Surroundings:
    directories = Directories(config=folder, data=folder, cache=folder, pictures=folder)
    return Surroundings(
        environ={"TERM": "dumb"},
        stdin=io.StringIO(),
        stdout=stdout or io.StringIO(),
        stderr=io.StringIO(),
        home=folder,
        working_directory=folder,
        directories=lambda: directories,
    )


def said(around: Surroundings) -> tuple[str, str]:
    assert isinstance(around.stdout, io.StringIO)
    assert isinstance(around.stderr, io.StringIO)
    return around.stdout.getvalue(), around.stderr.getvalue()


def test_the_list_is_plain_lines_for_a_program(tmp_path: Path) -> None:
    around = surroundings(tmp_path)

    status = run(["sandbox", "--list"], around)

    head, *rows = (line.split("\t") for line in said(around)[0].splitlines())
    assert head == ["SCENARIO", "ENDS_IN", "WHAT_THE_GATEWAY_DOES"]
    assert (status, [row[0] for row in rows]) == (0, list(SCENARIOS))
    assert {len(row) for row in rows} == {3}
    endings = {row[0]: row[1] for row in rows}
    assert endings["ok"] == "picture"
    assert endings["rate-limited-then-ok"] == "picture, 2 requests"
    assert endings["tools-empty"] == "tool_unavailable (7), 5 requests"
    assert endings["close-after-all"] == "picture, warns of late_stream_broken; streamed: picture"
    assert endings["wrong-size"] == "with --size 1024x1024: picture, warns of size_differs"
    assert endings["partials-only"] == "no_image (7), 2 requests; streamed: partial_frames_only (7)"


def test_the_list_is_a_table_for_a_person(tmp_path: Path) -> None:
    around = surroundings(tmp_path, Terminal())

    status = run(["sandbox", "--list"], around)

    shown = said(around)[0]
    lines = shown.splitlines()
    assert status == 0
    assert max(map(len, lines)) == 80
    assert lines[1].split("  ")[0].strip() == "Scenario"
    place = next(number for number, line in enumerate(lines) if line.split()[:1] == ["rate-limited-then-ok"])
    assert [line[30:].strip() for line in lines[place : place + 2]] == [
        "429 that asks for 4 seconds, then a picture",
        "→ picture, 2 requests",
    ]
    assert all(name in shown for name in SCENARIOS)
    assert "“generating”" in shown


def test_the_list_is_data_with_json(tmp_path: Path) -> None:
    around = surroundings(tmp_path)

    status = run(["sandbox", "--list", "--json"], around)

    listed = json.loads(said(around)[0])
    assert (status, listed["schema"], len(listed["scenarios"])) == (0, "cpa-image/scenarios/1", len(SCENARIOS))
    ended = {
        "exit_status": 8,
        "code": "credentials_cooling",
        "requests": 2,
        "least_waits_s": [60.0],
        "warnings": [],
    }
    assert listed["scenarios"][list(SCENARIOS).index("auth-unavailable")] == {
        "name": "auth-unavailable",
        "summary": "503: the gateway's accounts rest for a minute",
        "options": [],
        "expected": ended,
        "expected_streaming": ended,
    }
    assert listed["scenarios"][list(SCENARIOS).index("close-after-all")]["expected"] == {
        "exit_status": 0,
        "code": None,
        "requests": 1,
        "least_waits_s": [],
        "warnings": ["late_stream_broken"],
    }


@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_printed_leads_to_the_gateway(tmp_path: Path, *, as_json: bool) -> None:
    around = surroundings(tmp_path)
    codes: list[int] = []

    def use() -> None:
        out = said(around)[0]
        if as_json:
            found = json.loads(out)
        else:
            found = dict(line.removeprefix("export ").split("=", 1) for line in out.splitlines())
        assert [name for name in found if name != "scenario"] == ["IMAGE_GEN_BASE_URL", "IMAGE_GEN_KEY"]
        headers = {"authorization": f"Bearer {found['IMAGE_GEN_KEY']}"}
        codes.append(httpx.get(f"{found['IMAGE_GEN_BASE_URL']}/v1/models", headers=headers).status_code)

    status = serve(around, port=0, name="ok", pace=0.0, as_json=as_json, wait=use)

    assert (status, codes) == (0, [200])
    *told, logged = said(around)[1].splitlines()
    assert told == [
        "The sandbox plays “ok”: a picture, as it should be.",
        "Paste the two lines into another terminal and generate there. Ctrl-C stops the sandbox.",
    ]
    assert re.fullmatch(r"\d\d:\d\d:\d\d  GET /v1/models → 200", logged)


def test_ctrl_c_ends_it_with_130(tmp_path: Path) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    assert serve(surroundings(tmp_path), port=0, name="ok", pace=0.0, as_json=False, wait=interrupted) == 130


def test_an_unknown_scenario_is_a_usage_error_that_names_those_near(tmp_path: Path) -> None:
    around = surroundings(tmp_path)

    status = run(["sandbox", "--scenario", "rate-limted"], around)

    out, err = said(around)
    assert (status, out) == (2, "")
    assert "there is no scenario called 'rate-limted'" in err
    assert "rate-limited" in err.replace("rate-limted", "")


def test_a_taken_port_is_a_usage_error(tmp_path: Path) -> None:
    with Sandbox() as taken, pytest.raises(UsageError, match=f"port {taken.port} cannot be used"):
        serve(surroundings(tmp_path), port=taken.port, name="ok", pace=0.0, as_json=False)


@pytest.mark.parametrize("arguments", [["--port", "65536"], ["--pace", "-1"], ["--pace", "nan"]])
def test_a_number_that_makes_no_sense_is_a_usage_error(tmp_path: Path, arguments: list[str]) -> None:
    assert run(["sandbox", *arguments], surroundings(tmp_path)) == 2


def test_a_process_of_its_own_serves_until_ctrl_c() -> None:
    command = [sys.executable, "-W", "error", "-m", "cpa_image_cli", "sandbox", "--scenario", "moderation"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(2)]
        url, key = (line.split("=", 1)[1] for line in lines)
        body = {"model": "gpt-5.4", "input": "x", "tools": [{"type": "image_generation"}]}
        reply = httpx.post(f"{url}/v1/responses", json=body, headers={"x-api-key": key})
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)

    assert [line.split("=")[0] for line in lines] == ["export IMAGE_GEN_BASE_URL", "export IMAGE_GEN_KEY"]
    assert reply.json()["error"]["code"] == "moderation_blocked"
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
