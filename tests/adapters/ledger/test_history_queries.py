"""What history answers: which runs, how they are named, figures, estimates; and that what is forgotten is gone."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.errors import Code, ConfigError, UsageError
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.ledger.run import NewRun, RunState
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.core.ledger.statistics import RunFacts

AT = datetime(2026, 5, 9, 6, 30, 5, tzinfo=UTC)
BUSY = Trouble(code=Code.RATE_LIMITED, message="too many requests")
STOPPED = Trouble(code=Code.INTERRUPTED, message="stopped")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cpa-image" / "history.sqlite3"


@pytest.fixture
def history(path: Path) -> History:
    return History(path, draw=lambda: 0.5)


def begin(history: History, prompt: str = "松鼠", *, minutes: int = 0, **changes: object) -> str:
    known: dict[str, object] = {"model": "gpt-5.4", "gateway": "https://g", "parameters": {}}
    at = AT + timedelta(minutes=minutes)
    return history.begin(NewRun(prompt=prompt, started_at=at, **(known | changes)))  # type: ignore[arg-type]


def end(history: History, identity: str, *, trouble: Trouble | None = None, seconds: float = 40.0) -> None:
    usage = {"total_tokens": 1000} if trouble is None else None
    outcome = Outcome(model="gpt-5.4", requested={}, attempts=1, elapsed_s=seconds + 60, trouble=trouble, usage=usage)
    history.finish(identity, outcome, at=AT, timings={"attempt": seconds})


def kill(path: Path, identity: str) -> None:
    """Let the run *identity* look as if its process had been killed: its number belongs to another one now."""
    with sqlite3.connect(path) as database:
        database.execute("UPDATE run SET process_mark = 'of another boot 1' WHERE id = ?", [identity])
    database.close()


def prompts(history: History, **criteria: object) -> list[str]:
    return [run.prompt for run in history.recent(100, Selection(**criteria))]  # type: ignore[arg-type]


# -- which runs ----------------------------------------------------------------------------------------------------


def test_runs_without_a_picture_are_those_that_failed_were_stopped_or_were_killed(history: History, path: Path) -> None:
    for prompt, trouble in (("done", None), ("failed", BUSY), ("stopped", STOPPED)):
        end(history, begin(history, prompt), trouble=trouble)
    killed, _ = begin(history, "killed"), begin(history, "running")
    kill(path, killed)

    assert prompts(history, without_picture=True) == ["killed", "stopped", "failed"]


def test_runs_still_under_way_do_not_take_the_place_of_failed_ones(history: History) -> None:
    end(history, begin(history, "failed"), trouble=BUSY)
    begin(history, "running")

    assert [run.prompt for run in history.recent(1, Selection(without_picture=True))] == ["failed"]


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("gpt-5.4", ["a"]),
        ("GPT-5.4", ["a"]),
        ("gpt-5", []),
        ("gpt-5.4*", ["b", "a"]),
        ("*", ["c", "b", "a"]),
        ("gpt-5.?", []),
        ("[g]pt-5.4", []),
        ("org/[x]*", ["c"]),
    ],
)
def test_a_model_is_named_whole_or_with_a_star(history: History, model: str, found: list[str]) -> None:
    for prompt, name in (("a", "gpt-5.4"), ("b", "gpt-5.4-mini"), ("c", "org/[x]?")):
        begin(history, prompt, model=name)

    assert prompts(history, model=model) == found


def test_since_includes_its_moment_and_before_does_not(history: History) -> None:
    for minutes in (0, 1, 2):
        begin(history, str(minutes), minutes=minutes)
    moment = AT + timedelta(minutes=1)

    assert prompts(history, since=moment) == ["2", "1"]
    assert prompts(history, before=moment) == ["0"]
    assert prompts(history, since=moment, before=moment + timedelta(seconds=1)) == ["1"]


def test_every_criterion_must_hold(history: History) -> None:
    end(history, begin(history, "红松鼠"), trouble=BUSY)
    end(history, begin(history, "红松鼠", model="gpt-5.5"), trouble=BUSY)
    end(history, begin(history, "红松鼠"))
    end(history, begin(history, "红狐狸"), trouble=BUSY)

    found = history.recent(9, Selection(containing="松鼠 红", without_picture=True, model="gpt-5.4"))

    assert [(run.prompt, run.state, run.model) for run in found] == [("红松鼠", RunState.FAILED, "gpt-5.4")]


def test_one_by_one_the_oldest_comes_first(history: History) -> None:
    for prompt in ("a", "b", "c"):
        begin(history, prompt)

    assert [run.prompt for run in history.each()] == ["a", "b", "c"]


def test_a_row_can_be_written_while_another_process_reads_one_by_one(history: History) -> None:
    for prompt in ("a", "b"):
        begin(history, prompt)
    reading = history.each()

    first = next(reading).prompt
    begin(history, "c")
    rest = [run.prompt for run in reading]

    assert (first, rest) == ("a", ["b"])


# -- how they are named --------------------------------------------------------------------------------------------


def test_a_run_is_found_by_the_beginning_of_its_id_or_counted_from_the_last(history: History) -> None:
    ids = [begin(history, prompt, minutes=minutes) for minutes, prompt in ((0, "a"), (600, "b"), (1200, "c"))]

    found = history.find([ids[1], ids[0][:5], "last", "last~0", "last~2", ids[2].upper()])

    assert [run.prompt for run in found] == ["b", "a", "c", "c", "a", "c"]


def test_last_is_the_run_that_began_last_whatever_the_clock_says(history: History) -> None:
    begin(history, "the clock was wrong", minutes=9999)
    begin(history, "the clock is right")

    assert history.find(["last"])[0].prompt == "the clock is right"


def test_a_prefix_of_several_ids_names_the_newest_of_them(history: History) -> None:
    ids = [begin(history, f"松鼠 {minutes}", minutes=minutes) for minutes in range(6)]
    shared = ids[0][:3]

    with pytest.raises(UsageError) as raised:
        history.find([shared])

    named = ", ".join(f"{ids[number]} (松鼠 {number})" for number in (5, 4, 3, 2))
    assert raised.value.message == f"'{shared}' fits more than one run"
    assert raised.value.hint == f"It may be {named}, and more."


@pytest.mark.parametrize("text", ["zzzzzzzz", "last~1", "last~999999999"])
def test_a_reference_to_no_run_is_said(history: History, text: str) -> None:
    begin(history)

    with pytest.raises(UsageError, match=f"there is no run '{text}'"):
        history.find([text])


def test_a_history_that_is_not_there_is_empty_and_stays_so(history: History, path: Path) -> None:
    with pytest.raises(UsageError, match="there is no run 'last'"):
        history.find(["last"])

    assert (history.recent(5), list(history.each()), history.facts()) == ([], [], [])
    assert history.estimate("gpt-5.4", None, None) is None
    assert path.parent.exists() is False


def test_a_killed_run_is_shown_as_interrupted_however_it_is_asked_for(history: History, path: Path) -> None:
    identity = begin(history)
    kill(path, identity)

    states = [history.recent(1)[0], next(history.each()), history.find(["last"])[0], history.facts()[0]]

    assert [one.state for one in states] == [RunState.INTERRUPTED] * 4


# -- forgetting ----------------------------------------------------------------------------------------------------


def test_what_is_forgotten_is_not_in_any_file_any_more(history: History, path: Path) -> None:
    end(history, begin(history, "公开的松鼠"))
    secret = begin(history, "秘密的松鼠 a secret squirrel")
    end(history, secret)

    history.forget([secret])

    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert [run.prompt for run in history.recent(9)] == ["公开的松鼠"]
    assert [text.encode() in left for text in ("公开的松鼠", "秘密的松鼠", "secret squirrel")] == [True, False, False]


def test_ids_of_forgotten_runs_do_not_make_others_last(history: History) -> None:
    first, second = begin(history, "a"), begin(history, "b")

    history.forget([second])
    third = begin(history, "c", minutes=-5)

    assert [run.id for run in history.find(["last", "last~1"])] == [third, first]


def test_a_run_that_was_forgotten_while_it_went_on_stays_forgotten(history: History) -> None:
    identity = begin(history)

    history.forget([identity])
    end(history, identity)

    assert history.recent(5) == []


# -- figures and estimates -----------------------------------------------------------------------------------------


def test_figures_are_read_of_the_selected_runs(history: History) -> None:
    end(history, begin(history))
    end(history, begin(history, minutes=1, model="gpt-5.5"), trouble=BUSY)
    end(history, begin(history, minutes=2, gateway="sandbox"))

    assert history.facts(Selection(sandboxed=False)) == [
        RunFacts(started_at=AT, state=RunState.DONE, model="gpt-5.4", seconds=100.0, tokens=1000),
        RunFacts(started_at=AT + timedelta(minutes=1), state=RunState.FAILED, model="gpt-5.5", seconds=100.0, tokens=0),
    ]
    assert len(history.facts(Selection(sandboxed=True))) == 1


def test_an_estimate_is_made_of_comparable_runs_that_worked(history: History) -> None:
    large: dict[str, object] = {"parameters": {"size": "2048x2048", "quality": "high"}}
    for seconds in (10.0, 20.0, 30.0):
        end(history, begin(history, **large), seconds=seconds)
    end(history, begin(history, **large), trouble=BUSY, seconds=1.0)
    end(history, begin(history, **large, gateway="sandbox"), seconds=1.0)
    end(history, begin(history, **large, model="gpt-5.5"), seconds=1.0)
    end(history, begin(history, parameters={"size": "2048x2048"}), seconds=1.0)
    begin(history, **large)

    assert history.estimate("gpt-5.4", "2048x2048", "high") == Estimate(median=20.0, p90=28.0, runs=3)
    assert history.estimate("gpt-5.4", "1024x1024", "high") is None


@pytest.mark.parametrize(("size", "quality"), [(None, None), ("auto", None), (None, "auto"), ("auto", "auto")])
def test_auto_is_what_nobody_asked_for(history: History, size: str | None, quality: str | None) -> None:
    end(history, begin(history, parameters={"output_format": "png"}), seconds=10.0)
    end(history, begin(history, parameters={"size": "auto", "quality": "auto"}), seconds=20.0)

    assert history.estimate("gpt-5.4", size, quality) == Estimate(median=15.0, p90=19.0, runs=2)


def test_an_estimate_heeds_how_fast_it_went_lately(history: History) -> None:
    for number in range(60):
        end(history, begin(history), seconds=500.0 if number < 10 else 20.0)

    assert history.estimate("gpt-5.4", None, None) == Estimate(median=20.0, p90=20.0, runs=50)


def test_runs_whose_times_are_not_known_are_left_out_of_an_estimate(history: History) -> None:
    identity = begin(history)
    history.finish(identity, Outcome(model="gpt-5.4", requested={}, attempts=1, elapsed_s=1.0), at=AT, timings={})

    assert history.estimate("gpt-5.4", None, None) is None


def test_every_question_says_that_a_history_is_damaged(history: History, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 300)
    questions = (
        lambda: history.recent(1),
        lambda: list(history.each()),
        lambda: history.find(["last"]),
        lambda: history.forget(["1rx2brfa"]),
        history.facts,
        lambda: history.estimate("gpt-5.4", None, None),
    )

    for question in questions:
        with pytest.raises(ConfigError, match="it is damaged") as raised:
            question()
        assert raised.value.code is Code.HISTORY_UNREADABLE
