"""
A model that does what it is told: it answers agents over loopback, in the two languages they speak, from a plan.

A plan is a list of steps. Each is shown the request that the agent sent and says what the model wants: a tool to be
run, or words that end the turn. Every request is kept, so that a test can see what the agent told its model.
"""

import itertools
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Request = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Use:
    """The model wants the tool *name* run; *namespace* is where Codex keeps the tools of a server."""

    name: str
    arguments: dict[str, Any]
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """The model says *text*, and the turn is over."""

    text: str


Step = Callable[[Request], Use | Say]


def always(wanted: Use | Say) -> Step:
    """Return the step that wants *wanted*, whatever it is shown."""
    return lambda _: wanted


@dataclass(slots=True)
class Model:
    """The model at *url*, which follows *plan* and then says that it is done."""

    plan: Sequence[Step]
    requests: list[Request] = field(default_factory=list)
    url: str = ""
    _server: ThreadingHTTPServer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                self._answer(model.answer(self.path, json.loads(body or b"{}")))

            def do_GET(self) -> None:
                self._answer({"object": "list", "data": [], "models": []})

            def do_HEAD(self) -> None:
                self._answer({})

            def _answer(self, answer: object) -> None:
                streamed = isinstance(answer, str)
                content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
                self.send_response(200)
                self.send_header("content-type", "text/event-stream" if streamed else "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, request: Request) -> object:
        """Return the answer to *request*: a stream, as a text, or an object."""
        if "count_tokens" in path:
            return {"input_tokens": 10}
        with self._lock:
            side = not request.get("tools")
            turn = sum(1 for each in self.requests if each.get("tools"))
            self.requests.append(request)
        wanted = Say("done") if side or turn >= len(self.plan) else self.plan[turn](request)
        if "messages" in path:
            return _of_messages(wanted) if request.get("stream") else _message(wanted)
        return _of_responses(wanted)

    @property
    def told(self) -> str:
        """Everything that the agent told its model, as JSON."""
        return json.dumps(self.requests, ensure_ascii=False)


_NUMBERS = itertools.count(1)


def _stream(events: Sequence[dict[str, Any]]) -> str:
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)


def _of_responses(wanted: Use | Say) -> str:
    number = next(_NUMBERS)
    if isinstance(wanted, Say):
        content = [{"type": "output_text", "text": wanted.text, "annotations": []}]
        item: dict[str, Any] = {"type": "message", "id": f"msg_{number}", "role": "assistant", "content": content}
    else:
        item = {
            "type": "function_call",
            "id": f"fc_{number}",
            "call_id": f"call_{number}",
            "name": wanted.name,
            "arguments": json.dumps(wanted.arguments),
        }
        if wanted.namespace:
            item["namespace"] = wanted.namespace
    item["status"] = "completed"
    response = {"id": f"resp_{number}", "object": "response", "model": "fake", "output": [item], "status": "completed"}
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    return _stream(
        [
            {"type": "response.created", "response": {**response, "output": [], "status": "in_progress"}},
            {"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress"}},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": {**response, "usage": usage}},
        ]
    )


def _block(wanted: Use | Say) -> dict[str, Any]:
    if isinstance(wanted, Say):
        return {"type": "text", "text": wanted.text}
    return {"type": "tool_use", "id": f"toolu_{next(_NUMBERS)}", "name": wanted.name, "input": wanted.arguments}


def _message(wanted: Use | Say) -> dict[str, Any]:
    return {
        "id": f"msg_{next(_NUMBERS)}",
        "type": "message",
        "role": "assistant",
        "model": "claude-fake",
        "content": [_block(wanted)],
        "stop_reason": "end_turn" if isinstance(wanted, Say) else "tool_use",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def _of_messages(wanted: Use | Say) -> str:
    message = _message(wanted)
    [block] = message["content"]
    if isinstance(wanted, Say):
        start, delta = {**block, "text": ""}, {"type": "text_delta", "text": wanted.text}
    else:
        start, delta = (
            {**block, "input": {}},
            {"type": "input_json_delta", "partial_json": json.dumps(wanted.arguments)},
        )
    end = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    return _stream(
        [
            {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}},
            {"type": "content_block_start", "index": 0, "content_block": start},
            {"type": "content_block_delta", "index": 0, "delta": delta},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": end, "usage": {"output_tokens": 1}},
            {"type": "message_stop"},
        ]
    )
