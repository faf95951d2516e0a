"""
Whatever is written about a run is for its owner alone, even for one whose umask is 0: each file and folder of ours.

The picture itself is the user's own, and has the mode that any file has which they save.
"""

import contextlib
import os
import signal
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cpa_image_cli.adapters.output import FileTarget, IfExists, reserve
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Clock, run_here
from tests.faults.processes import Process
from tests.faults.servers import RawServer, Visitor, head, recorded, sized

OPEN_TO_ALL = ("sh", "-c", 'umask 0; exec "$@"', "sh")

HISTORY = ".local/share/cpa-image/history.sqlite3"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def open_in(modes: dict[str, int]) -> dict[str, str]:
    """Return what of *modes* lets others in."""
    return {name: oct(mode) for name, mode in modes.items() if mode & 0o077}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_history_with_its_log_and_the_picture_of_a_run(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        run_here(home, "generate", "x", "-o", "a.png", base_url=gateway.base_url)
        # Whoever reads keeps the log from being put away at the end of a run.
        with contextlib.closing(sqlite3.connect(home.directories.history_file)) as reader:
            reader.execute("SELECT count(*) FROM run").fetchone()
            run_here(home, "generate", "x", "-o", "b.png", base_url=gateway.base_url)

            assert open_in(home.modes()) == {}
            assert {HISTORY, f"{HISTORY}-wal", f"{HISTORY}-shm"} < home.modes().keys()

    assert mode(home.wanted / "a.png") == 0o666


@pytest.mark.parametrize("words", [("-o", "-"), ("-o", "squirrel.png"), ("-o", "-", "--stream")], ids=" ".join)
def test_a_run_under_way(words: tuple[str, ...], home: Home) -> None:
    sent: list[Visitor] = []

    def script(visitor: Visitor) -> None:
        visitor.send(head("Content-Length: 99999"), recorded(stream=False)[:5000])
        sent.append(visitor)
        visitor.stay()

    with RawServer(script) as server:
        process = Process(home, "generate", "x", *words, base_url=server.base_url, through=OPEN_TO_ALL)
        process.wait_for(lambda: sent)
        modes = home.modes()
        parts = list(home.temporary.iterdir())
        process.send(signal.SIGINT)
        process.end()

    assert open_in(modes) == {}
    assert HISTORY in modes
    assert [path.suffix for path in parts] == ([".part"] if "-" in words else [])


def test_an_examination_under_way(home: Home) -> None:
    with Sandbox("stall", key=KEY) as gateway:
        process = Process(home, "doctor", "--live", base_url=gateway.base_url, through=OPEN_TO_ALL)
        process.wait_for(lambda: [request for request in gateway.posts if request.json])
        modes = home.modes()
        process.send(signal.SIGINT)
        process.end()

    # What is in a folder that nobody else can open needs no mode of its own.
    shut = [name for name in modes if Path(name).parent == Path("tmp")]
    assert [modes[name] for name in shut] == [0o700]
    assert open_in({name: mode for name, mode in modes.items() if str(Path(name).parent) not in shut}) == {}


def taken_meanwhile(home: Home) -> Callable[[Visitor], None]:
    def script(visitor: Visitor) -> None:
        home.picture.write_text("theirs")
        visitor.send(sized(recorded(stream=False)))

    return script


def gone_meanwhile(home: Home) -> Callable[[Visitor], None]:
    def script(visitor: Visitor) -> None:
        home.wanted.rename(home.root / "elsewhere")
        for path in (home.root / "elsewhere").iterdir():
            path.unlink()
        visitor.send(sized(recorded(stream=False)))

    return script


@pytest.mark.parametrize("spoiled", [taken_meanwhile, gone_meanwhile])
def test_a_picture_that_was_kept(spoiled: Callable[[Home], Callable[[Visitor], None]], home: Home) -> None:
    with RawServer(spoiled(home)) as server:
        ended = run_here(home, "generate", "x", "-o", "squirrel.png", base_url=server.base_url)
    [kept] = home.kept()

    assert ended.status == 9
    assert (mode(kept), mode(kept.parent)) == (0o600, 0o700)
    assert open_in(home.modes()) == {}


def test_a_picture_that_moves_while_it_arrives(home: Home) -> None:
    target = FileTarget(path=home.picture)
    with reserve(target, if_exists=IfExists.ERROR, kept=home.directories.kept) as reservation:
        blob = reservation.open_blob()
        blob.write(b"some of it")
        before = mode(blob.path)
        blob.move_to_kept("the disk is full")

        assert (before, mode(blob.path), blob.path.parent) == (0o666, 0o600, home.directories.kept)


def test_the_config_file_the_list_of_models_and_the_report_of_a_bug(home: Home) -> None:
    def break_down(_: float) -> None:
        raise RuntimeError("a bug")

    with Sandbox("rate-limited", key=KEY) as gateway:
        run_here(home, "config", "init", "--yes", "--base-url", gateway.base_url, "--api-key-env", "IMAGE_GEN_KEY")
        run_here(home, "config", "set", "model", "gpt-5.4")
        run_here(home, "doctor", base_url=gateway.base_url)
        run_here(home, "generate", "x", base_url=gateway.base_url, clock=Clock(on_wait=break_down))

    assert open_in(home.modes()) == {}
    written = {path.name for path in home.files() if str(path.relative_to(home.root)) in home.modes()}
    assert {"config.toml", "models.json", "crash.txt", "history.sqlite3"} <= written


def test_what_config_init_tries_while_it_is_tried(home: Home) -> None:
    seen: list[dict[str, int]] = []

    def script(visitor: Visitor) -> None:
        seen.append({Path(name).name: mode for name, mode in home.modes().items()})
        visitor.send(sized(b"{}"))

    with RawServer(script) as server:
        argv = ("config", "init", "--yes", "--base-url", server.base_url, "--api-key-env", "IMAGE_GEN_KEY")
        Process(home, *argv, through=OPEN_TO_ALL).end()

    assert seen
    assert {modes.get("config.toml") for modes in seen} == {0o600}
