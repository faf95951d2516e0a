"""Disks that are small or cannot be written, for those who may mount them."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.required import lacking

NOT_ALLOWED = re.compile("permission denied|not permitted|must be superuser|only root", re.IGNORECASE)
"""How mount(8) says that this user, or this container, may not. Even CI may be such a place."""


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Mount an empty file system of its own at *folder*, which is made; skip the test where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if NOT_ALLOWED.search(done.stderr):
        pytest.skip(f"may not mount: {done.stderr.strip()}")
    if done.returncode != 0:
        lacking(f"mounting fails: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
