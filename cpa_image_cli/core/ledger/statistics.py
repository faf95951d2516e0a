"""
Decides what many runs amount to: counts, the share that worked, how long it took, and the tokens it cost.

Times are those of runs that made a picture, waits between their attempts included: what a person sat through.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.ledger.percentiles import MEDIAN, P90, percentile
from cpa_image_cli.core.ledger.run import RunState

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.history import FiguresObject, SumsObject


K = TypeVar("K")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """
    What statistics need of a run: *seconds* from its start to its end, if it ended.

    *tokens* are all that were reported, *image_tokens* those of the picture model. *lost* counts requests that may have
    cost something and brought no picture. *batch* and *profile* are empty where there was none.
    """

    started_at: datetime
    state: RunState
    model: str
    seconds: float | None
    tokens: int
    image_tokens: int = 0
    lost: int = 0
    batch: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What some runs amount to. *median* and *p90* are in seconds; None without a single picture."""

    runs: int
    done: int
    failed: int
    interrupted: int
    tokens: int
    median: float | None
    p90: float | None
    image_tokens: int = 0
    lost: int = 0
    lost_tokens: int = 0

    @classmethod
    def of(cls, facts: Iterable[RunFacts]) -> "Figures":
        """Return the figures of *facts*."""
        known = list(facts)
        states = [fact.state for fact in known]
        times = [fact.seconds for fact in known if fact.state is RunState.DONE and fact.seconds is not None]
        return cls(
            runs=len(known),
            done=states.count(RunState.DONE),
            failed=states.count(RunState.FAILED),
            interrupted=states.count(RunState.INTERRUPTED),
            tokens=sum(fact.tokens for fact in known),
            median=percentile(times, MEDIAN) if times else None,
            p90=percentile(times, P90) if times else None,
            image_tokens=sum(fact.image_tokens for fact in known),
            lost=sum(fact.lost for fact in known),
            lost_tokens=sum(fact.tokens for fact in known if fact.state is not RunState.DONE),
        )

    @property
    def success(self) -> float | None:
        """Return the share that made a picture of those that nobody stopped; None if there are none."""
        judged = self.done + self.failed
        return self.done / judged if judged else None

    def as_json(self) -> "FiguresObject":
        """Return what programs are shown."""
        return {
            "runs": self.runs,
            "done": self.done,
            "failed": self.failed,
            "interrupted": self.interrupted,
            "success_rate": None if self.success is None else round(self.success, 4),
            "median_s": None if self.median is None else round(self.median, 3),
            "p90_s": None if self.p90 is None else round(self.p90, 3),
            "total_tokens": self.tokens,
            "image_tokens": self.image_tokens,
            "requests_lost": self.lost,
            "tokens_lost": self.lost_tokens,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The figures of all runs, of each model, batch and profile (the most used first), and day (the latest last)."""

    whole: Figures
    models: Mapping[str, Figures]
    days: Mapping[date, Figures]
    batches: Mapping[str, Figures] = field(default_factory=dict)
    profiles: Mapping[str, Figures] = field(default_factory=dict)

    def as_json(self) -> "SumsObject":
        """Return what programs are shown."""
        return {
            "all": self.whole.as_json(),
            "models": [{"model": model, **figures.as_json()} for model, figures in self.models.items()],
            "days": [{"day": day.isoformat(), **figures.as_json()} for day, figures in self.days.items()],
            "batches": [{"batch": batch, **figures.as_json()} for batch, figures in self.batches.items()],
            "profiles": [{"profile": profile, **figures.as_json()} for profile, figures in self.profiles.items()],
        }


def summarised(facts: Iterable[RunFacts], *, day_of: Callable[[datetime], date]) -> Statistics:
    """Return the statistics of *facts*; *day_of* says on which day a moment is where the person lives."""
    known = list(facts)
    days = _by(known, lambda fact: day_of(fact.started_at))
    return Statistics(
        whole=Figures.of(known),
        models=_most_used_first(_by(known, lambda fact: fact.model)),
        days={day: Figures.of(days[day]) for day in sorted(days)},
        batches=_most_used_first(_by((fact for fact in known if fact.batch), lambda fact: fact.batch)),
        profiles=_most_used_first(_by((fact for fact in known if fact.profile), lambda fact: fact.profile)),
    )


def _by(facts: Iterable[RunFacts], key: Callable[[RunFacts], K]) -> dict[K, list[RunFacts]]:
    found: dict[K, list[RunFacts]] = defaultdict(list)
    for fact in facts:
        found[key(fact)].append(fact)
    return found


def _most_used_first(groups: Mapping[str, list[RunFacts]]) -> dict[str, Figures]:
    by_use = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return {name: Figures.of(some) for name, some in by_use}
