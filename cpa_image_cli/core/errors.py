"""
Every way in which a run can end badly: exit statuses, code words, and the exception tree.

    CpaImageError               everything of ours; the boundary in ``app`` turns it into one sentence
     ├─ UsageError              the command line does not make sense
     ├─ ConfigError             settings are missing, malformed or unreadable
     ├─ OutputError             the picture has nowhere to go
     └─ GatewayError            a `Failure`: the gateway, the network, or an answer without a picture

To add a way to fail, add a member to `Code`; README's table of code words is checked against it.

Whatever goes wrong is told in one voice; ``tests/test_voice.py`` holds it:

- A *message* begins in lower case, unless its first word is a name, a flag or a code (``CPA_VERSION``, ``HTTP 503``),
  and has no full stop. What it is made of is joined by ``;`` or ``:``. So are the messages of failures and notices,
  and what a check of ``doctor`` found.
- A *hint* is a whole sentence, or several: it begins with a capital letter, unless with a command, a flag or a
  variable, and ends with a full stop, unless in a command line to copy. So is a check's advice.
- What a gateway said is quoted as it was said.
"""

from enum import Enum, IntEnum

from cpa_image_cli.core.dataclass import dataclass


class ExitStatus(IntEnum):
    """What the process says to its caller. Documented in README; never renumbered."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    CONFIG = 3
    AUTH = 4
    POLICY = 5
    LIMIT = 6
    NO_IMAGE = 7
    GATEWAY = 8
    OUTPUT = 9
    SOME = 10
    RUNNING = 11
    INTERRUPTED = 130
    TERMINATED = 143


class Code(Enum):
    """A stable word for programs, the exit status it leads to, and what it means."""

    word: str
    exit_status: ExitStatus
    meaning: str

    def __init__(self, word: str, exit_status: ExitStatus, meaning: str) -> None:
        self.word = word
        self.exit_status = exit_status
        self.meaning = meaning

    INTERNAL = "internal_error", ExitStatus.INTERNAL, "a bug in this program"

    USAGE = "usage", ExitStatus.USAGE, "the command line does not make sense"
    BAD_PICTURE = "bad_picture", ExitStatus.USAGE, "a picture or mask that was to be sent cannot be used"
    IMAGE_MODEL = "image_model_refused", ExitStatus.USAGE, "an image model was named as the text model"

    BASE_URL_MISSING = "base_url_missing", ExitStatus.CONFIG, "no gateway is configured"
    BASE_URL_INVALID = "base_url_invalid", ExitStatus.CONFIG, "the base URL is not an http(s) URL"
    KEY_MISSING = "key_missing", ExitStatus.CONFIG, "no API key is configured"
    KEY_COMMAND_FAILED = "key_command_failed", ExitStatus.CONFIG, "`api_key_command` gave no key"
    CONFIG_INVALID = "config_invalid", ExitStatus.CONFIG, "the configuration cannot be read"
    HISTORY_UNREADABLE = "history_unreadable", ExitStatus.CONFIG, "the record of earlier runs cannot be read"
    ENDPOINT_NOT_FOUND = (
        "endpoint_not_found",
        ExitStatus.CONFIG,
        "nothing answers at this path: wrong base URL",
    )
    MODEL_NOT_FOUND = "model_not_found", ExitStatus.CONFIG, "the gateway does not have this model"
    MODEL_UNSUITABLE = "model_unsuitable", ExitStatus.CONFIG, "the model cannot be used this way"
    NO_CREDENTIAL = "no_upstream_credential", ExitStatus.CONFIG, "the gateway has no account for this model"

    KEY_REJECTED = "key_rejected", ExitStatus.AUTH, "the gateway refused the API key"
    UPSTREAM_LOGIN = "upstream_login", ExitStatus.AUTH, "the gateway's own login upstream has expired"
    PERMISSION_DENIED = "permission_denied", ExitStatus.AUTH, "this key or account may not do that"

    MODERATION = (
        "moderation_blocked",
        ExitStatus.POLICY,
        "the safety system rejected the request or the picture",
    )
    REFUSED = "refused", ExitStatus.POLICY, "the model declined in words"

    RATE_LIMITED = "rate_limited", ExitStatus.LIMIT, "too many requests for now"
    USAGE_LIMIT = "usage_limit", ExitStatus.LIMIT, "the plan's usage window is exhausted"
    QUOTA = "quota_exhausted", ExitStatus.LIMIT, "billing or quota does not allow it"
    REQUEST_LIMIT = "request_limit", ExitStatus.LIMIT, "your own limit of requests is reached"

    TOOL_UNAVAILABLE = "tool_unavailable", ExitStatus.NO_IMAGE, "the tool was taken away; text came instead"
    TEXT_INSTEAD = "text_instead_of_image", ExitStatus.NO_IMAGE, "the model answered in words only"
    NO_IMAGE = "no_image", ExitStatus.NO_IMAGE, "the answer holds no finished picture"
    PARTIAL_ONLY = "partial_frames_only", ExitStatus.NO_IMAGE, "only preview frames came, no finished picture"
    IMAGE_CALL_FAILED = "image_call_failed", ExitStatus.NO_IMAGE, "the image tool was called and failed"
    IMAGE_DAMAGED = "image_damaged", ExitStatus.NO_IMAGE, "what came is not a whole, known picture"
    TASK_INSTEAD = "task_instead_of_image", ExitStatus.NO_IMAGE, "the gateway answers with a task that is still running"
    IMAGE_BY_URL = "image_by_url", ExitStatus.NO_IMAGE, "the gateway sent an address in place of a picture"
    OUT_OF_TOKENS = "max_output_tokens", ExitStatus.NO_IMAGE, "the answer was cut short by a token limit"

    CONNECTION_FAILED = "connection_failed", ExitStatus.GATEWAY, "no connection; nothing was sent"
    CONNECTION_LOST = "connection_lost", ExitStatus.GATEWAY, "the connection broke after the request was sent"
    STREAM_BROKEN = "stream_broken", ExitStatus.GATEWAY, "the answer ended before it was complete"
    HEADERS_MALFORMED = "headers_malformed", ExitStatus.GATEWAY, "the answer's headers cannot be read as HTTP"
    TIMEOUT = "timeout", ExitStatus.GATEWAY, "`--timeout` ran out"
    GATEWAY_TIMEOUT = "gateway_timeout", ExitStatus.GATEWAY, "a proxy on the way gave up waiting"
    SERVER_ERROR = "server_error", ExitStatus.GATEWAY, "the gateway or its upstream failed"
    OVERLOADED = "overloaded", ExitStatus.GATEWAY, "the gateway or its upstream is at capacity"
    COOLING_DOWN = "credentials_cooling", ExitStatus.GATEWAY, "the gateway rests its accounts after an error"
    PROXY_REFUSED = "proxy_refused", ExitStatus.GATEWAY, "a proxy on the way lets this through to nobody"
    CHALLENGE = "html_challenge", ExitStatus.GATEWAY, "a web firewall answered instead of the gateway"
    BAD_REQUEST = "bad_request", ExitStatus.GATEWAY, "the gateway refused the request's form"
    REDIRECTED = (
        "redirected",
        ExitStatus.GATEWAY,
        "the gateway answered with a redirect, which is not followed",
    )
    UNEXPECTED_ANSWER = "unexpected_answer", ExitStatus.GATEWAY, "the answer is none this program knows"
    ANSWER_TOO_LARGE = "answer_too_large", ExitStatus.GATEWAY, "the answer exceeds the size limit"

    OUTPUT_EXISTS = "output_exists", ExitStatus.OUTPUT, "the output file exists already"
    OUTPUT_UNWRITABLE = "output_unwritable", ExitStatus.OUTPUT, "the output cannot be written there"
    OUTPUT_CLAIMED = "output_claimed", ExitStatus.OUTPUT, "another run is making a picture for this file"

    SOME_NOT_MADE = "some_not_made", ExitStatus.SOME, "of several pictures some were made and some were not"
    STILL_RUNNING = "still_running", ExitStatus.RUNNING, "the job is still under way"
    OUTCOME_UNKNOWN = "outcome_unknown", ExitStatus.GATEWAY, "the job was sent, and nobody knows what came of it"

    INTERRUPTED = "interrupted", ExitStatus.INTERRUPTED, "stopped by Ctrl-C or `q`"
    TERMINATED = "terminated", ExitStatus.TERMINATED, "stopped by SIGTERM"


class CpaImageError(Exception):
    """
    Something a person can act on: one sentence, perhaps a hint, and a code for programs.

    *hint* says what to do next, in a sentence of its own. How both are worded is told at the top of this module.
    *saved_to* is where bytes were kept that came and could not be put where they were wanted. *retry_after_s* is set
    where the same may be tried again after so many seconds, and nothing was sent.
    """

    saved_to: str | None = None
    retry_after_s: float | None = None

    def __init__(self, message: str, *, code: Code, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint

    @property
    def exit_status(self) -> ExitStatus:
        """How the process ends when nobody handles this."""
        return self.code.exit_status


class UsageError(CpaImageError):
    """The command line does not make sense; nothing was sent."""

    def __init__(self, message: str, *, hint: str | None = None, code: Code = Code.USAGE) -> None:
        super().__init__(message, code=code, hint=hint)


class ConfigError(CpaImageError):
    """A setting is missing, malformed or unreadable; nothing was sent."""

    def __init__(self, message: str, *, hint: str | None = None, code: Code = Code.CONFIG_INVALID) -> None:
        super().__init__(message, code=code, hint=hint)


class OutputError(CpaImageError):
    """The picture has nowhere to go; *saved_to* is where it was kept, when there was one already."""

    def __init__(self, message: str, *, code: Code, hint: str | None = None, saved_to: str | None = None) -> None:
        super().__init__(message, code=code, hint=hint)
        self.saved_to = saved_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """
    Any failure of an exchange, in one shape.

    *message* is the gateway's own words, cleaned of control characters and shortened; ours where it said none.
    *status* is the HTTP status, or the one the body names; None when there was none.
    *upstream_code*, *upstream_type* and *param* are as the body spelled them.
    *delay* is the wait the gateway asked for, in seconds; None when it named none.
    *sent* says whether the whole request had left this machine.
    *text* is what a model said instead of a picture, *url* the address that came in its place. *saved_to* is where
    bytes were kept that are no sound one.
    *is_permanent* says that the way to the gateway is wrong in itself, though its code may stand for a passing trouble.
    """

    code: Code
    message: str
    status: int | None = None
    upstream_code: str | None = None
    upstream_type: str | None = None
    param: str | None = None
    delay: float | None = None
    hint: str | None = None
    sent: bool = True
    text: str = ""
    trace_id: str | None = None
    saved_to: str | None = None
    is_permanent: bool = False
    url: str | None = None

    @property
    def may_have_billed(self) -> bool:
        """Whether a picture may have been made, and paid for, though none arrived."""
        return self.sent and self.code in MAY_HAVE_BILLED


MAY_HAVE_BILLED = frozenset(
    {
        Code.CONNECTION_LOST,
        Code.STREAM_BROKEN,
        Code.TIMEOUT,
        Code.GATEWAY_TIMEOUT,
        Code.ANSWER_TOO_LARGE,
        Code.IMAGE_DAMAGED,
        Code.IMAGE_BY_URL,
        Code.TASK_INSTEAD,
        Code.HEADERS_MALFORMED,
        Code.PARTIAL_ONLY,
        Code.INTERRUPTED,
        Code.TERMINATED,
    }
)
"""Failures after which the upstream may have finished the work. Nothing makes the POST idempotent."""


class GatewayError(CpaImageError):
    """An exchange that ended in a `Failure`."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, code=failure.code, hint=failure.hint)
        self.failure = failure
        self.saved_to = failure.saved_to
