"""
The program, held at one place: ``held.py PLACE SIGN ARGUMENT...``.

When the function PLACE (``module:name``) is called, the file SIGN is made; the call goes on once that is gone.
"""

import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cpa_image_cli.__main__ import main

LOOK = 0.0005
"""Seconds between two looks at the sign."""


def held(function: Callable[..., object], sign: Path) -> Callable[..., object]:
    """Return *function*, which waits as long as *sign* is there."""

    def wait(*arguments: object, **named: object) -> object:
        sign.touch()
        while sign.exists():
            time.sleep(LOOK)
        return function(*arguments, **named)

    return wait


def hold(place: str, sign: Path) -> None:
    """Put the held function in the place of the one called *place*."""
    module_name, _, name = place.partition(":")
    module = importlib.import_module(module_name)
    setattr(module, name, held(getattr(module, name), sign))


if __name__ == "__main__":
    hold(sys.argv.pop(1), Path(sys.argv.pop(1)))
    main()
