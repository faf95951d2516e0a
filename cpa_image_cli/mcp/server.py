"""
The loop: a line comes in, an answer goes out; calls of tools run beside it, so that it always listens.

It ends when the other side closes, or by a signal. Nothing is lost by that, nor by SIGKILL: what a call waits for is a
job in a process of its own. Tools, what they take and what they answer are decided in ``tools``.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from cpa_image_cli.mcp import messages
from cpa_image_cli.mcp.call import Call, Report
from cpa_image_cli.mcp.messages import Message, Notification, ProtocolError, Request
from cpa_image_cli.mcp.wire import Wire

MOST_CALLS = 64
"""Calls that wait at the same time; more is a client that has lost its head."""

LAST_WORDS = 1.0
"""Seconds that calls have to answer when the other side has closed. Hosts kill two seconds later."""


class Tools(Protocol):
    """What the loop needs of the tools."""

    def listed(self) -> Sequence[Message]:
        """Return every tool as a client is told of it."""

    def find(self, name: object) -> Callable[[Call], Message] | None:
        """Return what runs the tool called *name* and returns its result; None if there is none. It never raises."""


class Server:
    """Answers what comes over *wire* with *tools*; *instructions* are for the model."""

    def __init__(self, wire: Wire, tools: Tools, *, instructions: str) -> None:
        self._wire = wire
        self._tools = tools
        self._instructions = instructions
        self._client = ""
        self._calls: dict[messages.Id, Call] = {}
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def serve(self) -> None:
        """Answer until the other side closes."""
        for line in self._wire.lines():
            try:
                self._take(line)
            except ProtocolError as error:
                self._wire.send(messages.failure(error))
        self._end()

    def _take(self, line: bytes | None) -> None:
        if line is None:
            raise ProtocolError(id=None, code=messages.INVALID_REQUEST, message="the message is too long")
        match messages.read(line):
            case Request() as request:
                self._answer(request)
            case Notification(method="notifications/cancelled", params=params):
                self._give_up(params.get("requestId"))
            case _:
                pass

    def _answer(self, request: Request) -> None:
        match request.method:
            case "initialize":
                self._client = request.client
                self._reply(request, messages.greeting(request, self._instructions))
            case "server/discover":
                self._reply(request, messages.discovery(self._instructions))
            case "tools/list":
                kept = messages.kept() if request.version is not None else {}
                self._reply(request, {"tools": list(self._tools.listed()), **kept})
            case "tools/call":
                self._call(request)
            case "ping":
                self._reply(request, {})
            case method:
                message = f"there is no method {method[:100]!r}"
                raise ProtocolError(id=request.id, code=messages.METHOD_NOT_FOUND, message=message)

    def _reply(self, request: Request, shown: Message) -> None:
        self._wire.send(messages.result(request, shown))

    def _call(self, request: Request) -> None:
        name, arguments = request.params.get("name"), request.params.get("arguments")
        run = self._tools.find(name)
        if run is None or not (arguments is None or isinstance(arguments, dict)):
            message = f"there is no tool {str(name)[:100]!r}" if run is None else "arguments are an object"
            raise ProtocolError(id=request.id, code=messages.INVALID_PARAMS, message=message)
        call = Call(arguments or {}, client=request.client or self._client, report=self._reporter(request))
        self._begin(request, call, run)

    def _begin(self, request: Request, call: Call, run: Callable[[Call], Message]) -> None:
        thread = threading.Thread(target=self._run, args=(request, call, run), daemon=True)
        with self._lock:
            busy = len(self._calls) >= MOST_CALLS
            if not busy and request.id not in self._calls:
                self._calls[request.id] = call
                self._threads.add(thread)
                thread.start()
                return
        message = "too many calls at once" if busy else "this id is in use"
        raise ProtocolError(id=request.id, code=messages.INVALID_REQUEST, message=message)

    def _run(self, request: Request, call: Call, run: Callable[[Call], Message]) -> None:
        shown = run(call)
        with self._lock:
            is_cancelled = self._calls.pop(request.id, None) is None
        if not is_cancelled:
            self._reply(request, shown)
        with self._lock:
            self._threads.discard(threading.current_thread())

    def _give_up(self, identity: object) -> None:
        """Stop waiting for a call that nobody wants the answer of. The job goes on: it may have been paid for."""
        with self._lock:
            call = self._calls.pop(identity, None) if isinstance(identity, str | int) else None
        if call is not None:
            call.give_up()

    def _reporter(self, request: Request) -> Report | None:
        token = request.progress_token
        if token is None:
            return None

        def report(elapsed: float, expected: float | None, words: str) -> None:
            self._wire.send(messages.progress(token, done=round(elapsed, 1), total=expected, message=words))

        return report

    def _end(self) -> None:
        with self._lock:
            calls, threads = list(self._calls.values()), list(self._threads)
        for call in calls:
            call.give_up()
        for thread in threads:
            thread.join(LAST_WORDS)
