"""
Turns a dataclass of flags into a Typer command: each parameter is declared once, as a field.

`command_taking` is the one place where functions take ``**kwargs``. Fields are ordinary ``Annotated[type,
typer.Option(...)]`` declarations. A field named *image* stands for all parameters of
`core.job.image_options.ImageOptions`: their flags, help and completions follow from there, and arrive as a dict by
field name.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from cpa_image_cli.core.job import image_options

F = TypeVar("F")

IMAGE_PANEL = "Picture"

LEADS = "leads"
"""Metadata of a field that stands before those that were inherited."""


def command_taking(flags_type: type[F], run: Callable[[typer.Context, F], None]) -> Callable[..., None]:
    """Return a function whose signature has the fields of *flags_type*, and which calls *run* with them."""

    def command(ctx: typer.Context, **given: Any) -> None:  # noqa: ANN401 - Typer hands over what each field declares
        image = {name: given.pop(name) for name, _ in image_options.flags()} if _has_image(flags_type) else None
        run(ctx, flags_type(**given, **({"image": image} if image is not None else {})))

    context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    parameters = [context, *_parameters(flags_type)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    command.__doc__ = run.__doc__
    command.__name__ = run.__name__
    return command


def _has_image(flags_type: type[object]) -> bool:
    return any(field.name == "image" for field in fields(flags_type))  # type: ignore[arg-type]


def _parameters(flags_type: type[object]) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(flags_type, include_extras=True)
    # Arguments are told apart by their place, which inheritance does not choose.
    ordered = sorted(fields(flags_type), key=lambda field: not field.metadata.get(LEADS))  # type: ignore[arg-type]
    for field in ordered:
        if field.name == "image":
            yield from _image_parameters()
        else:
            default = None if field.default is MISSING else field.default
            yield _parameter(field.name, hints[field.name], default)


def _image_parameters() -> Iterator[inspect.Parameter]:
    for name, flag in image_options.flags():
        option = typer.Option(
            flag.name,
            help=f"{flag.help} Known: {', '.join(flag.known)}." if flag.known and not flag.number else flag.help,
            metavar=flag.metavar,
            autocompletion=_offering(flag.known),
            rich_help_panel=IMAGE_PANEL,
        )
        yield _parameter(name, Annotated[str | None, option], None)


def _parameter(name: str, annotation: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _offering(known: tuple[str, ...]) -> Callable[[str], list[str]]:
    return lambda incomplete: [value for value in known if value.startswith(incomplete)]
