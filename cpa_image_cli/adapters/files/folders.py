"""Decides whether a path that somebody typed means a folder."""

from pathlib import Path


def is_folder(path: Path) -> bool:
    """Whether there is a folder at *path*; no for a path that no system could have, or that nobody may look at."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        # A name that is too long, for one. What is wrong with it is said by whoever writes there, or reads.
        return False
