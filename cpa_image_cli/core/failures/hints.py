"""
Decides what to do next after a failure, in one sentence.

To advise on a special case, add a row to `SPECIAL`: the first whose phrase occurs in what the gateway said wins. The
general advice is one row per code in `GENERAL`; codes that are missing there need none. Each begins with a verb and can
be done; that a picture may have been billed is said beside it, by whoever shows it.
"""

import math
import re
from collections.abc import Mapping
from urllib.parse import urljoin

from cpa_image_cli.core.errors import MAY_HAVE_BILLED, Code
from cpa_image_cli.core.failures import requested_wait
from cpa_image_cli.core.failures.complaint import Complaint, Form
from cpa_image_cli.core.gateway.endpoint import base_of, host_of, is_endpoint, shown_url
from cpa_image_cli.core.gateway.way import Way

_NO_ROOM = "Ask for less, or use another account; the limit has no room for such a request, however long one waits."
_CLOSED = (
    "Have the gateway's operator put another account in place of this one, which its provider has closed; "
    "your key is fine."
)

SPECIAL: tuple[tuple[str, Code, str], ...] = (
    (
        "input_image_mask",
        Code.BAD_REQUEST,
        "Use `--mask-as-picture`, which marks the area in a copy of the picture: this gateway takes no mask.",
    ),
    (
        "requires a newer version of codex",
        Code.BAD_REQUEST,
        "Set CPA_VERSION to the empty string, which leaves the `version` header out, or to a newer number.",
    ),
    (
        "with a chatgpt account",
        Code.MODEL_UNSUITABLE,
        "Choose another model with `--model`; the gateway's account has no access to this one.",
    ),
    (
        "tool choice",
        Code.BAD_REQUEST,
        "Try another model or account; the gateway or its account does not offer the image tool.",
    ),
    (
        "unsupported tool type",
        Code.MODEL_UNSUITABLE,
        "Choose another model with `--model`; what is behind the gateway for this one knows no image tool.",
    ),
    (
        "tool 'image_generation' is not supported",
        Code.MODEL_UNSUITABLE,
        "Choose another model with `--model`; this one cannot use the image tool.",
    ),
    (
        "does not exist",
        Code.BAD_REQUEST,
        "Leave `--image-model` out, or try again later; the image model behind the tool is missing upstream.",
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
        "Send less; the request is too large for the gateway or a proxy before it (nginx: client_max_body_size).",
    ),
    (
        "http 405",
        Code.BAD_REQUEST,
        "Check the base URL: something answers at this path, but takes no POST.",
    ),
    *(
        (phrase, Code.BAD_REQUEST, "Write https:// in place of http:// in the base URL; the port speaks TLS.")
        for phrase in ("http request was sent to https port", "http request to an https server")
    ),
    (
        "unsafe_example_api_key",
        Code.PERMISSION_DENIED,
        "Replace the example API keys in the gateway's configuration, which still has them.",
    ),
    (
        "not enabled for this group",
        Code.PERMISSION_DENIED,
        "Use a key whose group may generate images, or ask the gateway's operator to allow it.",
    ),
    (
        "insufficient_quota",
        Code.PERMISSION_DENIED,
        "Ask the gateway's operator: the upstream forbade it, and CLIProxyAPI calls any 403 `insufficient_quota`.",
    ),
    *(
        (phrase, Code.UPSTREAM_LOGIN, _CLOSED)
        for phrase in ("deactivated", "account_suspended", "account_disabled", "account_banned")
    ),
    (
        "usage_not_included",
        Code.QUOTA,
        "Use another account; the plan of this one does not include it.",
    ),
    ("rate_limit_exceeded", Code.QUOTA, _NO_ROOM),
    ("request too large", Code.QUOTA, _NO_ROOM),
    (
        "deactivated_workspace",
        Code.QUOTA,
        "Use another account; the workspace of the gateway's account is deactivated.",
    ),
    (
        "model_cooldown",
        Code.RATE_LIMITED,
        "Try again later, or add accounts to the gateway; all it has for this model are cooling down.",
    ),
    (
        "web page",
        Code.UNEXPECTED_ANSWER,
        "Check that the base URL is that of the API and not of a web site; `/v1/responses` is added to it.",
    ),
)
"""A phrase in lower case, the code it belongs to, and the advice."""

WRITE_HTTP = "Write http:// in place of https://, or give the port that speaks TLS."
PERHAPS_HTTPS = "Write https:// in place of http://, if the port speaks TLS; else look at the gateway's usage first."
ASK_ABOUT_TLS = "Ask the gateway's operator; `openssl s_client -connect HOST:PORT` shows more."
CHECK_HOST = "Check the spelling of the host, the network, and whether a VPN is needed to see it."
RENEW_CERTIFICATE = "Have the gateway's operator renew it; if this machine's clock is wrong, set it."
SET_CLOCK = "Set this machine's clock; if it is right, the certificate is wrong."
USE_ITS_NAME = "Use a name that the certificate has in the base URL; `cpa-image doctor` shows them."
TRUST_IT = (
    "Set SSL_CERT_FILE to a file with the certificate of its authority, if that is one of your own "
    "(the system's store is not used)."
)
"""Advice on a connection, which ``doctor`` gives as well."""

LOOK_FIRST = "Look at the gateway's usage before you ask again."

GENERAL: Mapping[Code, str] = {
    Code.ENDPOINT_NOT_FOUND: (
        "Check the base URL: `/v1/responses` is added to it, but for a `/v1` that is there already. Where the gateway "
        "has no `/v1`, give the whole address: one that ends in `/responses` is taken as it is."
    ),
    Code.MODEL_NOT_FOUND: "Choose one of those that `cpa-image models` lists, with `--model`.",
    Code.MODEL_UNSUITABLE: "Name a text model such as gpt-5.4 with `--model`; it calls the image tool by itself.",
    Code.NO_CREDENTIAL: "Add an account for this model to the gateway, or choose another model with `--model`.",
    Code.KEY_REJECTED: "Check the key (see `cpa-image config show`): it must be this gateway's, not its upstream's.",
    Code.UPSTREAM_LOGIN: "Have the gateway's operator log its upstream account in again; your key is fine.",
    Code.PERMISSION_DENIED: "Ask the gateway's operator what this key may do, or use another key.",
    Code.BAD_REQUEST: "Change or leave out what the gateway names; `--dry-run` shows the whole request.",
    Code.CHALLENGE: "Reach the gateway at an address without this firewall, which asks for a browser.",
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
    Code.CONNECTION_LOST: LOOK_FIRST,
    Code.STREAM_BROKEN: LOOK_FIRST,
    Code.TIMEOUT: "Allow more time with `--timeout`.",
    Code.GATEWAY_TIMEOUT: "Ask for a smaller or simpler picture, or have the proxy's time limit raised.",
    Code.IMAGE_DAMAGED: "Ask again for a new picture; this one cannot be mended.",
    Code.PARTIAL_ONLY: "Try `--no-stream` or another model; the gateway sent previews only.",
    Code.IMAGE_BY_URL: "Fetch the picture from there, or have it fetched with `--fetch-url`.",
    Code.TASK_INSTEAD: "Look for the task in the gateway; it is not asked for again.",
    Code.HEADERS_MALFORMED: "Have the gateway, or a proxy before it, send headers as HTTP wants them.",
    Code.ANSWER_TOO_LARGE: "Have the gateway's operator look at it; it sent far more than a picture needs.",
    Code.TOOL_UNAVAILABLE: (
        "Have the gateway's operator look at its accounts, of which those of free plans have no image tool, and at "
        "`disable-image-generation`, which takes it away; or choose another gateway."
    ),
    Code.TEXT_INSTEAD: "Read the model's words; say in the prompt that a picture is wanted, or try another model.",
    Code.NO_IMAGE: "Try again, or choose another model with `--model`.",
    Code.IMAGE_CALL_FAILED: "Try again with a simpler prompt.",
    Code.OUT_OF_TOKENS: "Shorten the prompt, or choose a model that thinks less.",
}

_LATE_WITHOUT_STREAM = "Try `--stream`, which keeps the connection busy so that proxies do not give up."
_TIME_RAN_OUT_WITHOUT_STREAM = "Allow more time with `--timeout`, or try `--stream`, which shows that something comes."
_LOGIN_PAGE = re.compile(r"log[-_]?[io]n|sign[-_]?in|auth|sso\b|saml|account|portal|consent|captcha", re.IGNORECASE)


def next_step(
    code: Code,
    *,
    said: Complaint | None = None,
    delay: float | None = None,
    streamed: bool = True,
    sent: bool = True,
    way: Way | None = None,
) -> str | None:
    """
    Return what to do next after a failure of kind *code*; None when there is nothing to say.

    *said* is the gateway's complaint, *delay* the seconds it asked to wait. *streamed* says whether ``stream`` was
    asked for, *sent* whether the whole request had left this machine, *way* what was asked where.
    """
    if not sent and code in MAY_HAVE_BILLED:
        return "Check the network and the proxy settings; the request had not left whole, so nothing was billed."
    if (about_the_way := _on_the_way(code, said, way)) is not None:
        return about_the_way
    if not streamed and code in _WITHOUT_STREAM:
        return _WITHOUT_STREAM[code]
    if code in _RESETTING and delay is not None and delay >= 1:
        return f"Wait until it resets in {requested_wait.in_words(delay)}, or use another account."
    return _special(code, said) or GENERAL.get(code)


_WITHOUT_STREAM = {Code.GATEWAY_TIMEOUT: _LATE_WITHOUT_STREAM, Code.TIMEOUT: _TIME_RAN_OUT_WITHOUT_STREAM}
_WANTS_LOGIN = 407
_RESETTING = (Code.RATE_LIMITED, Code.USAGE_LIMIT, Code.QUOTA)


def _on_the_way(code: Code, said: Complaint | None, way: Way | None) -> str | None:
    """Return what to do about an answer that was perhaps not the gateway's at all."""
    if code is Code.REDIRECTED:
        return _after_redirect(said.headers.get("location", "") if said else "", way)
    if code is Code.PROXY_REFUSED:
        return about_proxy(way, wants_login=said is not None and said.answered == _WANTS_LOGIN)
    if said is not None and is_perhaps_of_proxy(said, way):
        return f"{about_proxy(way).rstrip('.')}: it may have written this page."
    return None


def is_perhaps_of_proxy(said: Complaint, way: Way | None) -> bool:
    """Whether *said* is an error page that the proxy of *way* may have written: it reads what is not encrypted."""
    is_page = said.form is Form.PAGE and said.status is not None
    return is_page and way is not None and way.proxy is not None and way.proxy.reads(way.url)


def about_the_key(source: str) -> str:
    """Return what to do about a key from *source* that the gateway refused."""
    return f"Check the key, which is from {source}: it must be one of this gateway, not of the service behind it."


def allow_longer_wait(wait: float) -> str:
    """Return how to make this program wait *wait* seconds by itself."""
    resets = requested_wait.in_words(wait)
    return f"Try again in {resets}, or allow the wait with `--max-wait {math.ceil(wait)}`."


def after_waiting_in_vain(attempts: int) -> str:
    """Return what to do about a limit that was there again after each of the waits it had asked for."""
    return f"Try again in a few minutes, allow more than {attempts} attempts with `--retries`, or use another account."


def about_proxy(way: Way | None, *, wants_login: bool = False) -> str:
    """Return what to do about the proxy of *way*, if there is one that we know of."""
    if way is None or way.proxy is None:
        return "Ask the gateway's operator: a proxy on the way wants a login, and no variable here names one."
    variable, out = way.proxy.variable, f"NO_PROXY={way.host} keeps this host out"
    if wants_login:
        return f"Write the right user and password into {variable}, as http://USER:PASSWORD@HOST:PORT; or {out}."
    return f"Check the proxy, or unset {variable} ({out})."


def _after_redirect(location: str, way: Way | None) -> str:
    """Return whether *location* can be the base URL, which the key would then be sent to."""
    try:
        target = urljoin(way.url, location) if way and location else location
        leads_on = is_endpoint(target) and not _LOGIN_PAGE.search(host_of(target))
    except ValueError:
        target, leads_on = "", False
    if leads_on:
        return f"Set the base URL to {shown_url(base_of(target))}, if you trust that host; no redirect is followed."
    if _LOGIN_PAGE.search(target):
        return "Use an address of the gateway that takes an API key; this one sends browsers to a login page."
    return "Check the base URL: this one leads to a page, and not to an API."


def _special(code: Code, said: Complaint | None) -> str | None:
    if said is None:
        return None
    heard = f"http {said.status} {said.form.value} {said.code} {said.type} {said.message}".lower()
    return next((advice for phrase, about, advice in SPECIAL if about is code and phrase in heard), None)
