"""Twenty processes and one limit: whoever meets it tells the others, and they leave one by one when it opens."""

import json
import time
from dataclasses import dataclass, field
from itertools import pairwise

from cpa_image_cli.core.job.cool_down import LEAVE_EVERY
from tests.faults.home import Home
from tests.faults.in_process import Clock, run_here
from tests.faults.processes import Process
from tests.faults.servers import RawServer, Visitor, recorded, sized

PROCESSES = 20
WINDOW = 20
"""Seconds that the limit is on, by the gateway: longer than so many processes take to start."""

SLACK = 0.1
"""Seconds by which a process may be late at its turn."""


@dataclass
class Gateway:
    """Refuses the first request for *window* seconds, and remembers when each came."""

    window: float
    came: list[float] = field(default_factory=list)

    def __call__(self, visitor: Visitor) -> None:
        self.came.append(time.monotonic())
        if len(self.came) == 1:
            visitor.send(sized(b'{"error":{"message":"slow down"}}', f"Retry-After: {self.window:g}", status="429 No"))
        else:
            visitor.send(sized(recorded(stream=False)))


def test_no_request_is_sent_inside_the_window_and_then_they_leave_one_by_one(home: Home) -> None:
    gateway = Gateway(WINDOW)
    with RawServer(gateway) as server:
        first = Process(home, "generate", "first", "-o", "0.png", base_url=server.base_url, number=0)
        first.wait_for(lambda: "attempt 2 of 5" in first.told())
        others = [
            Process(home, "generate", "x", "-o", f"{n}.png", "--json", base_url=server.base_url, number=n)
            for n in range(1, PROCESSES)
        ]
        ended = [process.end() for process in (first, *others)]

    assert [each.status for each in ended] == [0] * PROCESSES
    refused, *later = gateway.came
    assert len(later) == PROCESSES
    assert min(later) - refused >= WINDOW - SLACK
    assert min(after - before for before, after in pairwise(sorted(later))) >= LEAVE_EVERY / 2
    told = " ".join(each.stderr for each in ended)
    assert "waiting with" in told


def test_a_limit_of_hours_is_answered_at_once_without_asking(home: Home) -> None:
    gateway = Gateway(7200)
    clock = Clock()
    with RawServer(gateway) as server:
        first = run_here(home, "generate", "a", "--json", base_url=server.base_url, clock=clock)
        second = run_here(home, "generate", "b", "--json", base_url=server.base_url, clock=clock)
        asked = len(gateway.came)
        third = run_here(home, "generate", "c", "--json", "--ask-anyway", base_url=server.base_url, clock=clock)

    assert (first.status, second.status, asked) == (6, 6, 1)
    assert "another request was told so, and it opens at" in second.object["error"]["message"]
    assert json.dumps(second.object["error"]["retry_after_s"]) == "7200.0"
    assert (third.status, len(gateway.came)) == (0, 2)
