"""Writes a failure where a person reads it."""

from collections.abc import Mapping
from typing import TextIO

from cpa_image_cli.ui.console import Outlet, composed, console_on
from cpa_image_cli.ui.failure.problem import Problem, as_lines


def tell(problem: Problem, *, stream: TextIO, environ: Mapping[str, str]) -> None:
    """Write *problem* to *stream*: for a person on a terminal, plain and unwrapped anywhere else."""
    if stream.isatty():
        from cpa_image_cli.ui.failure.card import drawn

        Outlet(stream).write(composed(console_on(stream, environ), drawn(problem)))
    else:
        Outlet(stream).write("".join(f"{line}\n" for line in as_lines(problem)))
