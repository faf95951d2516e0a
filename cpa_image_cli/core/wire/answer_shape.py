"""
Tells by its first bytes what an answer is, whatever was asked for or announced.

Gateways answer in JSON though a stream was asked for and the reverse, send events as ``application/json``, and put
blank lines before anything to keep the connection alive. To learn a further beginning, add it here.
"""

import re
from enum import Enum

MAX_ANSWER = 512 * 1024 * 1024
"""Bytes of one answer, pictures included, after which a server is called a runaway."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Shape(Enum):
    """What an answer turned out to be."""

    UNKNOWN = "nothing but white space"
    SSE = "an event stream"
    JSON = "JSON"
    HTML = "HTML"
    TEXT = "text"


_BLANKS = re.compile(rb"\A(?:\s+|%b)+" % BYTE_ORDER_MARK)

_SIGNS_OF_SSE = (b"data:", b"event:", b"id:", b"retry:")
"""How an event stream may begin, beside a comment."""


def beginning(text: bytes) -> bytes:
    """Return *text* without the blanks and byte order marks it begins with, in whatever order they came."""
    return _BLANKS.sub(b"", text)


def shape_of(start: bytes) -> Shape:
    """Return what an answer is whose `beginning` is *start*; unknown while that may be a part of something."""
    if any(sign.startswith(start) for sign in (*_SIGNS_OF_SSE, BYTE_ORDER_MARK)):
        return Shape.UNKNOWN
    if start[:1] in b"{[":
        return Shape.JSON
    if start[:1] == b"<":
        return Shape.HTML
    return Shape.SSE if start.startswith((b":", *_SIGNS_OF_SSE)) else Shape.TEXT
