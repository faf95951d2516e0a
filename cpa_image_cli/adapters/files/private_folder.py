"""Decides who may look into the folders we make for ourselves: their owner, nobody else."""

from pathlib import Path


def make_private(folder: Path) -> Path:
    """
    Make *folder*, and what is missing above it, with mode 0700 (as the XDG base directory rules ask); return it.

    What exists stays as it is. Raises: OSError.
    """
    missing = [folder]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
    return folder
