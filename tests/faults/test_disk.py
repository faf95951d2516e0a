"""Disks that are full, folders that vanish, data that cannot be written: a paid picture is whole, or told lost."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.disks import mounted
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here
from tests.faults.processes import Process
from tests.faults.servers import RawServer, Visitor, recorded, sized

PICTURE = 300_000
"""Bytes of a picture that is too large for what is called full here."""

FULL = "size=64k"


def generate(home: Home, *flags: str, output: str = "squirrel.png", **environ: str) -> Ended:
    with Sandbox(key=KEY, auto_size="128x128", pad_to=PICTURE) as gateway:
        return run_here(home, "generate", "画一只松鼠", "-o", output, *flags, base_url=gateway.base_url, **environ)


def is_whole(path: Path) -> bool:
    """Whether the picture in *path* is the one that the sandbox draws for this prompt."""
    data = path.read_bytes()
    return len(data) == PICTURE and data.endswith(b"IEND\xaeB`\x82")


def test_a_picture_for_a_full_disk_is_kept(home: Home) -> None:
    with mounted(home.wanted, FULL):
        ended = generate(home, "--json")
        [kept] = home.kept()

        assert (ended.status, ended.code) == (9, "output_unwritable")
        assert ended.object["error"]["saved_to"] == str(kept)
        assert "the disk is full" in ended.object["error"]["message"]
        assert is_whole(kept)
        assert home.pictures() == []
        assert [(run.state, run.error_code) for run in home.runs()] == [(RunState.FAILED, "output_unwritable")]


def test_a_person_is_told_where_the_picture_was_kept(home: Home) -> None:
    with mounted(home.wanted, FULL):
        ended = generate(home)
        [kept] = home.kept()

    assert (ended.status, ended.stdout) == (9, b"")
    assert f"  kept: {kept}" in ended.stderr.splitlines()


def test_a_full_disk_for_the_data_alone_costs_the_record_and_nothing_else(home: Home) -> None:
    with mounted(home.directories.data, "size=4k"):
        ended = generate(home, "--json")

        assert (ended.status, home.pictures()) == (0, ["squirrel.png"])
        assert [warning["code"] for warning in ended.object["warnings"]] == ["history_not_written"]
        assert is_whole(home.picture)


def test_when_nothing_has_room_that_is_said_and_no_half_picture_is_left(home: Home) -> None:
    with mounted(home.wanted, FULL), mounted(home.directories.data, "size=64k"):
        ended = generate(home, "--json")

        assert (ended.status, ended.code) == (9, "output_unwritable")
        assert "saved_to" not in ended.object["error"]
        assert ended.object["error"]["message"].count("the disk is full") == 2
        assert (home.pictures(), home.kept()) == ([], [])


def test_a_limit_on_the_size_of_files_is_told_like_a_full_disk(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="128x128", pad_to=PICTURE) as gateway:
        through = ("prlimit", "--fsize=100000")
        # What Coverage.py writes would exceed the limit as well.
        environ = {"COVERAGE_PROCESS_CONFIG": None}
        command = ("generate", "x", "-o", "squirrel.png")
        process = Process(home, *command, base_url=gateway.base_url, through=through, environ=environ)
        ended = process.end()

    assert ended.status == 9
    assert "the file would exceed the size limit" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (home.pictures(), home.kept()) == ([], [])


def test_a_full_temporary_folder_does_not_matter_to_standard_output(home: Home) -> None:
    with mounted(home.root / "tmp", FULL) as temporary, Sandbox(key=KEY, pad_to=PICTURE) as gateway:
        process = Process(
            home, "generate", "x", "-o", "-", base_url=gateway.base_url, environ={"TMPDIR": str(temporary)}
        )
        ended = process.end()

    assert (ended.status, len(ended.stdout), home.kept()) == (0, PICTURE, [])


def generate_while(home: Home, happens: Callable[[], object]) -> Ended:
    """Generate a picture; *happens* when half of it has arrived."""
    answer = sized(recorded(stream=False, pad_to=PICTURE))

    def script(visitor: Visitor) -> None:
        visitor.send(answer[: len(answer) // 2])
        visitor.wait_until_read()
        happens()
        visitor.send(answer[len(answer) // 2 :])

    with RawServer(script) as server:
        return run_here(home, "generate", "x", "-o", "squirrel.png", "--json", base_url=server.base_url)


def test_a_picture_whose_folder_vanishes_is_kept(home: Home) -> None:
    ended = generate_while(home, lambda: shutil.rmtree(home.wanted))
    [kept] = home.kept()

    assert (ended.status, ended.code) == (9, "output_unwritable")
    assert ended.object["error"]["saved_to"] == str(kept)
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == ended.object["sha256"]
    assert len(kept.read_bytes()) == PICTURE
    assert not home.wanted.exists()


def test_a_picture_whose_folder_becomes_a_file_is_kept(home: Home) -> None:
    def replace() -> None:
        shutil.rmtree(home.wanted)
        home.wanted.write_text("in the way")

    ended = generate_while(home, replace)
    [kept] = home.kept()

    assert (ended.status, ended.code, len(kept.read_bytes())) == (9, "output_unwritable", PICTURE)
    assert home.wanted.read_text() == "in the way"


def test_a_file_that_somebody_else_makes_meanwhile_is_left_alone(home: Home) -> None:
    ended = generate_while(home, lambda: home.picture.write_text("theirs"))
    [kept] = home.kept()

    assert (ended.status, ended.code, len(kept.read_bytes())) == (9, "output_exists", PICTURE)
    assert (home.pictures(), home.picture.read_text()) == (["squirrel.png"], "theirs")


def test_a_folder_that_is_moved_takes_nothing_half_with_it(home: Home) -> None:
    elsewhere = home.root / "elsewhere"

    ended = generate_while(home, lambda: home.wanted.rename(elsewhere))
    [kept] = home.kept()

    assert (ended.status, ended.code, len(kept.read_bytes())) == (9, "output_unwritable", PICTURE)
    assert [path.name for path in elsewhere.iterdir() if not path.name.startswith(".")] == []


def a_file_in_the_way(home: Home) -> None:
    home.directories.data.parent.mkdir(parents=True)
    home.directories.data.write_text("in the way")


def test_a_data_folder_that_cannot_be_made_costs_the_record_and_nothing_else(home: Home) -> None:
    a_file_in_the_way(home)

    ended = generate(home, "--json")

    assert (ended.status, home.pictures()) == (0, ["squirrel.png"])
    assert [warning["code"] for warning in ended.object["warnings"]] == ["history_not_written"]
    assert home.directories.data.read_text() == "in the way"


def test_a_data_folder_that_cannot_be_written_costs_the_record_and_nothing_else(home: Home) -> None:
    with mounted(home.directories.data, "ro"):
        ended = generate(home, "--json")

    assert (ended.status, home.pictures()) == (0, ["squirrel.png"])
    assert [warning["code"] for warning in ended.object["warnings"]] == ["history_not_written"]


def test_a_run_without_a_place_for_its_record_complains_once(home: Home) -> None:
    a_file_in_the_way(home)

    ended = generate(home)

    assert ended.status == 0
    assert ended.stderr.count("not recorded") == 1


@pytest.mark.parametrize("command", [("history", "list"), ("history", "list", "--json")])
def test_a_history_that_cannot_be_read_is_told_in_one_sentence(command: tuple[str, ...], home: Home) -> None:
    home.directories.data.mkdir(parents=True)
    home.directories.history_file.write_bytes(b"this is no database" * 1000)

    ended = run_here(home, *command)

    assert ended.status == 3
    assert "history_unreadable" in ended.stderr + ended.stdout.decode()
    assert "Traceback" not in ended.stderr


def test_a_damaged_history_does_not_disturb_a_run(home: Home) -> None:
    home.directories.data.mkdir(parents=True)
    home.directories.history_file.write_bytes(b"this is no database" * 1000)

    ended = generate(home, "--json")

    assert (ended.status, home.pictures()) == (0, ["squirrel.png"])
    assert [warning["code"] for warning in ended.object["warnings"]] == ["history_not_written"]
    assert home.directories.history_file.read_bytes() == b"this is no database" * 1000


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_sent(home: Home) -> None:
    with mounted(home.root / "fixed", "ro"), Sandbox(key=KEY) as gateway:
        ended = run_here(
            home, "generate", "x", "-o", str(home.root / "fixed/a.png"), "--json", base_url=gateway.base_url
        )

    assert (ended.status, ended.code, gateway.posts) == (9, "output_unwritable", [])
