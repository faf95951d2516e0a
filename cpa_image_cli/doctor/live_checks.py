"""The checks that one real generation allows; see ``generation`` for what it costs and what becomes of it."""

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.findings import Verdict, failed, passed, skipped, warned
from cpa_image_cli.core.job.events import Accepted, Verifying, WireNoted
from cpa_image_cli.doctor.examination import Examination

LIMITS: tuple[tuple[float, str], ...] = (
    (60.0, "nginx and most load balancers give up after 60 s of silence"),
    (100.0, "Cloudflare gives up after 100 s of silence"),
    (120.0, "many gateways give up after 120 s of silence"),
)
"""Seconds, and who has such a limit unless told otherwise."""

_NEAR = 5.0
"""Seconds by which a break may miss a limit and still be its doing."""

_IMAGE_TOOL = "image_generation"
_BROKE = frozenset({Code.GATEWAY_TIMEOUT, Code.STREAM_BROKEN, Code.CONNECTION_LOST})


def picture_arrives(case: Examination) -> Verdict:
    """Make a picture and look at it."""
    outcome = case.generation().outcome
    picture, trouble = outcome.picture, outcome.trouble
    if trouble is not None or picture is None:
        code = trouble.code if trouble else Code.NO_IMAGE
        message = trouble.message if trouble else code.meaning
        billed = "; it may have been billed" if trouble and trouble.may_have_billed else ""
        return failed(f"none came: {message}{billed}", (trouble.hint if trouble else None) or "", code)
    words = ", ".join(notice.message for notice in outcome.warnings if notice.code.startswith(("late_", "early_")))
    found = f"{picture.format.upper()} of {picture.size}, {picture.bytes / 10**6:.1f} MB, whole"
    if words:
        return warned(f"{found}; {words}", "The picture counts; what came after it did not.")
    return passed(f"{found}; looked at, recorded in the history, thrown away")


def tool_is_offered(case: Examination) -> Verdict:
    """Look whether the image tool reached the model, or was taken away on the way."""
    witnessed = case.generation()
    told = [event.tools for _, event in witnessed.events if isinstance(event, Accepted) and event.tools is not None]
    if not told:
        return skipped("the gateway does not say which tools the model has")
    if _IMAGE_TOOL in told[-1]:
        return passed("the model has it")
    if witnessed.outcome.picture is not None:
        return passed("not named by the gateway, but it worked")
    advice = (
        "Either the account is of a plan without it (free plans are), or the gateway takes it away "
        "(`disable-image-generation` in CLIProxyAPI's config.yaml)."
    )
    return failed("it was taken away: the model had no tool", advice, Code.TOOL_UNAVAILABLE)


def stream_is_not_silent(case: Examination) -> Verdict:
    """Compare the longest silence on the stream with the limits of common proxies."""
    witnessed = case.generation()
    if witnessed.sent_at is None:
        return skipped("nothing was sent")
    silence = witnessed.longest_silence
    found = f"{silence:.1f} s without a byte, at the longest"
    trouble = witnessed.outcome.trouble
    if trouble is not None and trouble.code in _BROKE:
        limit = next((words for seconds, words in LIMITS if abs(silence - seconds) <= _NEAR), None)
        if limit is not None:
            return failed(f"the stream broke after {silence:.0f} s of silence: {limit}", _KEEP_ALIVE, trouble.code)
        return skipped(f"{found}, until the answer broke off")
    exceeded = [words for seconds, words in LIMITS if silence > seconds]
    return warned(f"{found}; {exceeded[-1]}", _KEEP_ALIVE) if exceeded else passed(found)


_KEEP_ALIVE = (
    "Raise the limit of the proxy on the way, have the gateway send keep-alives "
    "(`streaming.keepalive-seconds` in CLIProxyAPI), or ask for frames (--partial-images 2)."
)


def time_is_told(case: Examination) -> Verdict:
    """Say how long it took until something came, and until the picture was there."""
    witnessed = case.generation()
    first, picture = witnessed.since_sent(WireNoted), witnessed.since_sent(Verifying)
    if first is None:
        return skipped("no event came")
    found = f"first event after {first:.1f} s"
    return passed(f"{found}, picture after {picture:.1f} s" if picture is not None else f"{found}, no picture")


def picture_is_as_asked(case: Examination) -> Verdict:
    """Compare what was delivered with what was asked for."""
    outcome = case.generation().outcome
    if outcome.picture is None:
        return skipped("there is no picture")
    asked = ", ".join(f"{name} {value}" for name, value in outcome.requested.items())
    differences = [notice.message for notice in outcome.warnings if notice.code.endswith("_differs")]
    if differences:
        advice = "Some accounts choose size and quality by themselves; `generate` tells whenever a picture differs."
        return warned("; ".join(differences), advice)
    return passed(f"{asked}: delivered")
