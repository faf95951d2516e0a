"""
Decides whether a request with pictures failed for its size, in whatever form that is said, and tells it as that.

Fronts answer 413 as a page, as JSON or not at all; a relay calls it a context that is too large, some routers a path
that is not there, and others drop the connection. None of them names the size, and to be told that the prompt is too
long helps nobody who sent pictures.
"""

from dataclasses import replace
from http import HTTPStatus

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.text import one_line

SMALL = 100_000
"""Bytes that everybody takes; less than this is never blamed."""

_SAYINGS = ("too large", "toolarge", "max bytes", "maximum allowed size")
_CODES = frozenset({"context_too_large", "requestentitytoolarge", "badrequest.toolarge"})

CERTAIN = (
    "Send fewer pictures, or smaller ones with `--max-edge 1536`: it is too large for the gateway, or for something "
    "before it."
)
LIKELY = (
    "Try fewer pictures, or smaller ones with `--max-edge 1536`: it may be too large for the gateway, or for something "
    "before it."
)


def told_by_size(failure: Failure, *, size: int, uploaded: int) -> Failure:
    """
    Return *failure* with the *size* of the request, if that is what it may be about; else as it is.

    *size* is in bytes, and *uploaded* of them had left.
    """
    if size < SMALL:
        return failure
    certain = _is_about_size(failure)
    if not certain and not _may_be_about_size(failure, uploaded):
        return failure
    message = one_line(f"the request was {size / 1e6:.1f} MB; {failure.message}")
    return replace(failure, message=message, hint=CERTAIN if certain else LIKELY)


def _is_about_size(failure: Failure) -> bool:
    if failure.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return True
    if failure.code is not Code.BAD_REQUEST:
        return False
    said = failure.message.lower()
    return (failure.upstream_code or "").lower() in _CODES or any(saying in said for saying in _SAYINGS)


def _may_be_about_size(failure: Failure, uploaded: int) -> bool:
    if failure.code is Code.ENDPOINT_NOT_FOUND or failure.status == HTTPStatus.BAD_GATEWAY:
        return True
    broke = failure.code in {Code.CONNECTION_FAILED, Code.CONNECTION_LOST}
    return broke and uploaded > 0
