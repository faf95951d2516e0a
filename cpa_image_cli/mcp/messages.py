"""
Decides what a line of the protocol means, and how answers look in each of its two eras.

Until 2025-11-25 a client shakes hands (``initialize``), and answers are bare. Since 2026-07-28 there is no handshake:
each request names its version, every result its type. Which era a request is of stands in the request; a server that
keeps no state can answer both on one connection.
"""

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any, TypeGuard

from cpa_image_cli import __version__
from cpa_image_cli.core.dataclass import dataclass

MODERN = "2026-07-28"
HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
SUPPORTED = (*HANDSHAKE, MODERN)

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
UNSUPPORTED_VERSION = -32022

_META = "io.modelcontextprotocol/"
_IMPLEMENTATION = {"name": "cpa-image", "title": "cpa-image", "version": __version__}
_CAPABILITIES: Mapping[str, object] = {"tools": {}}

FRESH_FOR = 3_600_000
"""Milliseconds for which a list may be kept: it changes with the program's version only."""

Id = str | int
Params = Mapping[str, Any]
Message = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Something that wants an answer. *version* is that of the era without a handshake; None in the other one."""

    id: Id
    method: str
    params: Params = field(default_factory=dict)
    version: str | None = None

    @property
    def client(self) -> str:
        """What the client calls itself; empty where it does not say."""
        told = _member(self._meta, f"{_META}clientInfo") or _member(self.params, "clientInfo")
        name = told.get("name")
        return name if isinstance(name, str) else ""

    @property
    def progress_token(self) -> Id | None:
        """What progress is to be reported under; None if nobody wants to hear of it."""
        token = self._meta.get("progressToken")
        return token if _is_id(token) else None

    @property
    def _meta(self) -> Params:
        return _member(self.params, "_meta")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Something that wants none."""

    method: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolError(Exception):
    """What cannot be answered, in the protocol's own terms; *id* is None where the request's cannot be made out."""

    id: Id | None
    code: int
    message: str
    data: object = None


def read(line: bytes) -> Request | Notification | None:
    """
    Return what *line* says; None for what wants nothing of a server.

    Raises: ProtocolError for what is no message, and for a version that is not spoken here.
    """
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise ProtocolError(id=None, code=PARSE_ERROR, message="not a line of JSON") from None
    if not isinstance(said, dict):
        raise ProtocolError(id=None, code=INVALID_REQUEST, message="not one message")
    method, identity, params = said.get("method"), said.get("id"), said.get("params")
    if method is None and ("result" in said or "error" in said):
        return None
    if not isinstance(method, str) or not (params is None or isinstance(params, dict)):
        known = identity if _is_id(identity) else None
        raise ProtocolError(id=known, code=INVALID_REQUEST, message="no method, or parameters that are no object")
    params = params or {}
    if "id" not in said:
        return Notification(method=method, params=params)
    if not _is_id(identity):
        raise ProtocolError(id=None, code=INVALID_REQUEST, message="an id is a text or a whole number")
    return Request(id=identity, method=method, params=params, version=_version(identity, params))


def result(request: Request, shown: Message) -> Message:
    """Return the answer to *request* that holds *shown*."""
    if request.version is not None:
        shown = {"resultType": "complete", **shown, "_meta": {f"{_META}serverInfo": _IMPLEMENTATION}}
    return {"jsonrpc": "2.0", "id": request.id, "result": shown}


def failure(error: ProtocolError) -> Message:
    """Return the answer that tells of *error*."""
    told: Message = {"code": error.code, "message": error.message}
    if error.data is not None:
        told["data"] = error.data
    return {"jsonrpc": "2.0", "id": error.id, "error": told}


def greeting(request: Request, instructions: str) -> Message:
    """Return what answers ``initialize``: the version that was asked for, or the last one with a handshake."""
    asked = request.params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in HANDSHAKE else HANDSHAKE[-1],
        "capabilities": _CAPABILITIES,
        "serverInfo": _IMPLEMENTATION,
        "instructions": instructions,
    }


def discovery(instructions: str) -> Message:
    """Return what answers ``server/discover``."""
    return {
        "supportedVersions": list(SUPPORTED),
        "capabilities": _CAPABILITIES,
        "instructions": instructions,
        **kept(),
    }


def kept() -> Message:
    """Return how long a client may keep a list, which is the same for everybody."""
    return {"ttlMs": FRESH_FOR, "cacheScope": "public"}


def progress(token: Id, *, done: float, total: float | None, message: str) -> Message:
    """Return the notification that a call is under way."""
    params: Message = {"progressToken": token, "progress": done, "message": message}
    if total is not None:
        params["total"] = total
    return {"jsonrpc": "2.0", "method": "notifications/progress", "params": params}


def _version(identity: Id, params: Params) -> str | None:
    version = _member(params, "_meta").get(f"{_META}protocolVersion")
    if version is None:
        return None
    if version != MODERN:
        data = {"supported": list(SUPPORTED), "requested": str(version)}
        raise ProtocolError(id=identity, code=UNSUPPORTED_VERSION, message="unsupported version", data=data)
    return MODERN


def _member(params: Params, name: str) -> Params:
    value = params.get(name)
    return value if isinstance(value, dict) else {}


def _is_id(value: object) -> TypeGuard[Id]:
    return isinstance(value, str | int) and not isinstance(value, bool)
