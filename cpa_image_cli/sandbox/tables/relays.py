"""
What relays make of answers: pictures and errors in other places, other languages and other wrappings than they had.

A picture must be found at the first attempt, and a cause however it is wrapped; what stands in place of a picture and
may become one elsewhere, an address or a task, must not be bought again.
"""

import json

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.payload import Spelling
from cpa_image_cli.sandbox.language.replies import Answer, Drawing, Foreign, Glued, HttpError, JsonObject, Nested, Shape
from cpa_image_cli.sandbox.language.scenario import Scenario, error, refused, shown, then_ok

DRAWN = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": Drawing.PICTURE}
SSE = "text/event-stream"
DATA_URL = Glued(("data:image/png;base64,", Drawing.PICTURE))
CALL = {"type": "image_generation_call", "id": "ig_1", "status": "completed"}
REFUSAL = "I can't draw that: pictures of real people like this are against our content policy."
TASK = {"status": "submitted", "task_id": "task_7"}
ADDRESS = "https://pictures.example/squirrel.png?sig=abc"
LIMIT = {"error": {"code": "rate_limit_exceeded", "message": "Rate limit reached. Please try again in 1s."}}
BLOCKED = {"error": {"code": "moderation_blocked", "message": "Your request was rejected by the safety system."}}
CREATED = b'data: {"type":"response.created","response":{"id":"resp_1","status":"in_progress","output":[]}}\n\n'
WORDS = b"Rate limit reached, try again in 1s"
_LIMIT = json.dumps(LIMIT).encode()


def _response(*output: JsonObject, status: str = "completed") -> JsonObject:
    return {"id": "resp_1", "object": "response", "status": status, "error": None, "output": list(output)}


def _message(*content: JsonObject) -> JsonObject:
    return {"type": "message", "role": "assistant", "content": list(content)}


def _said(text: object) -> JsonObject:
    return _message({"type": "output_text", "text": text})


def _instead(name: str, summary: str, body: object, code: Code, *, status: int = 200) -> Scenario:
    return refused(name, summary, Foreign(parts=(body,), status=status), code)


def _elsewhere(name: str, summary: str, body: object) -> Scenario:
    return Scenario(name=name, summary=summary, script=(Foreign(parts=(body,)),))


def _framed(name: str, summary: str, *pieces: bytes) -> Scenario:
    reply = HttpError(status=200, body=b"".join(pieces), content_type=SSE)
    return then_ok(name, summary, reply, wait=1.0)


ELSEWHERE = (
    _elsewhere(
        "images-api-shape",
        "the picture as the Images API has it",
        {"created": 1, "data": [{"b64_json": Drawing.PICTURE}]},
    ),
    _elsewhere(
        "output-image",
        "the picture is a data: URL in a message",
        _response(_message({"type": "output_image", "image_url": DATA_URL})),
    ),
    _elsewhere(
        "image-url-object",
        "the same, as an object with a url",
        _response(_message({"type": "image_url", "image_url": {"url": DATA_URL}})),
    ),
    _elsewhere(
        "markdown-picture",
        "the picture is in the model's words, as Markdown",
        _response(_said(Glued(("Here it is: ![squirrel](data:image/png;base64,", Drawing.PICTURE, ") Enjoy!")))),
    ),
    _elsewhere(
        "chat-images",
        "a chat completion whose message has the picture",
        {
            "object": "chat.completion",
            "choices": [
                {"message": {"content": "", "images": [{"type": "image_url", "image_url": {"url": DATA_URL}}]}}
            ],
        },
    ),
    _elsewhere("result-list", "the result is a list", _response({**CALL, "result": [Drawing.PICTURE]})),
    _elsewhere("result-object", "the result is an object", _response({**CALL, "result": {"data": Drawing.PICTURE}})),
    _elsewhere("b64-json-call", "the call has b64_json for result", _response({**CALL, "b64_json": Drawing.PICTURE})),
    _elsewhere(
        "json-in-a-string",
        "the answer is JSON in a JSON string",
        {"data": Nested(_response(DRAWN))},
    ),
    _elsewhere(
        "status-and-body",
        "an envelope with a status and a body, which is JSON in a string",
        {"statusCode": 200, "body": Nested({"response": Nested(_response(DRAWN))})},
    ),
    Scenario(
        name="comment-then-picture",
        summary="comments, and then plain JSON with the picture",
        script=(Foreign(parts=(b": PING\n\n: PING\n\n", _response(DRAWN)), content_type=SSE),),
    ),
    Scenario(
        name="events-run-together",
        summary="data lines without blank lines between them",
        script=(
            Foreign(
                parts=(
                    *(
                        CREATED.strip(),
                        b"\ndata: ",
                        {"type": "response.output_item.done", "item": DRAWN},
                    ),
                    *(b"\ndata: ", {"type": "response.completed", "response": _response()}, b"\ndata: [DONE]\n"),
                ),
                content_type=SSE,
            ),
        ),
    ),
    _elsewhere(
        "preview-beside-the-picture",
        "a preview under the picture's key comes first",
        {"data": [{"partial_image_index": 0, "b64_json": Drawing.FRAME}, {"b64_json": Drawing.PICTURE}]},
    ),
    refused(
        "preview-elsewhere",
        "a preview under the picture's key, and nothing else",
        Foreign(parts=({"data": [{"partial_image_index": 0, "b64_json": Drawing.FRAME}]},)),
        Code.PARTIAL_ONLY,
    ),
    shown("url-safe-base64", "base64 with - for + and _ for /", Answer(spelling=Spelling.URL_SAFE)),
)

CODINGS = (
    shown("gzip-in-name-only", "a header says gzip, the body is not compressed", Answer(announced="gzip")),
    shown("br-in-name-only", "a header says br, the body is not compressed", Answer(announced="br")),
    shown("zstd-in-name-only", "a header says zstd, the body is not compressed", Answer(announced="zstd")),
    shown("deflate-in-name-only", "a header says deflate, the body is not compressed", Answer(announced="deflate")),
    shown("codings-in-name-only", "a header says gzip, br, the body is neither", Answer(announced="gzip, br")),
    shown("gzip-unannounced", "compressed, and no header says so", Answer(packed="gzip", announced="")),
    shown("br", "compressed as br, though nobody asked for that", Answer(packed="br")),
    shown("zstd", "compressed as zstd, though nobody asked for that", Answer(packed="zstd")),
)

FRAMING = (
    _framed("comment-then-error", "a comment, and then an error in plain JSON", b": PING\n\n", _LIMIT),
    _framed("json-line-in-stream", "an error as a bare line within a stream", CREATED, _LIMIT, b"\n\n"),
    _framed("error-field", "an error as a field of the stream", CREATED, b"error: ", _LIMIT, b"\n\n"),
    _framed("data-data", "an error framed twice over", CREATED, b"data: data: ", _LIMIT, b"\n\n"),
    _framed(
        "data-error-words",
        "an error in words, as data",
        CREATED,
        b"data: error: Rate limit reached, try again in 1s\n\n",
    ),
    _framed(
        "errors-run-together", "an error with no blank line before it", CREATED.strip(), b"\ndata: ", _LIMIT, b"\n"
    ),
    _framed("json-twice", "the same error twice, one after the other", _LIMIT, _LIMIT),
    _framed("json-then-done", "an error in plain JSON, and then [DONE]", _LIMIT, b"\n\ndata: [DONE]\n\n"),
    _framed(
        "event-cut-then-error",
        "an event is cut off by the event of an error",
        b'data: {"type":"response.output_item.done","item":{"type":"image_generation_call","result":"iVBOR\n',
        b"data: " + json.dumps({"type": "error", **LIMIT}).encode() + b"\n\n",
    ),
    _framed(
        "event-error-words",
        "an event called error, in words",
        CREATED,
        b"event: error\ndata: Rate limit reached, try again in 1s\n\n",
    ),
    refused(
        "comment-then-refusal",
        "comments, and then plain JSON in which the model declines",
        Foreign(parts=(b": PING\n\n", _response(_said(REFUSAL))), content_type=SSE),
        Code.REFUSED,
    ),
    refused(
        "words-in-stream",
        "a stream that ends in words nobody can read",
        HttpError(status=200, body=CREATED + b"data: worker 7 went away\n\n", content_type=SSE),
        Code.STREAM_BROKEN,
    ),
)

CAUSES = (
    refused(
        "cause-in-metadata",
        "400 of a relay; the cause is JSON in its metadata",
        error(400, "Provider returned error", code=400, more={"metadata": {"raw": json.dumps(BLOCKED)}}),
        Code.MODERATION,
    ),
    refused(
        "cause-in-body",
        "200 with a status and a body, in which the cause is",
        HttpError(
            status=200, body={"statusCode": 400, "body": json.dumps({"upstream": {"detail": json.dumps(BLOCKED)}})}
        ),
        Code.MODERATION,
    ),
    refused(
        "not-understood",
        "200 with JSON that nobody understands",
        HttpError(status=200, body={"ok": False, "why": [7]}),
        Code.UNEXPECTED_ANSWER,
    ),
)

INSTEAD = (
    _instead("url-in-call", "the call has a url for result", _response({**CALL, "url": ADDRESS}), Code.IMAGE_BY_URL),
    _instead("url-in-data", "a url, as the Images API has it", {"data": [{"url": ADDRESS}]}, Code.IMAGE_BY_URL),
    _instead(
        "url-in-words",
        "an address in the model's words, as Markdown",
        _response(_said(f"Here: ![squirrel]({ADDRESS})")),
        Code.IMAGE_BY_URL,
    ),
    _instead("still-queued", "a response that is queued", _response(status="queued"), Code.TASK_INSTEAD),
    _instead("still-in-progress", "one that is in progress", _response(status="in_progress"), Code.TASK_INSTEAD),
    _instead("task-submitted", "a task in place of an answer", TASK, Code.TASK_INSTEAD),
    _instead("task-in-data", "a task, wrapped", {"code": 200, "data": [TASK]}, Code.TASK_INSTEAD),
    _instead("accepted", "202, and where to ask", {"poll_url": "/v1/tasks/7"}, Code.TASK_INSTEAD, status=202),
)

HEADERS = (
    refused(
        "framing-header-twice",
        "Transfer-Encoding comes twice",
        Answer(shape=Shape.SSE, headers={"Transfer-Encoding": "chunked"}),
        Code.HEADERS_MALFORMED,
    ),
    refused(
        "space-in-a-header",
        "a header's name has a space in it",
        Answer(headers={"X Relay": "1"}),
        Code.HEADERS_MALFORMED,
    ),
)

RELAYS = (*ELSEWHERE, *CODINGS, *FRAMING, *CAUSES, *INSTEAD, *HEADERS)
