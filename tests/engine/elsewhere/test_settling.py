"""What a dead process left: whoever comes next gives its picture the name it was to have, and says so."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.output import IfExists
from cpa_image_cli.adapters.output.rescue import LeftPicture, rescued
from cpa_image_cli.adapters.output.temporary import HELD, PREFIX, SUFFIX
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.engine.elsewhere.settling import settled
from tests.engine.conftest import Home

CONTENT = b"\x89PNG, as far as anybody asks"
PICTURE = Picture(format="png", width=8, height=8, bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def left(folder: Path, **changes: object) -> LeftPicture:
    known: dict[str, object] = {
        "path": folder / f"{PREFIX}1{HELD}",
        "picture": PICTURE,
        "destination": folder / "squirrel.png",
        "if_exists": IfExists.ERROR,
        "fallback": "picture-1abc",
    }
    return LeftPicture(**(known | changes))  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", [HELD, SUFFIX])
def test_a_picture_gets_its_name_wherever_its_process_died(folder: Path, suffix: str) -> None:
    (folder / f"{PREFIX}1{suffix}").write_bytes(CONTENT)

    assert rescued(left(folder), kept=folder / "kept") == folder / "squirrel.png"
    assert names(folder) == ["squirrel.png"]
    assert (folder / "squirrel.png").read_bytes() == CONTENT


def test_a_picture_that_had_its_name_already_is_found_there(folder: Path) -> None:
    (folder / f"{PREFIX}1{HELD}").write_bytes(CONTENT)
    (folder / "squirrel.png").write_bytes(b"another")
    os.link(folder / f"{PREFIX}1{HELD}", folder / "squirrel-2.png")

    assert rescued(left(folder), kept=folder / "kept") == folder / "squirrel-2.png"
    assert names(folder) == ["squirrel-2.png", "squirrel.png"]


@pytest.mark.parametrize(
    ("if_exists", "name"),
    [
        (IfExists.OVERWRITE, "squirrel.png"),
        (IfExists.NUMBER, "squirrel-2.png"),
        (IfExists.ERROR, "kept/squirrel.png"),
    ],
)
def test_what_is_there_by_now_is_treated_as_was_asked_for(folder: Path, if_exists: IfExists, name: str) -> None:
    (folder / f"{PREFIX}1{HELD}").write_bytes(CONTENT)
    (folder / "squirrel.png").write_bytes(b"another picture")

    assert rescued(left(folder, if_exists=if_exists), kept=folder / "kept") == folder / name
    assert (folder / name).read_bytes() == CONTENT
    assert not (folder / f"{PREFIX}1{HELD}").exists()


def test_a_picture_without_a_name_of_its_own_is_kept(folder: Path) -> None:
    (folder / f"{PREFIX}1{HELD}").write_bytes(CONTENT)

    assert rescued(left(folder, destination=None), kept=folder / "kept") == folder / "kept" / "picture-1abc.png"


def test_a_picture_that_can_go_nowhere_stays_where_it_is(folder: Path) -> None:
    (folder / f"{PREFIX}1{HELD}").write_bytes(CONTENT)
    (folder / "kept").write_text("no folder")

    assert rescued(left(folder, destination=None), kept=folder / "kept") == folder / f"{PREFIX}1{HELD}"


def test_what_is_not_that_picture_is_left_alone(folder: Path) -> None:
    (folder / f"{PREFIX}1{HELD}").write_bytes(CONTENT[::-1])
    (folder / "squirrel.png").symlink_to(folder / "elsewhere")

    assert rescued(left(folder), kept=folder / "kept") is None
    assert names(folder) == [f"{PREFIX}1{HELD}", "squirrel.png"]


def dying(home: Home, then: Callable[[Path], object]) -> str:
    """Return the id of a job whose process died with its picture in hand, after *then* was done to the file."""
    script = f"""
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from cpa_image_cli.adapters.ledger.jobs import Ledger
from cpa_image_cli.core.ledger.run import Held, NewRun
from tests.engine.elsewhere.test_settling import PICTURE
folder = Path({str(home.folder)!r})
ledger = Ledger(Path({str(home.directories.history_file)!r}))
identity = ledger.begin(NewRun(prompt="x", model="m", gateway="g", parameters={{}}, started_at=datetime.now(UTC),
                               destination=folder / "squirrel.png"))
ledger.hold(identity, Held(path=folder / "{PREFIX}1{HELD}", picture=PICTURE))
print(identity)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    then(home.folder / f"{PREFIX}1{HELD}")
    return done.stdout.strip()


def test_the_picture_of_a_dead_run_is_saved_told_and_remembered(home: Home) -> None:
    identity = dying(home, lambda path: path.write_bytes(CONTENT))

    [found] = settled(home.around())

    assert found.notice.message == f"the run {identity} died, but its picture is saved: {home.folder / 'squirrel.png'}"
    [run] = History(home.directories.history_file).recent(5)
    assert (run.job_state, run.output, run.picture) == (JobState.DONE, home.folder / "squirrel.png", PICTURE)
    assert settled(home.around()) == ()


def test_a_picture_that_is_gone_may_have_been_paid_for(home: Home) -> None:
    identity = dying(home, lambda _: None)

    [found] = settled(home.around())

    assert found.notice.message == f"the run {identity} died with its picture, which is gone"
    assert [run.job_state for run in History(home.directories.history_file).recent(5)] == [JobState.UNKNOWN]


def test_a_ledger_that_cannot_be_read_keeps_nobody_from_anything(home: Home) -> None:
    home.directories.history_file.mkdir(parents=True)

    assert settled(home.around()) == ()
