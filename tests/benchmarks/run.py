"""
What a picture costs, for cpa-image and for what people use instead, side by side in one run.

    python tests/benchmarks/run.py [--rounds N] [--quick] [--write]

All clients fetch the same answers from the same server, one after the other, round after round, so that what else the
machine does meets all of them alike; each must end with the same picture. Medians are told with least and most, and
compared as ratios. ``--quick`` looks at less, for CI; ``--write`` also writes ``results.json`` and ``results.svg``
beside this file. The exit status is 1 if memory is not what was promised: unlike time, it does not depend on how busy
the machine is.
"""

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import startup
from answers import LOOPBACK, MODES
from clients import CLIENTS, OURS, PIPELINE, Errand
from drawing import Drawn, drawing
from figures import Case, Figures, Results, Sample, Spread, Target, table, targets
from long_history import RARE, make_history
from measured import Cost, become_reaper, cost_of

HERE = Path(__file__).parent
ANSWERS = HERE / "answers.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is measured: sizes of pictures in MiB, rows of the long history, and how often all of it runs."""

    sizes: tuple[int, ...] = (1, 16, 64)
    rows: int = 100_000
    rounds: int = 7


QUICK = Extent(sizes=(1, 16), rows=2_000, rounds=2)


class Replay:
    """The server, in a process of its own."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._port = self._told()

    def url(self, size: int, mode: str) -> str:
        """Return the base URL under which the answer of *size* and *mode* is given."""
        return f"http://{LOOPBACK}:{self._port}/{size}-{mode}/v1"

    def last_byte_sent_at(self) -> float:
        """Return when the last answer had been handed to the system, in seconds since the epoch."""
        return float(self._told()["last_byte_sent_at"])

    def _told(self) -> object:
        return json.loads(self._output.readline())


@contextmanager
def replaying(folder: Path) -> Iterator[Replay]:
    """Serve the answers in *folder* while the context lasts."""
    command = [sys.executable, str(ANSWERS), "replay", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            yield Replay(server.stdout)
        finally:
            server.kill()


def measure_clients(extent: Extent, folder: Path, environment: Mapping[str, str]) -> Results:
    """Return what every client needed for every answer."""
    record = [sys.executable, str(ANSWERS), "record", str(folder), *map(str, extent.sizes)]
    subprocess.run(record, check=True)
    cases = [Case(size=s, mode=m, client=c) for s in extent.sizes for m in MODES for c in CLIENTS]
    samples: dict[Case, list[Sample]] = {case: [] for case in cases}
    pictures: dict[int, set[str]] = {size: set() for size in extent.sizes}
    with replaying(folder) as replay:
        # The first round fills the file cache and writes what is compiled.
        for number in range(-1, extent.rounds):
            for case in cases:
                sample, digest = _fetch(case, replay, folder / "picture.png", environment)
                pictures[case.size].add(digest)
                if number >= 0:
                    samples[case].append(sample)
            _progress(number + 1, extent.rounds)
    if any(len(digests) > 1 for digests in pictures.values()):
        sys.exit("the clients did not end with the same picture")
    return {case: Figures.of(of_one) for case, of_one in samples.items()}


def _fetch(case: Case, replay: Replay, output: Path, environment: Mapping[str, str]) -> tuple[Sample, str]:
    output.unlink(missing_ok=True)
    errand = Errand(url=replay.url(case.size, case.mode), mode=case.mode, output=output)
    writes_to = str(output) if case.client == PIPELINE else os.devnull
    cost = cost_of(CLIENTS[case.client](errand), environment, writes_to=writes_to)
    # The last change of the file is when it got its name, or its last bytes.
    late = output.stat().st_ctime - replay.last_byte_sent_at()
    with output.open("rb") as file:
        return Sample(cost=cost, late=late), hashlib.file_digest(file, "sha256").hexdigest()


def measure_history(extent: Extent, folder: Path, environment: Mapping[str, str]) -> dict[str, dict[str, Spread]]:
    """Return the seconds on the clock of the history's commands, for a history of one row and for a long one."""
    homes = {"1 row": folder / "short", f"{extent.rows:,} rows": folder / "long"}
    for rows, home in zip((1, extent.rows), homes.values(), strict=True):
        make_history(home / ".local/share/cpa-image/history.sqlite3", rows=rows)
    program = str(Path(sys.executable).with_name(OURS))
    commands = {
        "history list": (program, "history", "list"),
        "history list --search": (program, "history", "list", "--search", RARE),
    }
    costs: dict[tuple[str, str], list[Cost]] = {(name, length): [] for name in commands for length in homes}
    for number in range(-1, extent.rounds):
        for (name, length), of_one in costs.items():
            cost = cost_of([commands[name]], {**environment, "HOME": str(homes[length])})
            if number >= 0:
                of_one.append(cost)
    return {
        name: {length: Spread.of([cost.wall for cost in costs[name, length]]) for length in homes} for name in commands
    }


def measure_startup(extent: Extent, folder: Path) -> dict[str, float]:
    """Return the wall-clock ratios of ``startup.py``."""
    medians = startup.measured(extent.rounds, folder)
    return {case.name: medians[case.name].wall / medians[case.against].wall for case in startup.CASES if case.against}


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\rround {done} of {of}" + ("\n" if done == of else ""))


def _machine() -> str:
    versions = {"cpa-image": "--version", "curl": "--version", "jq": "--version"}
    told = [f"Python {platform.python_version()}", f"{os.cpu_count()} cores", platform.system()]
    for program, flag in versions.items():
        path = str(Path(sys.executable).with_name(program)) if program == OURS else program
        words = subprocess.run([path, flag], capture_output=True, text=True, check=True).stdout.split()
        told.append(" ".join(words[:2]) if program != "jq" else words[0])
    return ", ".join(told)


def _lines(drawn: Drawn, kept: list[Target]) -> Iterator[str]:
    yield drawn.machine
    yield ""
    yield from table(drawn.results)
    yield ""
    for name, by_length in drawn.history.items():
        yield f"{name:24}" + "   ".join(f"{length}: {spread} s" for length, spread in by_length.items())
    yield ""
    yield "start-up against bare imports: " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in drawn.startup.items())
    yield ""
    for target in kept:
        yield f"{'holds ' if target.holds else 'MISSED'}  {target.promise}: {target.measured}"


def _write(drawn: Drawn, kept: list[Target]) -> None:
    data = {
        "measured_at": datetime.now(UTC).date().isoformat(),
        "machine": drawn.machine,
        "results": [{**asdict(case), **asdict(figures)} for case, figures in drawn.results.items()],
        "history": {n: {k: asdict(s) for k, s in by_length.items()} for n, by_length in drawn.history.items()},
        "startup": drawn.startup,
        "targets": [asdict(target) for target in kept],
    }
    (HERE / "results.json").write_text(json.dumps(data, indent=1) + "\n")
    (HERE / "results.svg").write_text(drawing(drawn))


def main() -> None:
    """Measure everything, and print it."""
    parser = argparse.ArgumentParser(description="Measure what a picture costs, side by side with other clients.")
    parser.add_argument("--rounds", type=int, help="how often everything runs")
    parser.add_argument("--quick", action="store_true", help="small pictures, few rounds")
    parser.add_argument("--write", action="store_true", help="write results.json and results.svg")
    asked = parser.parse_args()
    extent = QUICK if asked.quick else Extent()
    extent = Extent(sizes=extent.sizes, rows=extent.rows, rounds=asked.rounds or extent.rounds)
    become_reaper()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {"HOME": name, "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "IMAGE_GEN_KEY": "none"}
        drawn = Drawn(
            results=measure_clients(extent, folder, environment),
            history=measure_history(extent, folder, environment),
            startup=measure_startup(extent, folder / "user"),
            machine=_machine(),
        )
    kept = list(targets(drawn.results))
    sys.stdout.write("\n".join(_lines(drawn, kept)) + "\n")
    if asked.write:
        _write(drawn, kept)
    sys.exit(any(target.steady and not target.holds for target in kept))


if __name__ == "__main__":
    main()
