"""
Decides what to do next after a failure, in one sentence.

To advise on a special case, add a row to `SPECIAL`: the first whose phrase occurs in what the gateway said wins. The
general advice is one row per code in `GENERAL`; codes that are missing there need none.
"""

import math
from collections.abc import Mapping

from cpa_image_cli.core.errors import MAY_HAVE_BILLED, Code
from cpa_image_cli.core.failures import requested_wait
from cpa_image_cli.core.failures.complaint import Complaint

_BILLED = "It may have been billed"

SPECIAL: tuple[tuple[str, Code, str], ...] = (
    (
        "requires a newer version of codex",
        Code.BAD_REQUEST,
        "Set CPA_VERSION to the empty string, which leaves the `version` header out, or to a newer number.",
    ),
    (
        "with a chatgpt account",
        Code.MODEL_UNSUITABLE,
        "The gateway's account has no access to this model; choose another with `--model`.",
    ),
    (
        "tool choice",
        Code.BAD_REQUEST,
        "The gateway or its account does not offer the image tool; try another model or account.",
    ),
    (
        "unsupported tool type",
        Code.MODEL_UNSUITABLE,
        "What is behind the gateway for this model knows no image tool; choose another model with `--model`.",
    ),
    (
        "tool 'image_generation' is not supported",
        Code.MODEL_UNSUITABLE,
        "This model cannot use the image tool; choose another with `--model`.",
    ),
    (
        "does not exist",
        Code.BAD_REQUEST,
        "The image model behind the tool is missing upstream; leave `--image-model` out, or try again later.",
    ),
    (
        "transparent background is not supported",
        Code.BAD_REQUEST,
        "Leave `--background transparent` out, or choose an `--image-model` that knows it.",
    ),
    (
        "supported values are",
        Code.BAD_REQUEST,
        "Use one of the values that the gateway names, or leave the option out.",
    ),
    (
        "divisible by 16",
        Code.BAD_REQUEST,
        "Choose a `--size` of which both numbers are multiples of 16, or leave it out.",
    ),
    (
        "context_",
        Code.BAD_REQUEST,
        "Shorten the prompt or the instructions, or send fewer or smaller pictures.",
    ),
    (
        "http 413",
        Code.BAD_REQUEST,
        "The request is too large for the gateway or a proxy before it (nginx: client_max_body_size); send less.",
    ),
    (
        "http 405",
        Code.BAD_REQUEST,
        "Check the base URL: something answers at this path, but takes no POST.",
    ),
    (
        "unsafe_example_api_key",
        Code.PERMISSION_DENIED,
        "The gateway still has the example API keys in its configuration; replace them there.",
    ),
    (
        "not enabled for this group",
        Code.PERMISSION_DENIED,
        "Use a key whose group may generate images, or ask the gateway's operator to allow it.",
    ),
    (
        "insufficient_quota",
        Code.PERMISSION_DENIED,
        "The upstream forbade it; `insufficient_quota` is what CLIProxyAPI calls any 403, so quota may be fine.",
    ),
    (
        "usage_not_included",
        Code.QUOTA,
        "The account's plan does not include this; use another account.",
    ),
    (
        "rate_limit_exceeded",
        Code.QUOTA,
        "The limit has no room for such a request, however long one waits; ask for less, or use another account.",
    ),
    (
        "request too large",
        Code.QUOTA,
        "The limit has no room for such a request, however long one waits; ask for less, or use another account.",
    ),
    (
        "deactivated_workspace",
        Code.QUOTA,
        "The workspace of the gateway's account is deactivated; use another account.",
    ),
    (
        "model_cooldown",
        Code.RATE_LIMITED,
        "All of the gateway's accounts for this model are cooling down; try again later, or add accounts there.",
    ),
    (
        "web page",
        Code.UNEXPECTED_ANSWER,
        "Check that the base URL is that of the API and not of a web site; `/v1/responses` is added to it.",
    ),
)
"""A phrase in lower case, the code it belongs to, and the advice."""

GENERAL: Mapping[Code, str] = {
    Code.REDIRECTED: "Set the base URL to where it points, if you trust that host; the key is never sent after it.",
    Code.ENDPOINT_NOT_FOUND: (
        "Check the base URL: `/v1` is added when it is missing, and a doubled `/v1/v1` answers just like this."
    ),
    Code.MODEL_NOT_FOUND: "Choose one of those that `cpa-image models` lists, with `--model`.",
    Code.MODEL_UNSUITABLE: "Name a text model such as gpt-5.4 with `--model`; it calls the image tool by itself.",
    Code.NO_CREDENTIAL: "Add an account for this model to the gateway, or choose another model with `--model`.",
    Code.KEY_REJECTED: "Check the key (see `cpa-image config show`): it must be this gateway's, not its upstream's.",
    Code.UPSTREAM_LOGIN: "Your key is fine; the gateway's operator has to log its upstream account in again.",
    Code.PERMISSION_DENIED: "Ask the gateway's operator what this key may do, or use another key.",
    Code.BAD_REQUEST: "Change or leave out what the gateway names; `--dry-run` shows the whole request.",
    Code.CHALLENGE: "A firewall before the gateway or its upstream asks for a browser; reach the gateway without it.",
    Code.MODERATION: "Change the prompt; the same one would be rejected again.",
    Code.REFUSED: "Change the prompt; the model says above what it will not draw.",
    Code.RATE_LIMITED: "Try again later.",
    Code.USAGE_LIMIT: "Wait until the plan's window resets, or use another account.",
    Code.QUOTA: "Check the billing and quota of the account behind the gateway, or use another.",
    Code.COOLING_DOWN: "Try again in about a minute; the gateway's operator can change it (`disable-cooling`).",
    Code.OVERLOADED: "Try again in a few minutes, or choose another model with `--model`.",
    Code.SERVER_ERROR: "Try again in a few minutes; if it stays, give the trace id to the gateway's operator.",
    Code.UNEXPECTED_ANSWER: "Check that the base URL is that of a gateway which speaks `/v1/responses`.",
    Code.CONNECTION_FAILED: "Check the base URL, the network and the proxy settings; nothing was sent.",
    Code.CONNECTION_LOST: f"{_BILLED}; look at the gateway's usage before you ask again.",
    Code.STREAM_BROKEN: f"{_BILLED}; look at the gateway's usage before you ask again.",
    Code.TIMEOUT: f"{_BILLED}; allow more time with `--timeout`.",
    Code.GATEWAY_TIMEOUT: f"{_BILLED}; ask for a smaller or simpler picture, or raise the proxy's time limit.",
    Code.IMAGE_DAMAGED: f"{_BILLED}; another try asks for a new picture.",
    Code.PARTIAL_ONLY: f"{_BILLED}; the gateway sent previews only, so try `--no-stream` or another model.",
    Code.IMAGE_BY_URL: f"{_BILLED}; have the gateway send base64, addresses are not fetched.",
    Code.ANSWER_TOO_LARGE: f"{_BILLED}; the gateway sent far more than a picture needs.",
    Code.TOOL_UNAVAILABLE: (
        "Either the account the gateway used has no image tool (free plans have none), or the gateway takes the tool"
        " away (`disable-image-generation`)."
    ),
    Code.TEXT_INSTEAD: "Read the model's words; say in the prompt that a picture is wanted, or try another model.",
    Code.NO_IMAGE: "Try again, or choose another model with `--model`.",
    Code.IMAGE_CALL_FAILED: "Try again with a simpler prompt.",
    Code.OUT_OF_TOKENS: "Shorten the prompt, or choose a model that thinks less.",
}

_LATE_WITHOUT_STREAM = f"{_BILLED}; try `--stream`, which keeps the connection busy so that proxies do not give up."


def next_step(
    code: Code,
    *,
    said: Complaint | None = None,
    delay: float | None = None,
    streamed: bool = True,
    sent: bool = True,
) -> str | None:
    """
    Return what to do next after a failure of kind *code*; None when there is nothing to say.

    *said* is the gateway's complaint, *delay* the seconds it asked to wait. *streamed* says whether ``stream`` was
    asked for, *sent* whether the whole request had left this machine.
    """
    if not sent and code in MAY_HAVE_BILLED:
        return "Nothing was billed, the request had not left whole; check the network and the proxy settings."
    if code is Code.GATEWAY_TIMEOUT and not streamed:
        return _LATE_WITHOUT_STREAM
    if code in (Code.RATE_LIMITED, Code.USAGE_LIMIT) and delay is not None and delay >= 1:
        return f"It resets in {requested_wait.in_words(delay)}: wait until then, or use another account."
    return _special(code, said) or GENERAL.get(code)


def allow_longer_wait(wait: float) -> str:
    """Return how to make this program wait *wait* seconds by itself."""
    resets = requested_wait.in_words(wait)
    return f"It resets in {resets}: try again then, or allow it with `--max-wait {math.ceil(wait)}`."


def _special(code: Code, said: Complaint | None) -> str | None:
    if said is None:
        return None
    heard = f"http {said.status} {said.form.value} {said.code} {said.type} {said.message}".lower()
    return next((advice for phrase, about, advice in SPECIAL if about is code and phrase in heard), None)
