"""
Decides what is told of the measurements: one table, and which of the targets hold.

To promise more, add a target to `targets`.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clients import CLIENTS, OPENAI_PACKAGE, OURS, PIPELINE
from measured import Cost

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A picture of *size* MiB that comes in *mode*, fetched by *client*."""

    size: int
    mode: str
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run. *late* is how many seconds after the last byte had been sent the picture's file was complete."""

    cost: Cost
    late: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Median, least and most of several runs, in seconds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of *values*."""
        return cls(median=statistics.median(values), least=min(values), most=max(values))

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.least:.2f}-{self.most:.2f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the runs of one case came to. *peak* is in MiB and the worst of all runs."""

    wall: Spread
    cpu: Spread
    late: Spread
    peak: float

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> "Figures":
        """Return the figures of *samples*."""
        return cls(
            wall=Spread.of([sample.cost.wall for sample in samples]),
            cpu=Spread.of([sample.cost.cpu for sample in samples]),
            late=Spread.of([sample.late for sample in samples]),
            peak=max(sample.cost.peak for sample in samples) / MIB,
        )


Results = Mapping[Case, Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One promise, what was measured, and whether it holds. *steady*: it does not depend on how busy the machine is."""

    promise: str
    measured: str
    holds: bool
    steady: bool = False


def table(results: Results) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'picture':>8}  {'answer':9}{'client':20}{'wall, s':>18}{'CPU, s':>18}{'x ours':>8}{'peak, MiB':>11}"
    for case, figures in results.items():
        ours = results[Case(size=case.size, mode=case.mode, client=OURS)]
        ratio = f"{figures.cpu.median / ours.cpu.median:.2f}"
        yield (
            f"{case.size:>4} MiB  {case.mode:9}{case.client:20}{figures.wall!s:>18}{figures.cpu!s:>18}"
            f"{ratio:>8}{figures.peak:>11.1f}"
        )


def targets(results: Results) -> Iterator[Target]:
    """Yield what is promised of the sizes that were measured."""
    sizes = sorted({case.size for case in results})
    for mode in dict.fromkeys(case.mode for case in results):
        yield from _memory(results, mode, sizes)
        if sizes[-1] >= 64:
            yield from _processor_at_64(results, mode)
        if 16 in sizes:
            yield from _processor_at_16(results, mode)
            yield _latency_at_16(results, mode)


def _memory(results: Results, mode: str, sizes: Sequence[int]) -> Iterator[Target]:
    peaks = [results[Case(size=size, mode=mode, client=OURS)].peak for size in sizes]
    told = ", ".join(f"{peak:.1f}" for peak in peaks) + " MiB"
    grown = max(peaks) - peaks[0]
    yield Target(
        promise=f"{mode}: peak memory within 8 MiB of that at {sizes[0]} MiB",
        measured=told,
        holds=grown <= 8,
        steady=True,
    )
    yield Target(
        promise=f"{mode}: peak memory at most 64 MiB at every size",
        measured=f"{max(peaks):.1f} MiB",
        holds=max(peaks) <= 64,
        steady=True,
    )


def _processor_at_64(results: Results, mode: str) -> Iterator[Target]:
    ours = results[Case(size=64, mode=mode, client=OURS)].cpu.median
    others = {name: results[Case(size=64, mode=mode, client=name)].cpu.median for name in CLIENTS if name != OURS}
    yield Target(
        promise=f"64 MiB, {mode}: less CPU than all three",
        measured=", ".join(f"{ours / cpu:.2f} x {name}" for name, cpu in others.items()),
        holds=all(ours < cpu for cpu in others.values()),
    )


def _processor_at_16(results: Results, mode: str) -> Iterator[Target]:
    ours = results[Case(size=16, mode=mode, client=OURS)].cpu.median
    for name, most in ((OPENAI_PACKAGE, 1.0), (PIPELINE, 1.3)):
        ratio = ours / results[Case(size=16, mode=mode, client=name)].cpu.median
        yield Target(
            promise=f"16 MiB, {mode}: at most {most:.1f} times the CPU of {name}",
            measured=f"{ratio:.2f} x",
            holds=ratio <= most,
        )


def _latency_at_16(results: Results, mode: str) -> Target:
    late = results[Case(size=16, mode=mode, client=OURS)].late
    return Target(
        promise=f"16 MiB, {mode}: the file is in place within 50 ms of the last byte",
        measured=f"{late.median * 1000:.0f} ms ({late.least * 1000:.0f}-{late.most * 1000:.0f})",
        holds=late.median < 0.05,
    )
