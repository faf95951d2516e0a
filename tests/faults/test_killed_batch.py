"""A batch that is killed at any moment and run again: every row has one whole picture, and none is bought twice."""

import os
import signal
from collections import Counter

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import run_here
from tests.faults.processes import Process

ROWS = 12
WORDS = ("batch", "rows.jsonl", "-o", "made/", "-j", "4", "--quiet")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals")


def asked(gateway: Sandbox) -> Counter[str]:
    return Counter(str(request.json["input"]) for request in gateway.posts if isinstance(request.json, dict))


@pytest.mark.parametrize("posts", [1, 2, 4, 7, 10, 12])
def test_a_batch_that_is_killed_makes_each_row_once(posts: int, home: Home) -> None:
    rows = [f'{{"prompt": "card {n}", "output": "{n}.png"}}\n' for n in range(ROWS)]
    (home.wanted / "rows.jsonl").write_text("".join(rows), encoding="utf-8")
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        process = Process(home, *WORDS, base_url=gateway.base_url)
        process.wait_for(lambda: len(gateway.posts) >= posts)
        process.send(signal.SIGKILL)
        process.end()
        before = asked(gateway)

        left = run_here(home, *WORDS, base_url=gateway.base_url)
        history = History(home.directories.history_file)
        unknown = {run.prompt for run in history.recent(99, Selection(job_states=frozenset({JobState.UNKNOWN})))}
        allowed = run_here(home, *WORDS, "--retry-unknown", base_url=gateway.base_url)
        after = asked(gateway)

    twice = {prompt for prompt, count in after.items() if count > 1}
    assert (left.status, allowed.status) == (10 if unknown else 0, 0)
    # One that was about to leave when it was killed may never have left.
    assert twice <= unknown
    assert set(after) == {f"card {n}" for n in range(ROWS)}
    assert max(before.values(), default=0) <= 1
    made = sorted((home.wanted / "made").iterdir())
    assert sorted(path.name for path in made) == sorted(f"{n}.png" for n in range(ROWS))
    assert all(path.read_bytes().endswith(b"IEND\xaeB`\x82") for path in made)
