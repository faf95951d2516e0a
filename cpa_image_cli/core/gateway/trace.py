"""Decides by what the gateway's operator can find an exchange. To know another header, add it to `TRACE_HEADERS`."""

from collections.abc import Mapping

from cpa_image_cli.core.text import one_line

TRACE_HEADERS = ("x-cpa-trace-id", "x-request-id", "cf-ray")
"""Headers by which an operator finds a request in a log, the most telling first."""

_MAX_TRACE = 128


def trace_id(headers: Mapping[str, str]) -> str | None:
    """Return what the gateway's operator can find an exchange by; names in *headers* may be in any case."""
    lowered = {name.lower(): value for name, value in headers.items()}
    named = (one_line(lowered.get(name, ""), limit=_MAX_TRACE) for name in TRACE_HEADERS)
    return next(filter(None, named), None)
