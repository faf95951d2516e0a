"""
Decides what becomes of a test for which this machine lacks something: it is skipped, unless the machine must have it.

CI sets ``CPA_IMAGE_REQUIRE_ALL=1``, and there a test that is not run is no proof. What even CI need not have, such as
another version of Python or the right to mount, is skipped there too, and ``.ci/run`` lists what was skipped.
"""

import os
import shutil
from typing import NoReturn

import pytest

VARIABLE = "CPA_IMAGE_REQUIRE_ALL"


def lacking(what: str) -> NoReturn:
    """Skip the test, or fail it where everything is required; *what* is the sentence that says why."""
    if os.environ.get(VARIABLE) == "1":
        pytest.fail(f"{what}, and {VARIABLE}=1 wants it")
    pytest.skip(what)


def require_programs(*names: str) -> None:
    """Go on only if all programs *names* are installed."""
    for name in names:
        if shutil.which(name) is None:
            lacking(f"{name} is not installed")
