"""
Decides which of the reported figures are the picture's and which the text model's.

A Responses answer counts the text model under ``usage`` and the picture model under ``tool_usage.image_gen``; an answer
in the shape of the Images API counts the picture model under ``usage`` (OpenAI's reference for both). Absent is not
zero, and all zeros is how a tool is counted that was not used: both are "not reported".
"""

from collections.abc import Mapping

Usage = Mapping[str, object]

_COUNTS = ("total_tokens", "input_tokens", "output_tokens")


def image_usage(usage: Usage | None) -> Usage | None:
    """Return what the picture model was reported to have used; None if nothing was."""
    tools = (usage or {}).get("tool_usage")
    reported = tools.get("image_gen") if isinstance(tools, Mapping) else None
    if isinstance(reported, Mapping) and _says_something(reported):
        return reported
    return usage if usage is not None and _is_of_images_api(usage) else None


def text_usage(usage: Usage | None) -> Usage | None:
    """Return what the text model was reported to have used; None if nothing was."""
    if usage is None or _is_of_images_api(usage):
        return None
    own = {name: value for name, value in usage.items() if name != "tool_usage"}
    return own if _says_something(own) else None


def usage_object(usage: Usage | None) -> dict[str, object] | None:
    """Return *usage* as programs get it: as it was reported, and in two parts, each None where nothing was said."""
    if usage is None:
        return None
    return {**usage, "image": image_usage(usage), "text": text_usage(usage)}


def tokens(part: Usage | None, name: str) -> int | None:
    """Return the count called *name*, such as ``output_tokens``, of one part; None if it was not reported."""
    value = (part or {}).get(name)
    return int(value) if isinstance(value, int | float) else None


def detail(part: Usage | None, group: str, name: str) -> int | None:
    """Return a count in the details called *group*, such as ``input_tokens_details``."""
    found = (part or {}).get(group)
    return tokens(found, name) if isinstance(found, Mapping) else None


def all_tokens(usage: Usage | None) -> int:
    """Return how many tokens were reported in all, of both models."""
    return sum(_total(part) for part in (image_usage(usage), text_usage(usage)))


def _total(part: Usage | None) -> int:
    return tokens(part, "total_tokens") or (tokens(part, "input_tokens") or 0) + (tokens(part, "output_tokens") or 0)


def _says_something(part: Usage) -> bool:
    return any(tokens(part, name) for name in _COUNTS)


def _is_of_images_api(usage: Usage) -> bool:
    """Whether the picture model itself is counted: only its output has tokens that are a picture."""
    return "tool_usage" not in usage and bool(detail(usage, "output_tokens_details", "image_tokens"))
