"""The command ``doctor``: what is printed, how it exits, and how it is broken off."""

import contextlib
import io
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte
import pytest

from cpa_image_cli.app import run
from cpa_image_cli.completion.shells.installation import Standing
from cpa_image_cli.completion.shells.shell_folders import place_of
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.doctor.checks import CHECKS, LIVE_CHECKS, labels
from cpa_image_cli.sandbox.language.replies import Answer, How, Place, Stop
from cpa_image_cli.sandbox.language.scenario import Scenario
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.doctor.world import GOOD, HEALTHY, KEY, Said, World, gateway, page, using
from tests.inherited import inherited
from tests.session.terminal import Terminal

if sys.platform != "win32":
    import pty
    import termios
    from fcntl import ioctl

ARGUMENTS = [sys.executable, "-m", "cpa_image_cli", "doctor"]


def doctor(world: World, *arguments: str) -> tuple[int, str]:
    world.stdout = io.StringIO()
    status = run(["doctor", *arguments], world.around())
    return status, world.stdout.getvalue()


def in_json(world: World, *arguments: str) -> tuple[int, dict[str, dict[str, str | None]]]:
    status, printed = doctor(world, "--json", *arguments)
    report = json.loads(printed)
    assert (report["schema"], report["exit_status"], report["ok"]) == ("cpa-image/doctor/1", status, status == 0)
    return status, {finding["check"]: finding for finding in report["findings"]}


def test_every_check_has_an_id_and_a_title_of_its_own() -> None:
    found = labels(is_live=True)

    assert len({label.id for label in found}) == len(found) == len(CHECKS) + len(LIVE_CHECKS)
    assert len({(label.group, label.title) for label in found}) == len(found)
    assert max(len(label.title) for label in found) <= 15


def test_findings_are_printed_in_the_order_of_the_table_with_what_to_do(world: World) -> None:
    status, printed = doctor(world)

    lines = printed.splitlines()
    titles = [line.split(": ")[1] for line in lines if line[:4] in ("pass", "warn", "fail", "skip")]
    assert status == ExitStatus.CONFIG
    told = [label.title for label in labels(is_live=False) if label.title in titles]
    # What was skipped for one reason in a row is one line.
    counted = sum(int(title.split()[0]) for title in titles if title.endswith(" checks"))
    assert [title for title in titles if not title.endswith(" checks")] == told
    assert len(told) + counted == len(labels(is_live=False))
    assert lines[-1].startswith("Do this first: Run `cpa-image config init`")
    missing = lines.index("fail  settings: base URL: no gateway is configured")
    assert lines[missing + 1].startswith("      -> Run `cpa-image config init`, or set IMAGE_GEN_BASE_URL")


def test_json_is_one_object_with_every_check(world: World) -> None:
    with Sandbox(key=KEY) as sandbox:
        status, found = in_json(using(world, sandbox.base_url))

    assert status == ExitStatus.OK
    assert list(found) == [label.id for label in labels(is_live=False)]
    assert found["models"] == {
        "check": "models",
        "group": "endpoint",
        "title": "/v1/models",
        "status": "pass",
        "found": "the key is accepted; models listed: 7",
        "advice": None,
        "code": None,
    }


@pytest.mark.parametrize(
    ("routes", "otherwise", "status"),
    [
        (GOOD, Said(404), ExitStatus.OK),
        ({("GET", "/healthz"): HEALTHY}, Said(401, b'{"error":"Invalid API key"}'), ExitStatus.AUTH),
        ({}, page(502, "502 Bad Gateway"), ExitStatus.GATEWAY),
        ({("GET", "/healthz"): HEALTHY}, Said(404), ExitStatus.CONFIG),
    ],
)
def test_the_exit_status_says_what_failed(
    world: World, routes: dict[tuple[str, str], Said], otherwise: Said, status: ExitStatus
) -> None:
    with gateway(routes, otherwise=otherwise) as played:
        assert doctor(using(world, played.url))[0] == status


def test_the_key_is_never_printed(world: World) -> None:
    with gateway({("GET", "/healthz"): HEALTHY}, otherwise=Said(401, b'{"error":"Invalid API key"}')) as played:
        using(world, played.url)
        printed = doctor(world)[1] + doctor(world, "--json")[1]

    assert "sk-…cdef" in printed
    assert KEY not in printed


def test_flags_go_before_the_environment(world: World) -> None:
    world.writes("config/config.toml", "[profiles.work]\nretries = 2\n")
    with gateway() as played:
        using(world, "https://elsewhere.example")
        _, found = in_json(world, "--base-url", played.url, "--model", "gpt-5.5", "--profile", "work")

    assert found["base_url"]["found"] == f"{played.url} (from --base-url)"
    assert found["model"]["found"] == "gpt-5.5 (from --model)"
    assert str(found["values"]["found"]).endswith("profile work")


def test_an_empty_flag_is_a_usage_error(world: World) -> None:
    assert doctor(world, "--base-url", " ")[0] == ExitStatus.USAGE


def test_live_asks_for_one_picture_and_says_so(world: World) -> None:
    with Sandbox(key=KEY) as sandbox:
        status, printed = doctor(using(world, sandbox.base_url), "--live")
        asked = [request for request in sandbox.posts if request.body != b"{"]

    assert (status, len(asked)) == (ExitStatus.OK, 1)
    assert "pass  live: picture: PNG of 1024x1024" in printed
    assert "No picture was asked for" not in printed


def nothing(world: World, path: Path) -> None:
    del world, path


def somebody_elses(world: World, path: Path) -> None:
    del world
    path.parent.mkdir(parents=True)
    path.write_text("# completions of mine\n")


def no_folder(world: World, path: Path) -> None:
    del world
    path.parent.parent.mkdir(parents=True)
    path.parent.write_text("a file where a folder should be")


def ours(world: World, path: Path) -> None:
    del path
    assert run(["completion", "fish", "--install"], world.around()) == 0


def ours_of_another_version(world: World, path: Path) -> None:
    ours(world, path)
    path.write_text(path.read_text().replace("doctor", "medic"))


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (nothing, "not installed for fish"),
        (somebody_elses, "is somebody else's"),
        (ours, "installed for fish"),
        (no_folder, "Not a directory"),
        (ours_of_another_version, "is of another version"),
    ],
)
def test_the_real_completion_of_the_users_shell_is_looked_at(
    world: World, prepare: Callable[[World, Path], None], told: str
) -> None:
    world.environ = {"SHELL": "/usr/bin/fish", "XDG_CONFIG_HOME": str(world.home / "xdg")}
    prepare(world, place_of("fish", world.around()))

    _, found = in_json(world)

    assert str(found["completion"]["found"]).endswith(told)


def test_every_standing_of_a_completion_script_has_words() -> None:
    assert {standing.name.lower() for standing in Standing} == {"absent", "current", "outdated", "foreign"}


# On a terminal

QUESTIONS_END = b"\x1b[c"
WIDTH_ASKED = "画\x1b[6n\x1b[c".encode()


def answered(heard: bytes) -> bytes:
    """Return what a terminal without graphics, whose Chinese takes two columns, says to all that was asked."""
    asked_width = heard.endswith(WIDTH_ASKED)
    return b"\x1b[1;3R\x1b[?6c" if asked_width else b"\x1b[?6c" if heard.endswith(QUESTIONS_END) else b""


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_on_a_terminal_the_terminal_itself_is_examined_and_left_as_it_was(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(slave)
    environ = {**inherited(), "HOME": str(tmp_path), "PATH": "", "TERM": "xterm-256color"}
    with subprocess.Popen(ARGUMENTS, env=environ, stdin=slave, stdout=slave, stderr=slave) as process:
        heard = b""
        while select.select([master], [], [], 0.05)[0] or process.poll() is None:
            heard += os.read(master, 65536) if select.select([master], [], [], 0)[0] else b""
            os.write(master, answered(heard))
    after = termios.tcgetattr(slave)
    os.close(slave)
    os.close(master)

    page = on_screen(heard)
    assert process.returncode == ExitStatus.CONFIG
    assert "  ✓ Chinese text    two columns each, as they should" in page
    assert "  ✓ colour          256 colours" in page
    assert any(line.startswith("  - 16 skipped") for line in page)
    assert max(map(len, page)) <= 80
    assert after == before


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_a_terminal_of_another_encoding_is_not_asked_how_wide_chinese_is(tmp_path: Path) -> None:
    with Terminal(tmp_path, "doctor", columns=120, PYTHONUTF8="0", PYTHONIOENCODING="ascii:replace") as terminal:
        terminal.becomes(lambda: terminal.modes != terminal.modes_before, "the question how it draws")
        # Somebody types meanwhile.
        terminal.types("ls", "\x1b[?6c", "\n")
        status = terminal.left()

        assert (status, terminal.modes == terminal.modes_before) == (ExitStatus.CONFIG, True)
        [row] = [row for row in terminal.rows if "Chinese text" in row]
        assert row.endswith("output is written as ascii, which has no Chinese")


def on_screen(output: bytes) -> list[str]:
    """Return all that was ever printed for good, as a person would find it."""
    text = output.decode()
    # What asks the terminal something shows nothing; pyte does not know all of it.
    shown = text.partition(WIDTH_ASKED.decode())[2].replace("\x1b[?2026h", "").replace("\x1b[?2026l", "")
    screen = pyte.HistoryScreen(80, 24, history=1000)
    pyte.Stream(screen).feed(shown)
    above = ["".join(line[x].data for x in range(80)) for line in screen.history.top]
    return [line.rstrip() for line in [*above, *screen.display]]


# Broken off


@contextlib.contextmanager
def started(home: Path, url: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environ = {
        **inherited(),
        "HOME": str(home),
        "TMPDIR": str(home),
        "IMAGE_GEN_BASE_URL": url,
        "IMAGE_GEN_KEY": KEY,
    }
    process = subprocess.Popen(
        [*ARGUMENTS, *arguments], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, ExitStatus.INTERRUPTED), (signal.SIGTERM, ExitStatus.TERMINATED)]
)
def test_breaking_off_a_live_examination_leaves_nothing_and_says_what_it_may_have_cost(
    tmp_path: Path, number: signal.Signals, status: ExitStatus
) -> None:
    asked = threading.Event()
    stall = Stop(place=Place.BEFORE_PICTURE, how=How.STALL)
    scenario = Scenario(name="stall", summary="it stalls", script=(Answer(stop=stall),))
    # The pace begins after the request was read whole, so that it was sent by then.
    with (
        Sandbox(scenario, key=KEY, pace=1.0, sleep=lambda _: asked.set()) as sandbox,
        started(tmp_path, sandbox.base_url, "--live") as process,
    ):
        assert asked.wait(30)
        assert any("round trip" in line for line in process.stdout or ())
        process.send_signal(number)
        _, complaint = process.communicate(timeout=10)

    assert process.returncode == status
    assert "a picture may have been made and billed" in complaint
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("cpa-image-doctor")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_breaking_off_before_anything_was_asked_for_says_so(tmp_path: Path) -> None:
    # Connections are taken by the system, and never answered.
    silent = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    with silent, started(tmp_path, url) as process:
        assert any("TCP" in line for line in process.stdout or ())
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=10)

    assert process.returncode == ExitStatus.INTERRUPTED
    assert "nothing had been sent that costs anything" in complaint
