"""
Decides how long a call waits for a picture, and what is told meanwhile.

A picture takes longer than some hosts wait for a tool. They drop what comes later and tell the model that it failed,
which then pays again. So a call answers before the host's patience ends, and is followed by another.
"""

from collections.abc import Callable

from cpa_image_cli.mcp.answers import answer, running
from cpa_image_cli.mcp.call import Call
from cpa_image_cli.mcp.messages import Message
from cpa_image_cli.mcp.studio import Begun, Ended, Running, Studio

WAIT = 45.0
"""Seconds. The shortest limit that a host was seen to have is 60, and no progress extends it."""

LONGEST_WAIT = 600.0

PATIENT = {"claude-code": 100.0, "codex-mcp-client": 100.0, "gemini-cli-mcp-client": 240.0}
"""Seconds for hosts that are known to wait longer: they stop at 120 (or go on beside it), 300 and 600."""

LOOK = 0.25
"""Seconds between two looks at the ledger."""

TELL = 5.0
"""Seconds between two reports of progress."""


def patience_of(client: str, asked: float | None) -> float:
    """Return how many seconds a call of *client* waits; *asked* is what the call itself says."""
    return PATIENT.get(client, WAIT) if asked is None else min(asked, LONGEST_WAIT)


def waited(begun: Begun, call: Call, studio: Studio, *, patience: float, clock: Callable[[], float]) -> Message:
    """
    Return how the job ended that was *begun*; after *patience* seconds that it is still running.

    So too when nobody waits any more.
    """
    until, told_at = clock() + patience, clock()
    while True:
        standing = studio.standing(begun.job)
        if isinstance(standing, Ended):
            return answer({**standing.result, **({"reused": True} if begun.reused else {})})
        left = until - clock()
        if left <= 0 or call.is_given_up:
            return running(standing)
        if clock() - told_at >= TELL:
            told_at = clock()
            call.report(standing.elapsed_s, standing.expected_s, _words(standing))
        call.pause(min(LOOK, left))


def _words(standing: Running) -> str:
    expected = "" if standing.expected_s is None else f" of about {standing.expected_s:.0f} s"
    return f"drawing for {standing.elapsed_s:.0f} s{expected}"
