"""What a gateway did is told before the next request that asks for it, and unlearned when it does better."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.gateway.habits import Habit, asked_for, described, foretold, learned, place_of
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.inputs import InputPicture, Origin, Parent
from cpa_image_cli.core.pictures.mask import InputMask, Obedience

TODAY = date(2026, 11, 28)


class Nothing:
    length = 0

    def pieces(self) -> Iterator[bytes]:
        return iter(())


PICTURE = InputPicture(
    shown="a.png",
    format="png",
    width=1,
    height=1,
    content=Nothing(),
    parent=Parent(name="a.png", origin=Origin.FILE, sha256=""),
)
JOB = Job(
    prompt="a cat",
    model="m",
    options=ImageOptions(size="1024x1536", quality="high", background="transparent", action="edit"),
    url="https://gateway.example/v1/responses",
    gateway="https://gateway.example/v1",
    identity=Identity(user_agent="u", version="", originator="o", session_id="s"),
    key=None,
    inputs=(PICTURE, PICTURE),
    mask=InputMask(shown="m.png", content=Nothing(), opened=0.5),
)
DONE = Outcome(model="m", requested={}, attempts=1, elapsed_s=1.0)


def refused(message: str, *, param: str | None = None, code: Code = Code.BAD_REQUEST) -> Outcome:
    return replace(DONE, trouble=Trouble(code=code, message=message, param=param))


def test_what_was_asked_for_is_what_gateways_are_known_to_refuse_or_ignore() -> None:
    assert asked_for(JOB) == {
        "size": "1024x1536",
        "quality": "high",
        "background": "transparent",
        "action": "edit",
        "mask": "",
        "several pictures": "",
    }
    assert asked_for(replace(JOB, options=ImageOptions(size="auto"), inputs=(PICTURE,), mask=None)) == {}


@pytest.mark.parametrize(
    ("code", "name"),
    [("size_differs", "size"), ("quality_differs", "quality"), ("mask_ignored", "mask"), ("not_edited", "action")],
)
def test_what_was_ignored_is_a_habit(code: str, name: str) -> None:
    outcome = replace(DONE, warnings=(Notice(code=code, message=""),))

    assert learned(JOB, outcome, today=TODAY).seen == {name: Habit(how="ignored", at="2026-11-28")}


def test_what_nobody_asked_for_is_no_habit() -> None:
    outcome = replace(DONE, warnings=(Notice(code="size_differs", message=""),))

    assert learned(replace(JOB, options=ImageOptions()), outcome, today=TODAY).seen == {}


@pytest.mark.parametrize(
    ("message", "param", "name", "value"),
    [
        ("Unknown parameter: 'tools[0].input_image_mask'.", "tools[0].input_image_mask", "mask", None),
        ("Unsupported parameter: input_image_mask", None, "mask", None),
        ("the request was 3.0 MB; Unsupported parameter: action", None, "action", None),
        ("Invalid value: '1024x1536'. Supported values are: …", "tools[0].size", "size", "1024x1536"),
        ("Transparent background is not supported for this model.", "background", "background", "transparent"),
        ("At most 1 image may be given", None, "several pictures", None),
    ],
)
def test_what_was_refused_is_a_habit_of_the_field_or_of_its_value(
    message: str, param: str | None, name: str, value: str | None
) -> None:
    lesson = learned(JOB, refused(message, param=param), today=TODAY)

    assert lesson.seen == {name: Habit(how="refused", at="2026-11-28", value=value)}
    assert lesson.untrue == frozenset()


@pytest.mark.parametrize(
    "outcome",
    [
        refused("Unknown parameter: 'frames'"),
        refused("bad request"),
        refused("Invalid value", param="tools[0].size", code=Code.SERVER_ERROR),
    ],
)
def test_what_says_nothing_of_what_was_asked_for_teaches_nothing(outcome: Outcome) -> None:
    assert learned(JOB, outcome, today=TODAY).seen == {}


def test_what_was_done_is_unlearned_as_far_as_it_was_looked_at() -> None:
    measured = replace(DONE, mask=Obedience(opened=0.5, changed_outside=0.0))

    assert learned(JOB, DONE, today=TODAY).untrue == {"size", "quality", "action", "several pictures"}
    assert learned(JOB, measured, today=TODAY).untrue == {"size", "quality", "action", "several pictures", "mask"}


def test_a_habit_is_told_to_whoever_asks_for_the_same() -> None:
    habits = {
        "size": Habit(how="refused", at="2026-11-01", value="1024x1536"),
        "quality": Habit(how="refused", at="2026-11-01", value="low"),
        "mask": Habit(how="ignored", at="2026-11-02"),
        "several pictures": Habit(how="refused", at="2026-11-03"),
        "nothing of ours": Habit(how="ignored", at="2026-11-04"),
    }

    assert [notice.message for notice in foretold(habits, JOB)] == [
        "on 2026-11-01 this gateway refused the size 1024x1536; it may do so again",
        "on 2026-11-02 this gateway ignored the mask; it may do so again",
        "on 2026-11-03 this gateway refused a request with several pictures; it may do so again",
    ]
    assert foretold({}, JOB) == ()


def test_a_habit_is_described_in_a_list() -> None:
    assert described("size", Habit(how="refused", at="2026-11-01", value="1x1")) == "size 1x1 refused (2026-11-01)"
    assert described("mask", Habit(how="ignored", at="2026-11-01")) == "mask ignored (2026-11-01)"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://me:secret@Gateway.example/v1/responses?k=v", "gateway.example:443"),
        ("http://127.0.0.1:8317/v1/responses", "127.0.0.1:8317"),
        ("http://gateway.example", "gateway.example:80"),
        ("nothing", ""),
        ("http://[::1/", ""),
    ],
)
def test_no_more_than_host_and_port_is_remembered(url: str, place: str) -> None:
    assert place_of(url) == place
