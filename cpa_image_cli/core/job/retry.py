"""
Decides whether a failed attempt may be repeated, and when.

The POST costs money and nothing makes it idempotent, so a rule asks first what the failure proves about that. To add
one, write a function that reads as a sentence and give it its row in `RULES`; the first that has an answer wins. The
policy never sleeps and knows no clock: it names a wait, and jitter comes from the caller's *random*.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, Failure

RETRIES = 4
MAX_WAIT = 60.0

_SHORTEST_WAIT = 1.0
"""Limits are shared by many users, so that a hint of 15 ms mostly fails again."""
_REST = 60.0
"""Seconds for which CLIProxyAPI rests an account after a 5xx; it answers earlier tries in milliseconds, in vain."""
_JITTER = 0.5
_DOUBLINGS = 30
"""More would be years, and in the end overflow."""

_TRANSIENT = frozenset({500, 502, 503, 520, 522, 529})
"""Statuses after which no picture can have been made, and the next minute may be better."""

_LIMITED = frozenset({Code.RATE_LIMITED})
_NO_TOOL = frozenset({Code.TOOL_UNAVAILABLE})
_RESTING = frozenset({Code.COOLING_DOWN})
_SERVER = frozenset({Code.SERVER_ERROR, Code.OVERLOADED})
_WORDS = frozenset({Code.TEXT_INSTEAD, Code.IMAGE_CALL_FAILED, Code.NO_IMAGE})
_NETWORK = frozenset(
    {Code.CONNECTION_FAILED, Code.CONNECTION_LOST, Code.STREAM_BROKEN, Code.TIMEOUT, Code.GATEWAY_TIMEOUT}
)
_UNKNOWN = _NETWORK | {Code.HEADERS_MALFORMED, Code.IMAGE_DAMAGED, Code.PARTIAL_ONLY}
"""Failures after which a picture may have been made and paid for, and another try may well bring one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """
    Try again after *wait* seconds; *reason* is in a person's words.

    *of* is how many attempts there are at most if they all end like this one.
    """

    reason: str
    wait: float
    of: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """It ends here, for *reason*. *hint* is what to do next; it stands in for the failure's own."""

    reason: str
    hint: str | None = None


Verdict = Retry | GiveUp


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """
    What the user allows.

    *retries* are those after the first attempt. *max_wait* is the longest single wait in seconds. *retry_unknown*
    allows to repeat what may have been billed already.
    """

    retries: int = RETRIES
    max_wait: float = MAX_WAIT
    retry_unknown: bool = False

    def decide(self, failure: Failure, *, attempt: int, earlier: Sequence[Failure], random: float) -> Verdict:
        """
        Judge *failure*, in which attempt number *attempt* (1-based) ended.

        *earlier* are the failures of the attempts before it; *random* is in [0, 1).
        """
        case = FailedAttempt(policy=self, failure=failure, attempt=attempt, earlier=tuple(earlier), random=random)
        verdict = next(found for rule in RULES if (found := rule(case)) is not None)
        if isinstance(verdict, GiveUp):
            return verdict
        allowed = self.retries + 1
        bounded = replace(verdict, of=min(verdict.of, allowed) if verdict.of > 1 else allowed)
        return _too_long(case, verdict) or _used_up(case, verdict) or bounded


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempt:
    """Everything a rule may look at."""

    policy: RetryPolicy
    failure: Failure
    attempt: int
    earlier: tuple[Failure, ...]
    random: float

    @property
    def named_wait(self) -> float | None:
        """The seconds the gateway wants us to stay away, as it said or as its sources say."""
        if self.failure.code in _RESTING:
            return max(self.failure.delay or 0.0, _REST)
        return self.failure.delay

    def seen(self, codes: frozenset[Code]) -> int:
        """Return how many earlier attempts ended in one of *codes*."""
        return sum(failure.code in codes for failure in self.earlier)

    def pause(self, codes: frozenset[Code], *, first: float) -> float:
        """
        Return the named wait, or else *first* seconds, doubled for each earlier failure out of *codes*.

        Jitter, growing with the attempts, keeps many clients from coming back at once.
        """
        jitter = self.random * _JITTER * self.attempt
        if self.named_wait is not None:
            return max(self.named_wait, _SHORTEST_WAIT) + jitter
        doubled = first * 2.0 ** min(self.seen(codes), _DOUBLINGS)
        return min(doubled, max(self.policy.max_wait, _SHORTEST_WAIT)) + jitter


def _it_may_have_been_billed(case: FailedAttempt) -> Verdict | None:
    failure = case.failure
    if failure.code not in _UNKNOWN or not failure.may_have_billed or case.policy.retry_unknown:
        return None
    from cpa_image_cli.core.failures.hints import LOOK_FIRST

    hint = f"{failure.hint or LOOK_FIRST} `--retry-unknown` repeats such a request all the same."
    return GiveUp(reason="not repeated, since it may have been billed", hint=hint)


def _the_way_is_wrong_in_itself(case: FailedAttempt) -> Verdict | None:
    if not case.failure.is_permanent:
        return None
    return GiveUp(reason="another try would end the same way", hint=case.failure.hint)


def _the_limit_passes(case: FailedAttempt) -> Verdict | None:
    if case.failure.code not in _LIMITED:
        return None
    from cpa_image_cli.core.failures.phrases import window_in
    from cpa_image_cli.core.failures.requested_wait import in_words

    delay = case.failure.delay
    window = window_in(case.failure.message)
    if delay is None and window is not None:
        hint = f"Use another account, or try again later: the limit is one of {window}."
        return GiveUp(reason=f"the limit is one of {window}, and the gateway named no wait", hint=hint)
    asked = "named no wait" if delay is None else f"asked for {in_words(delay)}"
    return Retry(reason=f"rate limited; the gateway {asked}", wait=case.pause(_LIMITED, first=2.0))


def _another_account_may_have_the_tool(case: FailedAttempt) -> Verdict | None:
    if case.failure.code not in _NO_TOOL:
        return None
    reason = "the image tool was missing; another of the gateway's accounts may have it"
    return Retry(reason=reason, wait=case.pause(_NO_TOOL, first=1.0))


def _nothing_was_sent(case: FailedAttempt) -> Verdict | None:
    failure = case.failure
    if failure.code is not Code.CONNECTION_FAILED and (failure.sent or failure.code not in _NETWORK):
        return None
    return Retry(reason=failure.message, wait=case.pause(_NETWORK, first=0.5))


def _the_server_may_recover(case: FailedAttempt) -> Verdict | None:
    failure = case.failure
    if failure.code not in _SERVER:
        return None
    says_so = failure.code is Code.OVERLOADED or failure.upstream_code == "server_error"
    if not says_so and failure.status is not None and failure.status not in _TRANSIENT:
        return None
    return _at_most(2, case, _SERVER, Retry(reason=_what_failed(failure), wait=case.pause(_SERVER, first=2.0)))


def _the_model_may_draw_next_time(case: FailedAttempt) -> Verdict | None:
    if case.failure.code not in _WORDS:
        return None
    return _at_most(1, case, _WORDS, Retry(reason=case.failure.message, wait=case.pause(_WORDS, first=1.0)))


def _the_accounts_rest_for_a_minute(case: FailedAttempt) -> Verdict | None:
    if case.failure.code not in _RESTING:
        return None
    from cpa_image_cli.core.failures.requested_wait import in_words

    # Without jitter: by default the longest wait that is allowed is just as long.
    wait = case.named_wait or _REST
    retry = Retry(reason=f"the gateway rests its accounts for {in_words(wait)}", wait=wait)
    return _at_most(1, case, _RESTING, retry)


def _the_user_accepts_the_risk(case: FailedAttempt) -> Verdict | None:
    if case.failure.code not in _UNKNOWN:
        return None
    reason = "repeated as --retry-unknown allows, though it may have been billed"
    return Retry(reason=reason, wait=case.pause(_UNKNOWN, first=2.0))


def _another_try_would_end_the_same_way(case: FailedAttempt) -> Verdict | None:
    return GiveUp(reason="another try would end the same way", hint=case.failure.hint)


RULES: tuple[Callable[[FailedAttempt], Verdict | None], ...] = (
    _it_may_have_been_billed,
    _the_way_is_wrong_in_itself,
    _the_limit_passes,
    _another_account_may_have_the_tool,
    _nothing_was_sent,
    _the_server_may_recover,
    _the_model_may_draw_next_time,
    _the_accounts_rest_for_a_minute,
    _the_user_accepts_the_risk,
    _another_try_would_end_the_same_way,
)
"""What is asked of a failure, in this order. What may be tried again is then bounded by what the user allows."""


def _at_most(most: int, case: FailedAttempt, codes: frozenset[Code], retry: Retry) -> Verdict:
    """Return *retry*, if no more than *most* attempts ended in one of *codes* so far."""
    left = most - case.seen(codes)
    if left > 0:
        return replace(retry, of=case.attempt + left)
    return GiveUp(reason=f"{retry.reason}; {_times(most)} enough", hint=case.failure.hint)


def _too_long(case: FailedAttempt, retry: Retry) -> GiveUp | None:
    wait, allowed = case.named_wait, case.policy.max_wait
    if wait is None or wait <= allowed:
        return None
    from cpa_image_cli.core.failures.hints import allow_longer_wait
    from cpa_image_cli.core.failures.requested_wait import in_words

    reason = f"{retry.reason}, longer than --max-wait allows ({in_words(allowed)})"
    return GiveUp(reason=reason, hint=allow_longer_wait(wait))


def _used_up(case: FailedAttempt, retry: Retry) -> GiveUp | None:
    if case.attempt <= case.policy.retries:
        return None
    if case.attempt == 1:
        return GiveUp(reason=f"{retry.reason}; no retry was allowed", hint=case.failure.hint)
    from cpa_image_cli.core.failures.hints import after_waiting_in_vain

    waited_in_vain = case.failure.code in _LIMITED and case.failure.delay is not None
    hint = after_waiting_in_vain(case.attempt) if waited_in_vain else case.failure.hint
    return GiveUp(reason=f"{retry.reason}; gave up after {case.attempt} attempts", hint=hint)


def _what_failed(failure: Failure) -> str:
    if failure.code is Code.OVERLOADED:
        return "the gateway or its upstream is at capacity"
    if failure.message.startswith("HTTP "):
        return failure.message
    return f"HTTP {failure.status} from the gateway" if failure.status else "the upstream reported an error of its own"


def _times(number: int) -> str:
    return "one retry is" if number == 1 else f"{number} retries are"
