"""
Decides what leaves the gateway for one `Reply`: a status, headers, and steps.

Nothing here touches a socket or a clock; the steps are carried out in ``connection``.
"""

import json
from dataclasses import replace
from email.utils import formatdate
from typing import assert_never

from cpa_image_cli.sandbox.answers.composing import compose
from cpa_image_cli.sandbox.answers.foreign import foreign
from cpa_image_cli.sandbox.answers.json_answer import json_answer
from cpa_image_cli.sandbox.answers.packing import packed
from cpa_image_cli.sandbox.answers.response_events import Story
from cpa_image_cli.sandbox.answers.sse_answer import failing_stream, sse_answer
from cpa_image_cli.sandbox.answers.steps import Exchange, Send
from cpa_image_cli.sandbox.language.replies import Answer, Foreign, HttpError, Reply, Shape, StreamError
from cpa_image_cli.sandbox.language.request import ImageRequest

JSON_TYPE = "application/json"
SSE_TYPE = "text/event-stream"


def play(reply: Reply, asked: ImageRequest, *, number: int, created_at: int) -> Exchange:
    """Return how *reply* is given to *asked*, the *number*-th request (from 1), at *created_at* (Unix seconds)."""
    match reply:
        case HttpError():
            is_other = asked.stream and reply.streamed_body is not None
            return refuse(replace(reply, body=reply.streamed_body) if is_other else reply, now=created_at)
        case StreamError():
            if asked.stream:
                return _stream_error(reply, asked, number, created_at)
            return refuse(reply.otherwise, now=created_at)
        case Foreign():
            return foreign(reply, asked)
        case Answer():
            return _answer(reply, compose(reply, asked, number=number, created_at=created_at))
        case _:
            assert_never(reply)


def refuse(error: HttpError, *, now: float = 0.0) -> Exchange:
    """Return the whole answer that *error* is; *now* (Unix seconds) is what a date in it is counted from."""
    body = error.body if isinstance(error.body, bytes) else json.dumps(error.body, ensure_ascii=False).encode()
    headers = {"Content-Type": error.content_type} if body else {}
    if error.retry_in is not None:
        headers["Retry-After"] = formatdate(now + error.retry_in, usegmt=True)
    steps = [Send([error.leading + body])] if error.leading or body else []
    return Exchange(
        status=error.status, headers={**headers, **error.headers}, steps=steps, length=len(error.leading) + len(body)
    )


def _stream_error(reply: StreamError, asked: ImageRequest, number: int, created_at: int) -> Exchange:
    story = compose(Answer(images=0, tools=reply.tools), asked, number=number, created_at=created_at)
    return Exchange(status=200, headers={"Content-Type": SSE_TYPE}, steps=failing_stream(reply.event, story))


def _answer(answer: Answer, story: Story) -> Exchange:
    streamed = answer.shape is Shape.SSE or (answer.shape is Shape.AS_ASKED and story.asked.stream)
    headers = {"Content-Type": answer.content_type or (SSE_TYPE if streamed else JSON_TYPE)}
    length, steps = (None, sse_answer(answer, story)) if streamed else json_answer(answer, story)
    coding = answer.packed if answer.announced is None else answer.announced
    if coding:
        headers["Content-Encoding"] = coding
    if answer.packed:
        length, steps = None, packed(steps, answer.packed)
    return Exchange(
        status=200, headers={**headers, **answer.headers}, steps=steps, length=length, trickle=answer.trickle
    )
