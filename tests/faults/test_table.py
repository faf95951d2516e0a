"""
The scenario table against the program: what the sandbox says a run ends in is what a run ends in.

Each row is played over a real socket, with streaming and without. Waits are asked of a clock that does not make anybody
wait.
"""

import json

import pytest
from PIL import Image

from cpa_image_cli.core.runs import RunState
from cpa_image_cli.sandbox.gateway import Sandbox
from cpa_image_cli.sandbox.scenarios import SCENARIOS, Scenario
from tests.faults.home import KEY, Home
from tests.faults.in_process import run_here

SMALL = "128x128"
"""What is drawn where the request names no size: large enough that its base64 is lifted, and quickly drawn."""

ROWS = [
    pytest.param(scenario, stream, id=f"{scenario.name}-{'streamed' if stream else 'whole'}")
    for scenario in SCENARIOS.values()
    for stream in (False, True)
]


@pytest.mark.parametrize(("scenario", "stream"), ROWS)
def test_a_run_ends_as_the_table_says(scenario: Scenario, *, stream: bool, home: Home) -> None:
    expected = scenario.expects(stream=stream)
    flags = ["--stream"] if stream else []
    if scenario.timeout is not None:
        flags += ["--timeout", str(scenario.timeout)]

    with Sandbox(scenario, key=KEY, auto_size=SMALL) as gateway:
        ended = run_here(
            home, "generate", "画一只松鼠", "-o", "squirrel.png", "--json", *flags, base_url=gateway.base_url
        )
    shown = ended.object
    [row] = home.runs()
    saved = [home.wanted / name for name in home.pictures()]

    assert {
        "exit status": ended.status,
        "code": ended.code,
        "requests": len(gateway.posts),
        "waits": len(ended.waits),
        "pictures": [str(path) for path in saved],
        "kept": home.kept(),
        "in history": (row.state, row.error_code, row.attempts, row.output),
        "told": (shown["ok"], shown["attempts"], shown["output"]),
    } == {
        "exit status": expected.exit_status,
        "code": expected.word,
        "requests": expected.posts,
        "waits": len(expected.waits),
        "pictures": [shown["output"]] if expected.code is None else [],
        "kept": [],
        "in history": (
            RunState.DONE if expected.code is None else RunState.FAILED,
            expected.word,
            expected.posts,
            saved[0] if saved else None,
        ),
        "told": (expected.code is None, expected.posts, str(saved[0]) if saved else None),
    }
    for waited, least in zip(ended.waits, expected.waits, strict=True):
        # The jitter is drawn as 0, so a wait that the table names is met to the dot.
        assert waited == pytest.approx(least) if least else 0 < waited <= 60
    for path in saved:
        with Image.open(path) as picture:
            picture.load()
            assert (picture.format or "").lower() == shown["format"] == row.picture.format  # type: ignore[union-attr]
    assert KEY not in ended.stderr + ended.stdout.decode()
    assert home.holding(KEY) == []


def test_the_list_that_is_printed_is_this_table(home: Home) -> None:
    ended = run_here(home, "sandbox", "--list", "--json")

    listed = {
        row["name"]: [
            (expected["exit_status"], expected["code"], expected["requests"], tuple(expected["least_waits_s"]))
            for expected in (row["expected"], row["expected_streaming"])
        ]
        for row in json.loads(ended.stdout)["scenarios"]
    }

    assert listed == {
        name: [
            (expected.exit_status, expected.word, expected.posts, expected.waits)
            for expected in (scenario.expects(stream=False), scenario.expects(stream=True))
        ]
        for name, scenario in SCENARIOS.items()
    }
