"""Decides what the gateway's answers mean, and whose business it is when one is wrong."""

import contextlib
import json

from cpa_image_cli.adapters.files import model_cache
from cpa_image_cli.core.errors import Code, CpaImageError, Failure
from cpa_image_cli.core.failures import error_answer, hints
from cpa_image_cli.core.findings import failed, warned
from cpa_image_cli.core.gateway.base_url_mistakes import other_bases
from cpa_image_cli.core.gateway.endpoint import models_url
from cpa_image_cli.doctor.examination import Examination
from cpa_image_cli.doctor.facts import Heard
from cpa_image_cli.doctor.free_questions import get
from cpa_image_cli.doctor.steps import Obstacle

_TAKES_NO_POST = 405
SERVER_ERRORS = range(500, 600)


def listing(case: Examination) -> tuple[str, ...]:
    """Return the models that the gateway lists, and remember them for TAB."""
    heard = case.models()
    failure = judged(case, heard)
    if failure is not None:
        raise _blamed(case, failure, otherwise="models", is_page=heard.is_page)
    names = _names(heard)
    if names is None:
        found = "the answer is no list of models that this program can read"
        raise Obstacle("models", warned(found, "A model's name cannot be checked; `generate` may work all the same."))
    with contextlib.suppress(OSError):
        gateway = case.settings().base_url.shown
        model_cache.remember(case.around.directories().model_cache, gateway=gateway, models=names)
    return names


def ready(case: Examination) -> Failure | None:
    """Return how the endpoint refused what must be refused; None if it did not. Anything else is an obstacle."""
    heard = case.responses()
    failure = judged(case, heard)
    if failure is None and not heard.is_page:
        return None
    if failure is not None and _is_about_the_body(failure) and not heard.is_page:
        return failure
    assert failure is not None  # noqa: S101 - a page is always judged
    raise _blamed(case, failure, otherwise="responses", is_page=heard.is_page)


def _is_about_the_body(failure: Failure) -> bool:
    # CLIProxyAPI looks for the model first, and misses that.
    return failure.code in (Code.BAD_REQUEST, Code.MODEL_NOT_FOUND) and failure.status != _TAKES_NO_POST


def judged(case: Examination, heard: Heard) -> Failure | None:
    """Return what is wrong with an answer by its own account; None for a success that is no web page."""
    answer = heard.answer
    if 200 <= answer.status < 300 and not heard.is_page:  # noqa: PLR2004 - HTTP's class of success
        return None
    return error_answer.normalise(
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        now=case.around.now(),
        streamed=False,
        way=heard.way,
    )


def answer_of_the_gateway(case: Examination) -> Heard:
    """Return its answer to the question for models; one of a firewall, or of a proxy whose gateway is down, is none."""
    heard = case.models()
    failure = judged(case, heard)
    if failure is not None and (failure.code is Code.CHALLENGE or heard.answer.status in SERVER_ERRORS):
        check = "firewall" if failure.code is Code.CHALLENGE else "models"
        raise Obstacle(check, failed(told(failure), failure.hint or "", failure.code))
    return heard


def is_safe_mode(heard: Heard) -> bool:
    """Whether CLIProxyAPI refuses everything because its example keys are still in force."""
    return "x-cpa-safe-mode" in heard.answer.headers


def is_elsewhere(failure: Failure, *, is_page: bool) -> bool:
    """Whether an answer shows that the API is not at this address."""
    if failure.code is Code.CHALLENGE:
        return False
    succeeded = failure.status is None
    return failure.code in (Code.ENDPOINT_NOT_FOUND, Code.REDIRECTED) or (is_page and succeeded)


def has_an_api(case: Examination, base_url: str) -> bool:
    """Whether there is a list of models at *base_url*, which must be of the same host."""
    url = models_url(base_url)
    try:
        heard = get(case, url, key=case.key(), with_secrets=True)
    except CpaImageError:
        return False
    return heard.answer.status == 200 and _names(heard) is not None  # noqa: PLR2004 - HTTP's OK


def base_with_an_api(case: Examination) -> str | None:
    """Return another base URL of the same host at which there is an API."""
    return next((other for other in other_bases(case.base_url()) if has_an_api(case, other)), None)


def _blamed(case: Examination, failure: Failure, *, otherwise: str, is_page: bool) -> Obstacle:
    """Return the obstacle that *failure* is, with the check whose business it is."""
    verdict = failed(told(failure), failure.hint or "", failure.code)
    if failure.code is Code.CHALLENGE:
        return Obstacle("firewall", verdict)
    if is_safe_mode(case.models()):
        return Obstacle("safe_mode", verdict)
    if failure.code is Code.KEY_REJECTED:
        advice = hints.about_the_key(case.settings().api_key.place)
        return Obstacle("models", failed(told(failure), advice, failure.code))
    if is_elsewhere(failure, is_page=is_page) and is_all_elsewhere(case):
        return Obstacle("path", verdict)
    return Obstacle(otherwise, verdict)


def is_all_elsewhere(case: Examination) -> bool:
    """Whether neither of the API's two addresses is one."""
    for heard in (case.models(), case.responses()):
        failure = judged(case, heard)
        if failure is None or not is_elsewhere(failure, is_page=heard.is_page):
            return False
    return True


def told(failure: Failure) -> str:
    """Return the gateway's words with the status before them."""
    status = f"HTTP {failure.status}"
    return failure.message if failure.message.startswith(("HTTP ", "an event")) else f"{status}: {failure.message}"


def _names(heard: Heard) -> tuple[str, ...] | None:
    """Return the ids in a list of models of either usual shape; None if it is none."""
    try:
        content = json.loads(heard.answer.body)
    except (ValueError, RecursionError):
        return None
    entries = content.get("data", content.get("models")) if isinstance(content, dict) else content
    if not isinstance(entries, list):
        return None
    ids = (entry.get("id") or entry.get("name") if isinstance(entry, dict) else entry for entry in entries)
    return tuple(name for name in ids if isinstance(name, str) and name)
