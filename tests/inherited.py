"""
What a program that a test starts takes over from the tests' own environment.

Everything else would be the machine's: settings, keys and locales that a test must not depend on.
"""

import os

NAMES = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "COVERAGE_PROCESS_CONFIG")
"""The last tells Coverage.py, under ``pytest --cov``, to follow the program into that process."""


def inherited() -> dict[str, str]:
    """Return those of `NAMES` that are set."""
    return {name: os.environ[name] for name in NAMES if name in os.environ}
