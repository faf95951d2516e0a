"""
Runs a pipeline of programs and says what it cost: time, processor, and the peak of its memory.

On Linux the peak of a process begins at that of the process which started it. So everything is started by a shell of
two megabytes that leaves at once, and this process, as their reaper, collects the programs themselves.
"""

import ctypes
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PR_SET_CHILD_SUBREAPER = 36
_KIB = 1024 if sys.platform == "linux" else 1
"""What ``ru_maxrss`` counts in."""

Pipeline = Sequence[Sequence[str]]
"""Programs with their arguments; each reads what the one before it writes."""


class Failed(Exception):  # noqa: N818 - says what happened
    """A program of a pipeline did not end well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds on the clock and of the processor (user and system), and bytes; sums over the pipeline."""

    wall: float
    cpu: float
    peak: int


def become_reaper() -> None:
    """Collect programs whose shell has left. To be called once, before any `cost_of`."""
    if sys.platform != "linux":
        sys.exit("this measures on Linux only: elsewhere no process can collect its grandchildren")
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def cost_of(pipeline: Pipeline, environment: Mapping[str, str], *, writes_to: str = "/dev/null") -> Cost:
    """Run *pipeline*, its output going to the file *writes_to*; return what it cost. Raises: Failed."""
    line = f"{' | '.join(shlex.join(program) for program in pipeline)} > {shlex.quote(writes_to)} &"
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        subprocess.run(["/bin/sh", "-c", line], env=dict(environment), stderr=said, check=True)
        ended = [os.wait4(-1, 0) for _ in pipeline]
        wall = time.perf_counter() - begun
        if any(status for _, status, _ in ended):
            said.seek(0)
            raise Failed(f"{pipeline[0][0]} failed: {said.read().decode(errors='replace')}")
    return Cost(
        wall=wall,
        cpu=sum(used.ru_utime + used.ru_stime for _, _, used in ended),
        peak=sum(used.ru_maxrss for _, _, used in ended) * _KIB,
    )
