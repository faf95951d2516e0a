"""What processes share through the ledger: who makes which job, how far it is, what it may still cost."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.ledger.database import MIGRATIONS
from cpa_image_cli.adapters.ledger.jobs import Begun
from cpa_image_cli.adapters.ledger.recorder import Recorder
from cpa_image_cli.core.errors import Code, CpaImageError
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.allowance import UNLIMITED, Allowance
from cpa_image_cli.core.ledger.job_state import RUNNING, JobState
from cpa_image_cli.core.ledger.run import Held, NewRun, Run, RunState
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.core.pictures.picture import Picture
from tests.faults.disks import mounted

AT = datetime(2026, 5, 9, 6, 30, 5, tzinfo=UTC)
PICTURE = Picture(format="png", width=1024, height=1536, bytes=1_234_567, sha256="ab" * 32)
HELD = Held(path=Path("/pictures/.cpa-image-1.held"), picture=PICTURE)


def new(**changes: object) -> NewRun:
    known: dict[str, object] = {
        "prompt": "画一只松鼠",
        "model": "gpt-5.4",
        "gateway": "https://gateway.example/v1",
        "parameters": {"instructions": "你是一个画家", "size": "auto"},
        "started_at": AT,
        "fingerprint": "f1",
        "destination": Path("/pictures/松鼠.png"),
        "if_exists": "number",
    }
    return NewRun(**(known | changes))  # type: ignore[arg-type]


def ended(code: Code | None = None, **changes: object) -> Outcome:
    known: dict[str, object] = {"model": "gpt-5.4", "requested": {}, "attempts": 1, "elapsed_s": 4.0}
    if code is None:
        known |= {"output": Path("/pictures/松鼠.png"), "picture": PICTURE, "revised_prompt": "一只红松鼠"}
    else:
        known |= {"trouble": Trouble(code=code, message="no luck with 松鼠")}
    return Outcome(**(known | changes))  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture
def ledger(path: Path) -> History:
    return History(path, patience=0.2)


def in_dead_process(path: Path, call: str) -> str:
    """Do *call*, on `ledger` and `new`, in a process that is gone afterwards; return what it printed."""
    script = f"""
from pathlib import Path
from tests.adapters.ledger.test_jobs import *
ledger = History(Path({str(path)!r}))
{call}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def states(ledger: History) -> list[JobState]:
    return [run.job_state for run in ledger.recent(100)]


# -- how far it is -------------------------------------------------------------------------------------------------


def test_a_job_is_written_down_step_by_step(ledger: History) -> None:
    identity = ledger.begin(new())
    seen = [states(ledger)]
    for step in (
        lambda: ledger.send(identity, at=AT),
        lambda: ledger.mark(identity, JobState.SENT),
        lambda: ledger.hold(identity, HELD),
        lambda: ledger.finish(identity, ended(), at=AT, timings={}),
    ):
        step()
        seen.append(states(ledger))

    assert seen == [["planned"], ["sending"], ["sent"], ["in_hand"], ["done"]]
    (run,) = ledger.recent(1)
    assert (run.posts, run.fingerprint, run.destination, run.held) == (1, "f1", Path("/pictures/松鼠.png"), None)


def test_a_picture_in_hand_can_be_found(ledger: History) -> None:
    identity = ledger.begin(new())
    ledger.hold(identity, HELD)

    run = ledger.get(identity)
    assert run is not None
    assert (run.held, run.picture, run.state) == (HELD.path, PICTURE, RunState.RUNNING)
    assert ledger.get("00000000") is None


@pytest.mark.parametrize(
    ("left", "state", "told"),
    [
        ("pass", JobState.STOPPED, RunState.INTERRUPTED),
        ("ledger.send(identity, at=AT)", JobState.UNKNOWN, RunState.INTERRUPTED),
        ("ledger.mark(identity, JobState.SENT)", JobState.UNKNOWN, RunState.INTERRUPTED),
        ("ledger.finish(identity, ended(), at=AT, timings={})", JobState.DONE, RunState.DONE),
    ],
)
def test_what_a_dead_process_left_is_shown_and_settled(
    path: Path, ledger: History, left: str, state: JobState, told: RunState
) -> None:
    in_dead_process(path, f"identity = ledger.begin(new())\n{left}")

    shown = [(run.job_state, run.state) for run in ledger.recent(5)]
    ledger.abandoned()
    settled = [(run.job_state, run.state) for run in ledger.recent(5)]

    assert shown == settled == [(state, told)]


def test_a_picture_that_a_dead_process_had_in_hand_is_taken_over_once(path: Path, ledger: History) -> None:
    identity = in_dead_process(path, "identity = ledger.begin(new())\nledger.hold(identity, HELD)\nprint(identity)")

    assert [run.id for run in ledger.abandoned()] == [identity]
    assert ledger.abandoned() == []
    ledger.conclude(identity, JobState.DONE, output=Path("/pictures/a.png"), at=AT)

    (run,) = ledger.recent(1)
    assert (run.job_state, run.state, run.output, run.held) == ("done", "done", Path("/pictures/a.png"), None)


def test_jobs_are_picked_by_their_true_state(path: Path, ledger: History) -> None:
    in_dead_process(path, "ledger.mark(ledger.begin(new(prompt='sent')), JobState.SENT)")
    in_dead_process(path, "ledger.begin(new(prompt='planned'))")
    ledger.begin(new(prompt="running"))
    ledger.finish(ledger.begin(new(prompt="timeout")), _timed_out(), at=AT, timings={})

    def prompts(states: frozenset[JobState]) -> list[str]:
        return [run.prompt for run in ledger.recent(9, Selection(job_states=states))]

    assert prompts(RUNNING) == ["running"]
    assert prompts(frozenset({JobState.UNKNOWN})) == ["timeout", "sent"]
    assert prompts(frozenset({JobState.STOPPED})) == ["planned"]


def _timed_out() -> Outcome:
    return ended(Code.TIMEOUT, trouble=Trouble(code=Code.TIMEOUT, message="x", may_have_billed=True))


# -- what is nobody's affair ---------------------------------------------------------------------------------------


def test_of_a_private_job_the_state_of_the_money_is_kept_and_no_word(path: Path, ledger: History) -> None:
    identity = ledger.begin(new(is_private=True, hides_path=True))
    ledger.send(identity, at=AT)
    ledger.hold(identity, HELD)
    ledger.finish(identity, ended(), at=AT, timings={})

    assert ledger.recent(5) == []
    run = ledger.get(identity)
    assert run is not None
    assert (run.job_state, run.posts, run.fingerprint, run.picture) == ("done", 1, "f1", PICTURE)
    assert (run.prompt, run.output, run.destination, run.parameters) == ("", None, None, {"size": "auto"})
    assert "松鼠".encode() not in b"".join(each.read_bytes() for each in path.parent.iterdir())


def test_a_private_job_keeps_a_path_that_its_user_chose(ledger: History) -> None:
    identity = ledger.begin(new(is_private=True))
    ledger.finish(identity, ended(), at=AT, timings={})

    run = ledger.get(identity)
    assert run is not None
    assert run.output == Path("/pictures/松鼠.png")


# -- one destination, one job --------------------------------------------------------------------------------------


def test_a_file_that_a_job_under_way_will_write_is_refused_to_another(ledger: History, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    first = ledger.begin(new(destination=tmp_path / "a.png", if_exists="error"))

    for destination in (tmp_path / "a.png", tmp_path / "link" / "a.png"):
        with pytest.raises(CpaImageError, match=f"the run {first} is making a picture for ") as caught:
            ledger.begin(new(destination=destination, if_exists="overwrite"))
        assert caught.value.code is Code.OUTPUT_CLAIMED


def test_whoever_takes_another_name_or_comes_later_is_not_refused(ledger: History, tmp_path: Path) -> None:
    first = ledger.begin(new(destination=tmp_path / "a.png", if_exists="error"))

    ledger.begin(new(destination=tmp_path / "a.png", if_exists="number"))
    ledger.begin(new(destination=tmp_path / "b.png", if_exists="error"))
    ledger.begin(new(destination=None, if_exists="error"))
    ledger.finish(first, ended(), at=AT, timings={})
    ledger.begin(new(destination=tmp_path / "a.png", if_exists="error"))


# -- many, and many at once ----------------------------------------------------------------------------------------


def test_of_two_who_saw_the_same_only_one_gets_the_row(ledger: History) -> None:
    first = ledger.claim(new(group="g", row="1"), after=None)

    assert first is not None
    assert ledger.claim(new(group="g", row="1"), after=None) is None
    assert ledger.claim(new(group="g", row="2"), after=None) is not None
    assert ledger.claim(new(group="h", row="1"), after=None) is not None
    assert ledger.claim(new(group="g", row="1"), after=first) is not None


def test_the_last_job_of_each_row_is_known(ledger: History) -> None:
    first = ledger.claim(new(group="g", row="1"), after=None)
    again = ledger.claim(new(group="g", row="1"), after=first)
    other = ledger.claim(new(group="g", row="一"), after=None)

    latest = ledger.latest("g")

    assert {row: run.id for row, run in latest.items()} == {"1": again, "一": other}
    assert ledger.latest("h") == {}


def test_twenty_processes_share_the_rows_and_none_is_made_twice(path: Path, ledger: History) -> None:
    script = f"""
from pathlib import Path
from tests.adapters.ledger.test_jobs import *
ledger = History(Path({str(path)!r}), patience=20)
print(sum(ledger.claim(new(group="g", row=str(row)), after=None) is not None for row in range(10)))
"""
    processes = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) for _ in range(8)]

    claimed = [int(process.communicate()[0]) for process in processes]

    assert sum(claimed) == 10
    assert len(ledger.latest("g")) == 10


def test_a_job_can_be_handed_to_another_process(ledger: History) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        identity, more = ledger.begin(new()), ledger.begin(new())
        ledger.hand_over(identity, to=other.pid)
        ledger.hand_over(more, to=other.pid)
        assert ledger.owner(identity) == (other.pid, [identity, more])
        other.communicate(b"\n")

    assert ledger.owner(identity) is None
    assert states(ledger) == ["stopped", "stopped"]


# -- the same request twice ----------------------------------------------------------------------------------------


def test_a_request_id_belongs_to_the_first_who_used_it(ledger: History) -> None:
    first = ledger.begin_once(new(request_id="order-1"))
    assert isinstance(first, Begun)
    ledger.send(first.id, at=AT)

    again = ledger.begin_once(new(request_id="order-1", fingerprint="f2"))

    assert isinstance(again, Run)
    assert (again.id, again.fingerprint, again.job_state) == (first.id, "f1", "sending")


def test_a_request_id_is_free_again_when_nothing_was_ever_sent_under_it(path: Path, ledger: History) -> None:
    in_dead_process(path, "ledger.begin_once(new(request_id='order-1'))")

    second = ledger.begin_once(new(request_id="order-1"))

    assert isinstance(second, Begun)
    assert isinstance(ledger.begin_once(new(request_id="order-1")), Run)


# -- limits of money -----------------------------------------------------------------------------------------------


def test_requests_are_counted_and_the_limit_says_when_it_opens(ledger: History) -> None:
    allowance = Allowance(per_hour=2, per_day=3)
    identity = ledger.begin(new())

    def sent(after: timedelta) -> datetime | None:
        return ledger.send(identity, at=AT + after, allowance=allowance)

    hour = timedelta(hours=1)
    assert [sent(0 * hour), sent(hour / 2), sent(hour / 2)] == [None, None, AT + hour]
    assert sent(hour) is None
    assert sent(2 * hour) == AT + 24 * hour
    assert sent(25 * hour) is None
    assert ledger.posts_since(AT) == 3


def test_no_request_at_all_can_be_allowed(ledger: History) -> None:
    identity = ledger.begin(new())

    assert ledger.send(identity, at=AT, allowance=Allowance(per_hour=0)) == AT + timedelta(hours=1)


def test_what_the_sandbox_draws_does_not_count(ledger: History) -> None:
    identity = ledger.begin(new(gateway="sandbox"))

    assert ledger.send(identity, at=AT, allowance=Allowance(per_hour=0)) is None
    assert ledger.posts_since(AT - timedelta(days=1)) == 0


def test_requests_of_long_ago_are_forgotten(ledger: History) -> None:
    identity = ledger.begin(new())
    ledger.send(identity, at=AT)
    ledger.send(identity, at=AT + timedelta(days=3))

    assert ledger.posts_since(AT - timedelta(days=1)) == 1


# -- while it is recorded ------------------------------------------------------------------------------------------


def recorder(ledger: History, allowance: Allowance = UNLIMITED) -> Recorder:
    return Recorder(ledger, clock=lambda: 0.0, now=lambda: AT, allowance=allowance)


def test_whoever_makes_attempts_writes_down_each_step(ledger: History) -> None:
    made = recorder(ledger)
    made.begin(new())
    seen = []
    for step in (made.sending, made.sent, made.refused, made.sending, lambda: made.in_hand(HELD.path, PICTURE)):
        step()
        seen += states(ledger)
    made.finish(ended())

    assert seen == ["sending", "sent", "planned", "sending", "in_hand"]
    assert [(run.id, run.posts, run.job_state) for run in ledger.recent(5)] == [(made.id, 2, "done")]


def test_a_limit_that_is_reached_keeps_a_request_from_being_sent(ledger: History) -> None:
    made = recorder(ledger, Allowance(per_hour=1))
    made.begin(new())
    made.sending()

    with pytest.raises(CpaImageError) as caught:
        made.sending()

    assert caught.value.code is Code.REQUEST_LIMIT


def test_without_a_ledger_nothing_is_disturbed_and_it_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made = recorder(History(tmp_path / "file" / "history.sqlite3"))
    first = made.begin(new())
    made.sending()
    made.sent()
    made.refused()
    made.in_hand(HELD.path, PICTURE)

    assert first is not None
    assert first.code == "history_not_written"
    assert made.finish(ended()) is None


def test_a_limit_that_cannot_be_kept_lets_nothing_go(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made = recorder(History(tmp_path / "file" / "history.sqlite3"), Allowance(per_day=5))
    made.begin(new())

    with pytest.raises(CpaImageError, match="cannot be counted") as caught:
        made.sending()

    assert caught.value.code is Code.HISTORY_UNREADABLE


def test_trouble_in_the_middle_is_said_at_the_end(path: Path, ledger: History) -> None:
    made = recorder(ledger)
    assert made.begin(new()) is None
    path.write_bytes(b"no database" * 1000)
    made.sent()

    notice = made.finish(ended())

    assert notice is not None
    assert notice.code == "history_not_written"


def test_a_job_that_is_recorded_already_is_gone_on_with(ledger: History) -> None:
    identity, made = ledger.begin(new()), recorder(ledger)
    made.resume(new(), identity)
    made.finish(ended())

    assert [(run.id, run.job_state) for run in ledger.recent(5)] == [(identity, "done")]


# -- ledgers of earlier versions -----------------------------------------------------------------------------------

OLD = [
    # state, output, error_code, details, and the state of the job that follows
    ("done", "/a.png", None, {}, "done"),
    ("running", None, None, {}, "unknown"),
    ("interrupted", None, None, {}, "unknown"),
    ("interrupted", None, "interrupted", {"may_have_billed": True}, "unknown"),
    ("interrupted", None, "interrupted", {}, "stopped"),
    ("failed", None, "timeout", {"may_have_billed": True}, "unknown"),
    ("failed", None, "rate_limited", {"text": 'he said "may_have_billed": true'}, "failed"),
    ("failed", "/kept/a.png", "output_unwritable", {}, "done"),
]


def write_old(path: Path) -> None:
    """Write a history as version 0.1.0 did."""
    with sqlite3.connect(path) as connection:
        for statement in MIGRATIONS[0].split(";"):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        for number, (state, output, error, details, _) in enumerate(OLD):
            connection.execute(
                "INSERT INTO run (id, state, pid, process_mark, started_at, model, gateway, prompt, folded, output,"
                " error_code, details, attempts) VALUES (?, ?, 0, 'x y', ?, 'm', 'g', 'p', 'p', ?, ?, ?, 2)",
                [f"{number:08}", state, AT.timestamp(), output, error, json.dumps(details)],
            )
    connection.close()


def test_a_history_of_the_first_version_becomes_a_ledger(path: Path, ledger: History) -> None:
    write_old(path)

    runs = list(ledger.each())

    assert [run.job_state for run in runs] == [state for *_, state in OLD]
    assert {run.posts for run in runs} == {2}
    assert ledger.begin(new())


def test_an_old_history_is_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    with mounted(tmp_path / "archive", "size=1m") as folder:
        write_old(folder / "history.sqlite3")
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)

        runs = list(History(folder / "history.sqlite3").each())

    assert [run.job_state for run in runs] == [state for *_, state in OLD]


def test_a_ledger_of_a_later_version_is_refused_in_one_sentence(path: Path, ledger: History) -> None:
    ledger.begin(new())
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")

    with pytest.raises(CpaImageError, match="it was written by a newer version of this program"):
        ledger.recent(5)
