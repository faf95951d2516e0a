import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.ledger.database import MIGRATIONS
from cpa_image_cli.adapters.ledger.processes import is_running, own_mark
from cpa_image_cli.adapters.ledger.recorder import Recorder
from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.job.events import AttemptStarted, JobEvent, RequestSent, Verifying
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import NewRun, Run, RunState, folded, run_id
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.picture import Picture
from tests.faults.disks import mounted

AT = datetime(2026, 5, 9, 6, 30, 5, tzinfo=UTC)
LATER = AT + timedelta(seconds=42)
PICTURE = Picture(format="png", width=1024, height=1536, bytes=1_234_567, sha256="ab" * 32)


def new(prompt: str = "画一只可爱的松鼠") -> NewRun:
    return NewRun(
        prompt=prompt,
        model="gpt-5.4",
        gateway="https://gateway.example/v1",
        parameters={"size": "1024x1536", "stream": True, "instructions": "你是一个画家"},
        started_at=AT,
    )


def done(**changes: object) -> Outcome:
    known: dict[str, object] = {
        "model": "gpt-5.4",
        "requested": {"size": "1024x1536"},
        "attempts": 2,
        "elapsed_s": 41.98765,
        "output": Path("/pictures/松鼠.png"),
        "picture": PICTURE,
        "delivered": {"size": "1024x1536", "format": "png"},
        "usage": {"total_tokens": 4242, "input_tokens_details": {"text": 17}},
        "revised_prompt": "一只红色的松鼠",
    }
    return Outcome(**(known | changes))  # type: ignore[arg-type]


def failed(code: Code, *, saved_to: Path | None = None) -> Outcome:
    trouble = Trouble(code=code, message="太多请求", hint="wait", status=429, saved_to=saved_to)
    return done(output=None, picture=None, usage=None, revised_prompt=None, trouble=trouble)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "cpa-image" / "history.sqlite3"


@pytest.fixture
def history(path: Path) -> History:
    return History(path, patience=0.2)


def recorder(history: History, *readings: float) -> Recorder:
    clock = iter(readings)
    return Recorder(history, clock=lambda: next(clock), now=lambda: LATER)


# -- what is remembered --------------------------------------------------------------------------------------------


def test_a_run_is_there_before_the_request_and_complete_after_it(history: History) -> None:
    identity = history.begin(new())
    before = history.recent(5)
    history.finish(identity, done(), at=LATER, timings={"attempt": 40.5})
    after = history.recent(5)

    begun = Run(
        id=identity,
        state=RunState.RUNNING,
        job_state=JobState.PLANNED,
        prompt="画一只可爱的松鼠",
        model="gpt-5.4",
        gateway="https://gateway.example/v1",
        parameters={"size": "1024x1536", "stream": True, "instructions": "你是一个画家"},
        started_at=AT,
    )
    assert before == [begun]
    assert after == [
        Run(
            id=identity,
            state=RunState.DONE,
            job_state=JobState.DONE,
            prompt=begun.prompt,
            model=begun.model,
            gateway=begun.gateway,
            parameters=begun.parameters,
            started_at=AT,
            finished_at=LATER,
            elapsed_s=41.988,
            output=Path("/pictures/松鼠.png"),
            picture=PICTURE,
            attempts=2,
            usage={"total_tokens": 4242, "input_tokens_details": {"text": 17}},
            timings={"attempt": 40.5},
            details={
                "requested": {"size": "1024x1536"},
                "delivered": {"size": "1024x1536", "format": "png"},
                "revised_prompt": "一只红色的松鼠",
            },
        )
    ]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (Code.RATE_LIMITED, RunState.FAILED),
        (Code.INTERRUPTED, RunState.INTERRUPTED),
        (Code.TERMINATED, RunState.INTERRUPTED),
    ],
)
def test_a_run_without_a_picture_is_remembered_with_its_reason(history: History, code: Code, state: RunState) -> None:
    history.finish(history.begin(new()), failed(code), at=LATER, timings={})

    (run,) = history.recent(5)

    assert (run.state, run.error_code, run.error_message) == (state, code.word, "太多请求")
    assert {name: run.details[name] for name in ("hint", "status")} == {"hint": "wait", "status": 429}


def test_a_kept_picture_is_found_where_it_was_kept(history: History) -> None:
    outcome = failed(Code.OUTPUT_UNWRITABLE, saved_to=Path("/data/kept/松鼠.png"))
    history.finish(history.begin(new()), outcome, at=LATER, timings={})

    assert history.recent(1)[0].output == Path("/data/kept/松鼠.png")


def test_texts_and_paths_that_are_no_unicode_are_kept_as_well_as_can_be(history: History) -> None:
    odd = Path(os.fsdecode(b"/pictures/\xff.png"))
    history.finish(history.begin(new("lone \ud83d half")), done(output=odd, text="\udcff"), at=LATER, timings={})

    (run,) = history.recent(1)

    assert (run.prompt, run.output, run.details["text"]) == ("lone ? half", odd, "?")


def test_the_newest_runs_come_first_and_no_more_than_asked_for(history: History) -> None:
    for number in range(5):
        history.begin(new(f"松鼠 {number}"))

    assert [run.prompt for run in history.recent(3)] == ["松鼠 4", "松鼠 3", "松鼠 2"]


def test_no_file_is_no_runs_and_reading_makes_none(history: History, path: Path) -> None:
    assert history.recent(5) == []
    assert path.exists() is False


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("松鼠", ["画一只可爱的松鼠，戴着红帽子"]),
        ("帽子 一只", ["画一只可爱的松鼠，戴着红帽子"]),
        ("鼠", ["画一只可爱的松鼠，戴着红帽子"]),
        ("ЁЖ", ["Ёж в тумане"]),
        ("cute", ["A CUTE Squirrel 100% _fun_"]),
        ("ＣＵＴＥ", ["A CUTE Squirrel 100% _fun_"]),
        ("100%", ["A CUTE Squirrel 100% _fun_"]),
        ("_", ["A CUTE Squirrel 100% _fun_"]),
        ("strasse", ["Eine Straße"]),
        ("松树", []),
    ],
)
def test_prompts_are_found_by_any_word_in_any_script(history: History, words: str, found: list[str]) -> None:
    for prompt in ("画一只可爱的松鼠，戴着红帽子", "Ёж в тумане", "A CUTE Squirrel 100% _fun_", "Eine Straße"):
        history.begin(new(prompt))

    assert [run.prompt for run in history.recent(5, Selection(containing=words))] == found


def test_a_reader_sees_a_search_as_the_writer_folded_it() -> None:
    assert folded("Ｓｑｕｉｒｒｅｌ ＳＴＲＡẞＥ") == "squirrel strasse"


def test_ids_are_short_and_sort_by_time() -> None:
    ids = [run_id(AT + timedelta(seconds=late), draw=0.5, attempt=0) for late in (0, 1, 32, 86_400, 10**9)]

    assert ids == sorted(set(ids))
    assert {len(identity) for identity in ids} == {8}
    assert run_id(AT, draw=0.0, attempt=1) == run_id(AT + timedelta(seconds=1), draw=0.0, attempt=0)
    assert run_id(datetime(1999, 1, 1, tzinfo=UTC), draw=0.999, attempt=0) == "000000zy"


def test_ids_stay_unique_when_chance_repeats_itself(path: Path) -> None:
    history = History(path, draw=lambda: 0.25)

    assert len({history.begin(new()) for _ in range(10)}) == 10


# -- processes -----------------------------------------------------------------------------------------------------

WRITING = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.core.ledger.run import NewRun
history = History(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    run = NewRun(prompt=f"{sys.argv[2]}-{number}", model="m", gateway="g", parameters={}, started_at=datetime.now(UTC))
    identity = history.begin(run)
    print("begun", flush=True)
    if sys.argv[4] == "stay":
        sys.stdin.read()
    outcome = Outcome(model="m", requested={}, attempts=1, elapsed_s=1.0)
    history.finish(identity, outcome, at=datetime.now(UTC), timings={})
"""


def writer(path: Path, name: str, *, rows: int = 1, then: str = "go") -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITING, path, name, str(rows), then],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_twenty_processes_write_a_new_history_at_once_and_nothing_is_lost(history: History, path: Path) -> None:
    writers = [writer(path, f"进程{number}", rows=3) for number in range(20)]
    ended = [process.communicate() for process in writers]

    assert [(process.returncode, said[1]) for process, said in zip(writers, ended, strict=True)] == [(0, b"")] * 20
    runs = history.recent(100)
    assert {run.prompt for run in runs} == {f"进程{number}-{row}" for number in range(20) for row in range(3)}
    assert (len(runs), len({run.id for run in runs})) == (60, 60)
    assert {run.state for run in runs} == {RunState.DONE}


def test_a_killed_run_shows_as_interrupted_at_once_and_for_good(history: History, path: Path) -> None:
    alive, killed = writer(path, "alive", then="stay"), writer(path, "killed", then="stay")
    for process in (alive, killed):
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    shown = {run.prompt: run.state for run in history.recent(5)}
    history.begin(new())
    stored = sqlite3.connect(path)
    states = dict(stored.execute("SELECT prompt, state FROM run").fetchall())
    stored.close()
    alive.communicate(b"")

    assert shown == {"alive-0": RunState.RUNNING, "killed-0": RunState.INTERRUPTED}
    assert states == {"alive-0": "running", "killed-0": "interrupted", "画一只可爱的松鼠": "running"}
    assert {run.prompt: run.state for run in history.recent(5)} == {
        "alive-0": RunState.DONE,
        "killed-0": RunState.INTERRUPTED,
        "画一只可爱的松鼠": RunState.RUNNING,
    }


def test_a_process_is_told_from_another_that_got_its_number() -> None:
    mark = own_mark()
    machine, _, _ = mark.rpartition(" ")

    assert is_running(os.getpid(), mark)
    assert not is_running(os.getpid(), f"{machine} 1")
    assert not is_running(os.getpid(), mark.replace(machine, "another machine"))
    assert is_running(os.getpid(), "")


def test_a_process_that_ended_is_not_running_even_while_nobody_has_asked_for_its_end() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import sys; print(end='x', flush=True)"], stdout=subprocess.PIPE)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    stat_of = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    mark = f"{own_mark().rpartition(' ')[0]} {stat_of[19]}"

    assert stat_of[0] == "Z"
    assert not is_running(process.pid, mark)
    process.communicate()
    assert not is_running(process.pid, mark)
    assert not is_running(process.pid, "")


# -- the file ------------------------------------------------------------------------------------------------------


def test_folder_and_files_are_for_their_owner_alone(history: History, path: Path) -> None:
    before = os.umask(0)
    try:
        history.begin(new())
        log = sqlite3.connect(path)
        log.execute("SELECT * FROM run").fetchall()
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (path.parent, *path.parent.iterdir())}
        log.close()
    finally:
        os.umask(before)

    assert modes == {
        "cpa-image": 0o700,
        "history.sqlite3": 0o600,
        "history.sqlite3-wal": 0o600,
        "history.sqlite3-shm": 0o600,
    }


def test_a_file_that_others_could_read_is_closed_to_them(history: History, path: Path) -> None:
    history.begin(new())
    path.chmod(0o644)

    history.begin(new())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def trouble_with(history: History) -> str:
    with pytest.raises(ConfigError) as raised:
        history.begin(new())
    assert raised.value.code is Code.HISTORY_UNREADABLE
    return raised.value.message


def test_a_damaged_file_is_said_and_left_alone(history: History, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database" * 300)

    assert trouble_with(history) == (
        f"the history {path} cannot be used: it is damaged; move it away, and a new one is begun"
    )
    assert path.read_bytes() == b"this is no database" * 300


def test_a_row_that_nobody_could_have_written_is_damage(history: History, path: Path) -> None:
    history.begin(new())
    database = sqlite3.connect(path)
    database.execute("UPDATE run SET parameters = '{'")
    database.commit()
    database.close()

    with pytest.raises(ConfigError, match="it is damaged"):
        history.recent(5)


def test_a_history_of_a_newer_version_is_left_alone(history: History, path: Path) -> None:
    history.begin(new())
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    database.close()

    assert trouble_with(history) == (
        f"the history {path} cannot be used: it was written by a newer version of this program"
    )


def test_a_lock_is_waited_for_no_longer_than_said(history: History, path: Path) -> None:
    history.begin(new())
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    begun = time.monotonic()
    message = trouble_with(history)
    waited = time.monotonic() - begun
    holder.close()

    assert message == f"the history {path} cannot be used: another program holds it locked"
    assert 0.1 < waited < 1.0


def test_a_folder_in_place_of_the_file_is_said(history: History, path: Path) -> None:
    path.mkdir(parents=True)

    assert trouble_with(history) == f"the history {path} cannot be used: it cannot be opened for writing"


@pytest.fixture
def read_only(history: History, path: Path) -> Iterator[History]:
    """A history with one run, on a file system that was made read-only; only root can do that."""
    with mounted(path.parent, "size=1m") as folder:
        history.begin(new())
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        yield history


def test_a_read_only_history_can_be_read_and_not_written(read_only: History) -> None:
    assert [run.prompt for run in read_only.recent(5)] == ["画一只可爱的松鼠"]
    assert trouble_with(read_only) == f"the history {read_only.path} cannot be used: it cannot be opened for writing"


def test_one_of_ten_thousand_rows_is_found(history: History, path: Path) -> None:
    history.begin(new("画一只麒麟"))
    database = sqlite3.connect(path)
    database.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
        " INSERT INTO run (id, state, pid, process_mark, started_at, model, gateway, prompt, folded)"
        " SELECT 'x' || i, 'done', 0, '', i, 'm', 'g', hex(randomblob(200)), hex(randomblob(200)) FROM n"
    )
    database.commit()
    database.close()

    found = [run.prompt for run in history.recent(20, Selection(containing="麒麟"))]
    listed = len(history.recent(20))

    assert (found, listed) == (["画一只麒麟"], 20)


# -- the recorder --------------------------------------------------------------------------------------------------


def test_the_recorder_writes_what_the_events_of_the_last_attempt_took(history: History) -> None:
    recording = recorder(history, 100.0, 100.5, 110.0, 110.25, 140.0, 141.0)
    events: list[JobEvent] = [
        AttemptStarted(attempt=1, of=5),
        RequestSent(bytes=700),
        AttemptStarted(attempt=2, of=5),
        RequestSent(bytes=700),
        Verifying(bytes=9),
    ]

    notices = [recording.begin(new())]
    for event in events:
        recording.handle(event)
    notices.append(recording.finish(done()))

    (run,) = history.recent(5)
    assert notices == [None, None]
    assert (run.state, run.finished_at) == (RunState.DONE, LATER)
    assert run.timings == {"request_sent": 0.25, "verifying": 30.0, "attempt": 31.0}


def test_a_damaged_history_gives_one_notice_and_no_error(history: History, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database" * 300)
    recording = recorder(history)

    assert [recording.begin(new()), recording.finish(done())] == [
        Notice(
            code="history_not_written",
            message=f"this run is not recorded: the history {path} cannot be used: "
            "it is damaged; move it away, and a new one is begun",
        ),
        None,
    ]


def test_a_run_that_could_not_be_begun_is_recorded_whole_at_its_end(history: History, path: Path) -> None:
    history.begin(new("earlier"))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    recording = recorder(history)

    notice = recording.begin(new())
    holder.close()
    recording.finish(done())

    assert notice is not None
    assert [(run.prompt, run.state) for run in history.recent(5)] == [
        ("画一只可爱的松鼠", RunState.DONE),
        ("earlier", RunState.RUNNING),
    ]


def test_a_stopped_run_does_not_wait_for_a_lock(path: Path) -> None:
    recording = recorder(History(path))
    recording.begin(new())
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    begun = time.monotonic()
    notice = recording.finish(failed(Code.INTERRUPTED))
    waited = time.monotonic() - begun
    holder.close()

    assert notice is not None
    assert waited < 0.45


def test_usage_that_is_no_json_is_remembered_as_text(history: History) -> None:
    recording = recorder(history)
    recording.begin(new())

    assert (
        recording.finish(
            done(
                usage={
                    "odd": {
                        1,
                    }
                }
            )
        )
        is None
    )

    assert history.recent(1)[0].usage == {"odd": "{1}"}
