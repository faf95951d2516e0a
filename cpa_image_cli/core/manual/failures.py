"""What each way to fail means for whoever has to decide what to do: whether it was paid for, and who repeats it."""

import math
from collections.abc import Iterator
from enum import StrEnum

from cpa_image_cli.core.contracts.help import FailureObject
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import MAY_HAVE_BILLED, Code, Failure
from cpa_image_cli.core.failures.hints import GENERAL
from cpa_image_cli.core.job.retry import Retry, RetryPolicy


class Repeated(StrEnum):
    """Who repeats a request that failed so, if anybody."""

    BY_ITSELF = "yes"  # this program does, within --retries
    IF_ALLOWED = "with --retry-unknown"  # it does where the risk of paying twice is taken
    NEVER = "no"  # the same request would fail again


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """A way to fail, as ``help errors`` tells it."""

    code: Code
    may_have_billed: bool
    repeated: Repeated

    @property
    def hint(self) -> str:
        """Return what to do in general; empty where that depends on the case."""
        return GENERAL.get(self.code, "")

    def as_json(self) -> FailureObject:
        """Return it as programs are shown it."""
        told: FailureObject = {
            "code": self.code.word,
            "exit_status": int(self.code.exit_status),
            "meaning": self.code.meaning,
            "may_have_billed": self.may_have_billed,
            "worth_retrying": self.repeated is not Repeated.NEVER,
            "repeated": self.repeated.value,
        }
        return {**told, "hint": self.hint} if self.hint else told


def fates() -> Iterator[Fate]:
    """Yield every way to fail, by exit status."""
    for code in sorted(Code, key=lambda code: code.exit_status):
        yield Fate(code=code, may_have_billed=code in MAY_HAVE_BILLED, repeated=repeated(code))


def repeated(code: Code) -> Repeated:
    """Return who repeats a request that ended in *code* and had been sent, as the policy of retries decides it."""
    failure = Failure(code=code, message=code.meaning, sent=True)
    if _is_repeated(failure, retry_unknown=False):
        return Repeated.BY_ITSELF
    return Repeated.IF_ALLOWED if _is_repeated(failure, retry_unknown=True) else Repeated.NEVER


def _is_repeated(failure: Failure, *, retry_unknown: bool) -> bool:
    policy = RetryPolicy(retries=1, max_wait=math.inf, retry_unknown=retry_unknown)
    return isinstance(policy.decide(failure, attempt=1, earlier=(), random=0.0), Retry)
