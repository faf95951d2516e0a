"""
Decides which code word a complaint gets.

To tell a further kind apart, add a predicate that reads as a sentence and its row in `RULES`. The first that holds
wins, so what is certain, the gateway's own words, stands before what is general, the status. Words and phrases are
those of CLIProxyAPI, of the Codex backend behind it and of the official SDK's ``ResponseError``; a few are of one-api,
LiteLLM, Ollama and Azure, which users put in the same place. Those that speak of money or of the safety system are
many, and stand in ``core.failures.phrases``.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.failures import phrases
from cpa_image_cli.core.failures.complaint import Complaint, Form
from cpa_image_cli.core.failures.wait_sentences import in_message

_REDIRECTS = range(300, 400)
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)
_OVERLOADED = 529
"""Not registered; Anthropic's, and those who imitate it."""
_A_TIMEOUT_OCCURRED = 524
"""Cloudflare's: the origin was reached and did not answer in time."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_LOGIN = _words(
    "token_invalidated token_expired token_revoked refresh_token_reused refresh_token_expired"
    " refresh_token_invalidated account_deactivated account_suspended account_disabled account_banned invalid_grant"
)
_CAPACITY = _words("server_is_overloaded overloaded_error overloaded slow_down")
_LIMIT = _words(
    "rate_limit_exceeded rate_limit_error toomanyrequests too_many_requests model_cooldown resource_exhausted"
)
_TIMEOUT = _words("request_timeout gateway_timeout timeout timeout_error")
_KEY = _words("invalid_api_key missing_api_key authentication_error unauthorized")
_FORBIDDEN = _words("permission_error permission_denied group_disabled forbidden")
_SERVER = _words("server_error internal_server_error internal_error api_error upstream_error vector_store_timeout")
_REQUEST = re.compile(
    r"(invalid|image|unsupported|missing|context|empty_image|failed_to_download|data_residency)_|unknown_parameter"
)
"""How the codes begin that blame the request."""


def classify(complaint: Complaint) -> Code:
    """Return the code word for *complaint*."""
    return next((code for holds, code in RULES if holds(complaint)), Code.UNEXPECTED_ANSWER)


def _a_redirect_came(it: Complaint) -> bool:
    return it.answered in _REDIRECTS


def _a_proxy_lets_nobody_through(it: Complaint) -> bool:
    if it.answered == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return True
    # Squid's own header, and RFC 9209's: with a status of the 400s it is a rule of the proxy's, not a passing trouble.
    is_proxys = "x-squid-error" in it.headers or "error=" in it.headers.get("proxy-status", "")
    return is_proxys and it.answered in _CLIENT_ERRORS


def _the_safety_system_said_no(it: Complaint) -> bool:
    # Relays wrap it in a 500 as well; it must not be repeated, whatever the status.
    if any(re.fullmatch(phrases.MODERATION_CODES, word) for word in it.words):
        return True
    if _it_is_limited(it) and _names_a_wait(it):
        # The service that looks at contents has limits too.
        return it.says("safety system")
    return it.says(*phrases.MODERATION) and not it.says(*phrases.OF_SOMETHING_ELSE)


def _a_firewall_answered(it: Complaint) -> bool:
    if it.headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    return it.form is Form.PAGE and (_is_forbidden(it) or it.says("just a moment", "attention required"))


def _the_gateway_has_its_example_keys(it: Complaint) -> bool:
    return "unsafe_example_api_key" in it.words or "x-cpa-safe-mode" in it.headers


def _the_model_is_for_the_images_api(it: Complaint) -> bool:
    # A 503 that looks transient and is permanent.
    return it.says("only supported on /v1/images")


def _the_model_cannot_draw(it: Complaint) -> bool:
    # A 400 mostly blames the request; these blame the choice of the model, or of the account that has it.
    is_without_tool = it.begins("tool 'image_generation' is not supported with", "unsupported tool type")
    return is_without_tool or it.says("model is not supported when using codex with a chatgpt account")


def _no_account_serves_the_model(it: Complaint) -> bool:
    return it.begins("auth_not_found:") or it.says("no available channel for model", "无可用渠道")


def _the_upstream_login_is_over(it: Complaint) -> bool:
    if it.words & _LOGIN:
        return True
    is_401 = it.status == HTTPStatus.UNAUTHORIZED or "authentication_error" in it.words
    return is_401 and "auth_unavailable" in it.words


def _the_accounts_are_resting(it: Complaint) -> bool:
    # The message decides: the code of this error is the same as of any other 503.
    return it.begins("auth_unavailable:") or "auth_unavailable" in it.words


def _it_is_at_capacity(it: Complaint) -> bool:
    # CLIProxyAPI answers 429 for a model at capacity.
    return it.status == _OVERLOADED or bool(it.words & _CAPACITY) or it.begins("selected model is at capacity")


def _the_plan_is_used_up(it: Complaint) -> bool:
    return "usage_limit_reached" in it.words or it.says("usage limit has been reached", "hit your usage limit")


def _forbidden_is_called_insufficient_quota(it: Complaint) -> bool:
    # CLIProxyAPI writes this code over any 403 that is not JSON.
    is_misnomer = "insufficient_quota" in it.words and not it.says("quota", "billing", *phrases.QUOTA)
    return is_misnomer and _is_forbidden(it)


def _billing_or_quota_says_no(it: Complaint) -> bool:
    if it.status == HTTPStatus.PAYMENT_REQUIRED or any(re.fullmatch(phrases.QUOTA_CODES, word) for word in it.words):
        return True
    # "配额" and "exceeded your current quota" are also said of a limit of a minute, which then names the wait.
    return it.says(*phrases.QUOTA) and not (_it_is_limited(it) and _names_a_wait(it))


def _names_a_wait(it: Complaint) -> bool:
    return "retry-after" in it.headers or in_message(it.message) is not None


def _the_limit_has_no_room_for_it(it: Complaint) -> bool:
    if not _it_is_limited(it):
        return False
    has_none = re.search(r"\blimit:? 0(?![.,]?\d)", it.message, re.IGNORECASE | re.ASCII)
    return has_none is not None or it.says("request too large")


def _it_is_limited(it: Complaint) -> bool:
    if it.status == HTTPStatus.TOO_MANY_REQUESTS or it.words & _LIMIT:
        return True
    # Another 4xx has said what it is.
    return it.status not in _CLIENT_ERRORS and it.says("rate limit reached", "was rate limited", "too many requests")


def _the_tool_or_an_item_is_wrong(it: Complaint) -> bool:
    # Before the model: "The model 'gpt-image-2' does not exist." blames the tool here, not --model.
    return "image_generation_user_error" in it.words or it.begins("item with id")


def _the_model_is_unknown(it: Complaint) -> bool:
    if "model_not_found" in it.words or it.begins("unknown provider for model", "invalid model name"):
        return True
    # LiteLLM puts the path before it.
    if it.says("invalid model name passed in"):
        return True
    is_about_it = it.param in (None, "model") and it.status not in _SERVER_ERRORS
    return is_about_it and bool(_NO_SUCH_MODEL.match(it.message))


_NO_SUCH_MODEL = re.compile(r"(the )?(requested )?model\b.{1,200} (does not exist|not found)", re.IGNORECASE)


def _nothing_is_at_this_path(it: Complaint) -> bool:
    if it.status != HTTPStatus.NOT_FOUND:
        return False
    says_so = it.begins("not found", "404", "invalid url", "unknown request url", "no route")
    return it.form is not Form.JSON or says_so or not (it.message or it.code)


def _the_stream_broke_upstream(it: Complaint) -> bool:
    if it.status in _CLIENT_ERRORS and it.status != HTTPStatus.REQUEST_TIMEOUT:
        return False
    broke = it.says("stream disconnected before", "stream closed before", "closed before a terminal event")
    return broke or it.says("before first payload", *_LITELLM_WAS_CUT_OFF) or it.message.endswith("EOF")


_LITELLM_WAS_CUT_OFF = ("before any terminal event", "response payload is not completed", "server disconnected")
"""Its own words and those of aiohttp below it. It had sent the request, so a picture may have been made."""


def _somebody_gave_up_waiting(it: Complaint) -> bool:
    if it.status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT, _A_TIMEOUT_OCCURRED):
        return True
    return bool(it.words & _TIMEOUT) or it.says("context deadline exceeded", "timeout awaiting response headers")


def _the_upstream_refused_the_gateway(it: Complaint) -> bool:
    if not _is_unauthorised(it) or it.begins("missing api key", "invalid api key"):
        return False
    # An answer that began with 200 had accepted our key; and nobody signs in with a gateway's key.
    had_accepted = it.answered is None or it.answered not in _CLIENT_ERRORS
    return had_accepted or it.says("authentication token", "oauth token", "refresh token", "in again")


def _is_unauthorised(it: Complaint) -> bool:
    if "no_db_connection" in it.words:
        # LiteLLM knows its master key; any other it would look up in a database, and says so with 400 if it has none.
        return True
    if it.status is not None:
        return it.status == HTTPStatus.UNAUTHORIZED
    return bool(it.words & _KEY) or it.begins("missing api key", "invalid api key")


def _is_forbidden(it: Complaint) -> bool:
    if it.status is not None:
        return it.status == HTTPStatus.FORBIDDEN
    return bool(it.words & _FORBIDDEN)


def _the_server_blames_itself(it: Complaint) -> bool:
    if it.code == "server_error" or it.begins("an error occurred while processing your request"):
        return True
    return it.status is None and any(word in _SERVER or word.endswith("_server_error") for word in it.words)


def _the_request_is_to_blame(it: Complaint) -> bool:
    if it.status is not None:
        return it.status in _CLIENT_ERRORS
    blamed = any(_REQUEST.match(word) for word in it.words)
    return blamed or it.says("unsupported", "is not supported", "requires a newer version", "must be set to")


def _the_server_failed(it: Complaint) -> bool:
    return it.status in _SERVER_ERRORS


RULES: tuple[tuple[Callable[[Complaint], bool], Code], ...] = (
    (_a_redirect_came, Code.REDIRECTED),
    (_a_proxy_lets_nobody_through, Code.PROXY_REFUSED),
    (_the_safety_system_said_no, Code.MODERATION),
    (_a_firewall_answered, Code.CHALLENGE),
    (_the_gateway_has_its_example_keys, Code.PERMISSION_DENIED),
    (_the_model_is_for_the_images_api, Code.MODEL_UNSUITABLE),
    (_the_model_cannot_draw, Code.MODEL_UNSUITABLE),
    (_no_account_serves_the_model, Code.NO_CREDENTIAL),
    (_the_upstream_login_is_over, Code.UPSTREAM_LOGIN),
    (_the_accounts_are_resting, Code.COOLING_DOWN),
    (_it_is_at_capacity, Code.OVERLOADED),
    (_the_plan_is_used_up, Code.USAGE_LIMIT),
    (_forbidden_is_called_insufficient_quota, Code.PERMISSION_DENIED),
    (_billing_or_quota_says_no, Code.QUOTA),
    (_the_limit_has_no_room_for_it, Code.QUOTA),
    (_it_is_limited, Code.RATE_LIMITED),
    (_the_tool_or_an_item_is_wrong, Code.BAD_REQUEST),
    (_the_model_is_unknown, Code.MODEL_NOT_FOUND),
    (_nothing_is_at_this_path, Code.ENDPOINT_NOT_FOUND),
    (_the_stream_broke_upstream, Code.STREAM_BROKEN),
    (_somebody_gave_up_waiting, Code.GATEWAY_TIMEOUT),
    (_the_upstream_refused_the_gateway, Code.UPSTREAM_LOGIN),
    (_is_unauthorised, Code.KEY_REJECTED),
    (_is_forbidden, Code.PERMISSION_DENIED),
    (_the_server_blames_itself, Code.SERVER_ERROR),
    (_the_request_is_to_blame, Code.BAD_REQUEST),
    (_the_server_failed, Code.SERVER_ERROR),
)
"""What is asked of a complaint, in this order; if nothing holds, the answer is none this program knows."""
