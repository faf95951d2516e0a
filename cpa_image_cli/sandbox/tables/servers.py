"""Errors for which the gateway, its upstream or a proxy is to blame: some may be repeated, some may have cost money."""

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.replies import HttpError, StreamError
from cpa_image_cli.sandbox.language.scenario import Expected, error, page, refused, repeated, then_ok

SERVER_ERROR = "An error occurred while processing your request. You can retry your request, or contact us."


def _failing(code: Code) -> Expected:
    return Expected(code=code, posts=3, waits=(2.0, 4.0))


SERVERS = (
    then_ok(
        "server-error-then-ok",
        "500 once",
        error(500, SERVER_ERROR, code="server_error", kind="server_error"),
        wait=2.0,
    ),
    repeated(
        "server-error",
        "500 every time",
        error(500, SERVER_ERROR, code="server_error", kind="server_error"),
        _failing(Code.SERVER_ERROR),
    ),
    repeated(
        "server-error-in-stream",
        "streamed: an error event every time",
        StreamError(
            event={
                "type": "error",
                "code": "server_error",
                "message": SERVER_ERROR,
                "param": None,
                "sequence_number": 7,
            },
            otherwise=error(500, SERVER_ERROR, kind="server_error"),
        ),
        _failing(Code.SERVER_ERROR),
    ),
    repeated("server-error-empty", "500 without a body", HttpError(status=500), _failing(Code.SERVER_ERROR)),
    repeated(
        "blank-lines-then-error",
        "200, blank lines, and then an error",
        HttpError(
            status=200,
            leading=b"\n\n\n",
            body={"error": {"message": SERVER_ERROR, "type": "server_error", "code": "server_error"}},
        ),
        _failing(Code.SERVER_ERROR),
    ),
    repeated(
        "error-in-a-list",
        "200 whose body is a list that holds an error",
        HttpError(
            status=200,
            body=[{"error": {"message": SERVER_ERROR, "type": "server_error", "code": "internal_server_error"}}],
        ),
        _failing(Code.SERVER_ERROR),
    ),
    repeated(
        "upstream-error",
        "502: the gateway could not pass it on",
        error(502, "Failed to forward Codex image request", kind="upstream_error"),
        _failing(Code.SERVER_ERROR),
    ),
    repeated(
        "overloaded", "529: overloaded", error(529, "Overloaded", kind="overloaded_error"), _failing(Code.OVERLOADED)
    ),
    repeated(
        "overloaded-503",
        "503: overloaded, in other words",
        error(503, "Our servers are currently overloaded.", code="server_is_overloaded", kind="service_unavailable"),
        _failing(Code.OVERLOADED),
    ),
    repeated(
        "overloaded-502",
        "502: the same",
        error(502, "The server is overloaded or not ready yet.", code="server_is_overloaded", kind="server_error"),
        _failing(Code.OVERLOADED),
    ),
    repeated(
        "at-capacity",
        "429 that is no rate limit: the model is at capacity",
        error(429, "Selected model is at capacity. Please try a different model.", kind=None),
        _failing(Code.OVERLOADED),
    ),
    repeated("html-502", "502: a proxy's page", page(502, "502 Bad Gateway"), _failing(Code.SERVER_ERROR)),
    repeated(
        "html-520",
        "520: a proxy's page",
        page(520, "gateway.example | 520: Web server is returning an unknown error"),
        _failing(Code.SERVER_ERROR),
    ),
    repeated(
        "html-522",
        "522: a proxy's page",
        page(522, "gateway.example | 522: Connection timed out"),
        _failing(Code.SERVER_ERROR),
    ),
    repeated(
        "html-in-json",
        "502: a page inside the message of an error",
        error(502, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", kind="server_error"),
        _failing(Code.SERVER_ERROR),
    ),
    refused(
        "html-524",
        "524: a proxy gave up waiting",
        page(524, "gateway.example | 524: A timeout occurred"),
        Code.GATEWAY_TIMEOUT,
    ),
    refused("html-504", "504: a proxy gave up waiting", page(504, "504 Gateway Time-out"), Code.GATEWAY_TIMEOUT),
    refused(
        "stream-disconnected",
        "408: the gateway lost its upstream in the middle",
        error(408, "stream error: stream disconnected before completion: stream closed before response.completed"),
        Code.STREAM_BROKEN,
    ),
    refused(
        "upstream-closed",
        "502: the upstream stopped before its end",
        error(
            502,
            "upstream stream closed before a terminal event (last event: response.in_progress)",
            kind="server_error",
        ),
        Code.STREAM_BROKEN,
    ),
    refused(
        "html-200", "a web page where the answer should be", page(200, "Welcome to nginx!"), Code.UNEXPECTED_ANSWER
    ),
    refused(
        "garbage",
        "bytes that mean nothing",
        HttpError(status=200, body=bytes(range(256)) * 64, content_type="application/octet-stream"),
        Code.UNEXPECTED_ANSWER,
    ),
)
