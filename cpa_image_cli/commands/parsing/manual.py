"""
What a command says of itself beside its docstring and its options: declared where the command is.

``@told(Manual(examples=…, statuses=…))`` above the function is all; `lazy_group` hands it on to the help, to
``help --json`` and to the man page. Sets of variables and statuses that several commands share stand here.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.manual.page import Manual

F = TypeVar("F", bound=Callable[..., Any])

OF_A_RUN = tuple(ExitStatus)
"""How a command can end that sends a prompt: in every way."""

OF_FILES = (ExitStatus.OK, ExitStatus.USAGE, ExitStatus.CONFIG)
"""How a command can end that only looks into files of ours."""

GATEWAY_VARIABLES = ("IMAGE_GEN_BASE_URL", "IMAGE_GEN_KEY", "IMAGE_GEN_MODEL", "CPA_IMAGE_PROFILE")
"""Those that say where a prompt goes; the others that do are in ``cpa-image help environment``."""


ANY_MODEL = {"--model": ""}
"""For commands whose ``--model`` picks runs, and is not the one that is asked."""


def told(manual: Manual) -> Callable[[F], F]:
    """Return a decorator that lets a command be helped by *manual*."""

    def decorated(function: F) -> F:
        function.manual = manual  # type: ignore[attr-defined]
        return function

    return decorated


def manual_of(function: object) -> Manual:
    """Return what *function* was `told` with; little where it was not."""
    found = getattr(function, "manual", None)
    return found if isinstance(found, Manual) else Manual()
