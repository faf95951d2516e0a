"""A client's side of the protocol, in process: lines to a server and what it answers."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cpa_image_cli.core.errors import Code, CpaImageError
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.mcp.inputs import Snapshots
from cpa_image_cli.mcp.messages import MODERN
from cpa_image_cli.mcp.server import Server
from cpa_image_cli.mcp.studio import Begun, Ended, Running, Shown
from cpa_image_cli.mcp.tools import Toolbox
from cpa_image_cli.mcp.wire import Wire

RESULT = Outcome(model="gpt-5.4", requested={}, attempts=1, elapsed_s=41.0, output=Path("/pictures/squirrel.png"))
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": {"name": "claude-code", "version": "2"},
    "io.modelcontextprotocol/clientCapabilities": {},
}

Answer = dict[str, Any]


@dataclass(slots=True)
class Drawn:
    """A studio where nothing is drawn: a job is over after *looks* looks. It remembers what was ordered."""

    folder: Path
    looks: int = 0
    orders: list[Order] = field(default_factory=list)
    fails_with: Exception | None = None
    at_look: Callable[[], object] = lambda: None

    @property
    def roots(self) -> Sequence[Path]:
        return (self.folder,)

    def begin(self, order: Order) -> Begun:
        if self.fails_with is not None:
            raise self.fails_with
        self.orders.append(order)
        return Begun(job="1sbp1z0q")

    def standing(self, job: str) -> Running | Ended:
        self.at_look()
        if self.looks > 0:
            self.looks -= 1
            return Running(job=job, elapsed_s=12.34, expected_s=40.0)
        return Ended(result=dict(replace(RESULT, id=job).as_json()))

    def picture(self, job: str) -> Path:
        return self.folder / f"{job}.png"

    def earlier(self, *, limit: int, search: str | None) -> Shown:
        del limit, search
        return {"schema": "cpa-image/history/1", "runs": []}

    def settings(self) -> Shown:
        return {
            "schema": "cpa-image/agent-settings/1",
            "folders": [str(self.folder)],
            "gateway": None,
            "model": None,
            "defaults": {},
            "known": {},
            "expected_s": None,
            "problems": [],
        }


@dataclass(slots=True)
class Clock:
    """A clock that goes on by *step* seconds whenever somebody looks at it."""

    step: float = 10.0
    moment: float = 0.0

    def __call__(self) -> float:
        self.moment += self.step
        return self.moment


def server_of(studio: Drawn, reads: Any, writes: Any, clock: Callable[[], float]) -> Server:  # noqa: ANN401 - pipes
    tools = Toolbox(
        studio,
        snapshots=Snapshots(studio.folder.parent / "inputs"),
        clock=clock,
        as_error=lambda bug: CpaImageError(f"a bug in this program: {type(bug).__name__}", code=Code.INTERNAL),
    )
    return Server(Wire(reads, writes), tools, instructions="Rules.")


def said_to(studio: Drawn, *lines: object, clock: Callable[[], float] | None = None) -> list[Answer]:
    """Return what a server in *studio* answers to *lines*, which are bytes or become JSON."""
    coded = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    writes = io.BytesIO()
    server_of(studio, io.BytesIO(coded), writes, clock or Clock()).serve()
    return [json.loads(line) for line in writes.getvalue().splitlines()]


def request(method: str, params: Mapping[str, object] | None = None, *, id: object = 1, modern: bool = False) -> Answer:  # noqa: A002 - the protocol's word
    """Return a request in one of the two eras."""
    told = {**(params or {}), **({"_meta": META} if modern else {})}
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": told}


def call(tool: str, *, id: object = 1, modern: bool = False, **arguments: object) -> Answer:  # noqa: A002 - as above
    """Return a call of *tool*."""
    return request("tools/call", {"name": tool, "arguments": arguments}, id=id, modern=modern)


def called(studio: Drawn, tool: str, *, clock: Callable[[], float] | None = None, **arguments: object) -> Answer:
    """Return the result of calling *tool*."""
    [answer] = said_to(studio, call(tool, **arguments), clock=clock)
    result: Answer = answer["result"]
    return result
