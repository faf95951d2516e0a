"""
Every parameter of a picture, once.

To add one, add a field to `ImageOptions`: the flag, its help and completion, the config key, the request body
and the history row follow from it. Values are free strings, because gateways learn new ones before we do; a
field's *check* refuses only what no gateway could understand.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Annotated, get_args, get_type_hints

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError

Check = Callable[[str], str | None]
"""Returns what is wrong with a value, or None."""


def _check_size(value: str) -> str | None:
    if value == "auto" or re.fullmatch(r"[1-9]\d{0,4}x[1-9]\d{0,4}", value):
        return None
    return "expected WIDTHxHEIGHT, such as 1024x1536, or auto"


def _whole_number(lowest: int, highest: int) -> Check:
    def check(value: str) -> str | None:
        if re.fullmatch(r"\d{1,6}", value) and lowest <= int(value) <= highest:
            return None
        return f"expected a whole number from {lowest} to {highest}"

    return check


def _check_word(value: str) -> str | None:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}", value):
        return None
    return "expected one word of letters, digits, dots and dashes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """How a person gives one parameter, and how it is called on the wire."""

    name: str
    help: str
    wire: str
    metavar: str = "TEXT"
    known: tuple[str, ...] = ()
    check: Check = _check_word
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOptions:
    """
    What is asked of the image tool. None means "let the gateway decide", and is not sent.

    Sources: the ``image_generation`` tool's parameters as the official SDK types them. *output_format* is
    always sent, as the reference request does.
    """

    output_format: str = "png"
    size: Annotated[
        str | None,
        Flag(
            name="--size",
            wire="size",
            metavar="WIDTHxHEIGHT",
            help="Size in pixels, such as 1024x1536, or auto. Gateways may deliver another.",
            known=(
                "auto",
                "1024x1024",
                "1024x1536",
                "1536x1024",
                "2048x2048",
                "2048x1152",
                "3840x2160",
                "2160x3840",
            ),
            check=_check_size,
        ),
    ] = None
    quality: Annotated[
        str | None,
        Flag(
            name="--quality",
            wire="quality",
            help="Rendering effort.",
            known=("auto", "low", "medium", "high", "xhigh", "max"),
        ),
    ] = None
    complexity: Annotated[
        str | None,
        Flag(
            name="--complexity",
            wire="complexity",
            help="How much is planned before drawing, whatever reasoning the request asks for.",
            known=("low", "medium", "high"),
        ),
    ] = None
    background: Annotated[
        str | None,
        Flag(
            name="--background",
            wire="background",
            help="What is behind what is drawn.",
            known=("auto", "transparent", "opaque"),
        ),
    ] = None
    output_compression: Annotated[
        str | None,
        Flag(
            name="--output-compression",
            wire="output_compression",
            metavar="0-100",
            help="Compression of JPEG and WebP, in percent.",
            check=_whole_number(0, 100),
            number=True,
        ),
    ] = None
    moderation: Annotated[
        str | None,
        Flag(name="--moderation", wire="moderation", help="Strictness of the safety filter.", known=("auto", "low")),
    ] = None
    partial_images: Annotated[
        str | None,
        Flag(
            name="--partial-images",
            wire="partial_images",
            metavar="0-3",
            help="Preview frames sent while the picture forms; with --stream, 2 if they can be shown.",
            known=("0", "1", "2", "3"),
            check=_whole_number(0, 3),
            number=True,
        ),
    ] = None
    image_model: Annotated[
        str | None,
        Flag(
            name="--image-model",
            wire="model",
            help="Model that the image tool draws with; not the text model that is asked.",
            known=(
                "gpt-image-2.6-sunburst",
                "gpt-image-2.6-flare",
                "gpt-image-2.5-sunburst",
                "gpt-image-2.5-flare",
                "gpt-image-2",
                "gpt-image-1.5",
                "gpt-image-1-mini",
                "chatgpt-image-latest",
            ),
        ),
    ] = None

    action: Annotated[
        str | None,
        Flag(
            name="--action",
            wire="action",
            help="Change what is sent, or only look at it; not every gateway takes it.",
            known=("auto", "generate", "edit"),
        ),
    ] = None
    input_fidelity: Annotated[
        str | None,
        Flag(
            name="--input-fidelity",
            wire="input_fidelity",
            help="How closely pictures that are sent are kept (gpt-image-1.5).",
            known=("low", "high"),
        ),
    ] = None

    def as_tool(self) -> dict[str, object]:
        """Return the ``tools[0]`` object of the request."""
        tool: dict[str, object] = {"type": "image_generation", "output_format": self.output_format}
        for name, flag in flags():
            value = getattr(self, name)
            if value is not None:
                tool[flag.wire] = int(value) if flag.number else value
        return tool

    def chosen(self) -> dict[str, str]:
        """Return the parameters that were chosen, by field name, for history and display."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@cache
def flags() -> tuple[tuple[str, Flag], ...]:
    """Return the field name and the `Flag` of each parameter that has a flag, in declaration order."""
    hints = get_type_hints(ImageOptions, include_extras=True).items()
    return tuple((name, extra) for name, hint in hints for extra in get_args(hint) if isinstance(extra, Flag))


def checked(values: Mapping[str, str | None], *, output_format: str) -> ImageOptions:
    """
    Build options from *values*, given by field name.

    Raises: UsageError for a value that no gateway could understand.
    """
    known = dict(flags())
    for name, value in values.items():
        problem = known[name].check(value) if value is not None else None
        if problem:
            raise UsageError(f"{known[name].name} {value!r}: {problem}")
    return ImageOptions(output_format=output_format, **values)
