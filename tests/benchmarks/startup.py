"""
How long a person waits before anything happens, against bare imports in the same run.

    python tests/benchmarks/startup.py [--rounds N]

Every command and its measure run in turn at a pseudo-terminal, round after round, so that what else the machine does
meets all of them alike; the medians are compared as ratios. A picture is made as programs and scripts have it made,
through pipes, and at the gateway in the box, which runs in this process: its time is not counted, waiting for it is.
Nothing is asserted: a ratio says more on a quiet machine.
"""

import argparse
import contextlib
import importlib.metadata
import os
import platform
import pty
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.ledger.run import NewRun
from cpa_image_cli.sandbox.scenarios import find
from cpa_image_cli.sandbox.serving.gateway import Sandbox

SMALL_PROGRAM = """
import typer

app = typer.Typer(help="A program.")


@app.command()
def one(name: str, count: int = 1) -> None:
    "Do one thing."


@app.command()
def two(name: str, fast: bool = False) -> None:
    "Do another."


app()
"""
"""Two commands and their Rich help: the least that any program of this kind does."""

RUNS = 200
"""Rows of the history that is listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    *command* is measured against the case called *against*, and may take *most* times as much of the processor.

    *piped* says that it does not run at a terminal.
    """

    name: str
    command: tuple[str, ...]
    against: str | None = None
    most: float | None = None
    piped: bool = False


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


def _ours(*arguments: str) -> tuple[str, ...]:
    # As the installed script does it.
    start = "import sys; from cpa_image_cli.__main__ import main; sys.exit(main())"
    return (sys.executable, "-c", start, *arguments)


GENERATE = ("generate", "a squirrel", "--size", "64x64", "-o", "squirrel.png", "--force")

CASES = (
    Case(name="import typer", command=_python("-c", "import typer")),
    Case(name="help of two commands", command=_python("-c", SMALL_PROGRAM, "--help")),
    Case(name="--version", command=_ours("--version"), against="import typer", most=1.2),
    Case(name="__complete history-ids", command=_ours("__complete", "history-ids"), against="import typer", most=1.2),
    Case(name="__complete profiles", command=_ours("__complete", "profiles"), against="import typer", most=1.2),
    Case(name="__complete models", command=_ours("__complete", "models"), against="import typer", most=1.2),
    Case(name="--help", command=_ours("--help"), against="help of two commands", most=1.2),
    Case(name="config show", command=_ours("config", "show"), against="help of two commands", most=1.5),
    Case(name="history list", command=_ours("history", "list"), against="help of two commands", most=1.5),
    Case(name="a client", command=_python("-c", "import typer, httpx; httpx.Client()"), piped=True),
    Case(name="generate", command=_ours(*GENERATE), against="a client", most=1.4, piped=True),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one run: on the clock, and of the processor."""

    wall: float
    cpu: float


def _cost(case: Case, environment: dict[str, str]) -> Cost:
    command = case.command
    ours, theirs = os.pipe() if case.piped else pty.openpty()
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        command,
        env=environment,
        cwd=environment["HOME"],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        said = _read_to_the_end(ours)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command[-2:])} failed: {said.decode(errors='replace')}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _read_to_the_end(terminal: int) -> bytes:
    said = b""
    # A terminal that nobody has open any more ends in an error on Linux.
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65536):
            said += piece
    os.close(terminal)
    return said


def measured(rounds: int, folder: Path) -> dict[str, Cost]:
    """Return the median cost of each case, with *folder* for a home and a gateway in the box for pictures."""
    with Sandbox(find("ok")) as sandbox:
        environment = _home(folder) | {"IMAGE_GEN_BASE_URL": sandbox.base_url, "IMAGE_GEN_KEY": sandbox.key}
        return _medians(rounds, environment)


def _medians(rounds: int, environment: dict[str, str]) -> dict[str, Cost]:
    costs: dict[str, list[Cost]] = {case.name: [] for case in CASES}
    for number in range(-1, rounds):
        for case in CASES:
            cost = _cost(case, environment)
            # The first round fills the file cache and writes what is compiled.
            if number >= 0:
                costs[case.name].append(cost)
    return {name: _median(of_one) for name, of_one in costs.items()}


def _median(costs: Iterable[Cost]) -> Cost:
    costs = list(costs)
    return Cost(statistics.median(cost.wall for cost in costs), statistics.median(cost.cpu for cost in costs))


def _home(folder: Path) -> dict[str, str]:
    """Fill *folder* as that of somebody who uses the program; return the environment of a process there."""
    config = folder / ".config/cpa-image/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('base_url = "https://gateway.example"\nmodel = "gpt-5.4"\n[profiles.work]\nretries = 2\n')
    history, at = History(folder / ".local/share/cpa-image/history.sqlite3"), datetime(2025, 6, 1, tzinfo=UTC)
    for number in range(RUNS):
        run = NewRun(
            prompt=f"第 {number} 只松鼠",
            model="gpt-5.4",
            gateway="https://gateway.example",
            parameters={},
            started_at=at + timedelta(minutes=number),
        )
        history.begin(run)
    return {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "IMAGE_GEN_KEY": "none",
    }


def _print(medians: dict[str, Cost]) -> None:
    lines = [f"Python {platform.python_version()}, Typer {importlib.metadata.version('typer')}"]
    lines.append(f"{'':24}{'wall':>9}{'cpu':>9}   ratio: {'wall':>6}{'cpu':>6}{'most':>6}   against")
    for case in CASES:
        own = medians[case.name]
        line = f"{case.name:24}{own.wall * 1000:6.1f} ms{own.cpu * 1000:6.1f} ms"
        if case.against is not None:
            measure = medians[case.against]
            ratios = f"{own.wall / measure.wall:6.2f}{own.cpu / measure.cpu:6.2f}{case.most:6.1f}"
            line += f"          {ratios}   {case.against}"
        lines.append(line)
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(description="Measure start-up against bare imports.")
    parser.add_argument("--rounds", type=int, default=21, help="how often each command runs")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        _print(measured(rounds, Path(folder)))


if __name__ == "__main__":
    main()
