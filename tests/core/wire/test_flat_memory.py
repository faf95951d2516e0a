"""Memory stays flat: no picture is ever whole in it, neither final nor partial, in JSON or in a stream."""

import hashlib
import json
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("flat_memory_child.py")
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the child says: its peak memory in bytes, the sizes of the pictures it took, and their distinct hashes."""

    peak: int
    sizes: list[int | None]
    sha256: list[str]


def decoded(shape: str, size: int, folder: Path) -> Decoded:
    command = [sys.executable, str(CHILD), shape, str(size), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, timeout=300)
    for blob in folder.glob("*.blob"):
        blob.unlink()
    return Decoded(**json.loads(done.stdout))


def sha256_of_picture(size: int) -> str:
    block = random.Random(1).randbytes(48 * 1024)
    hashed = hashlib.sha256()
    for _ in range(size // len(block)):
        hashed.update(block)
    hashed.update(block[: size % len(block)])
    return hashed.hexdigest()


@pytest.mark.parametrize(("shape", "pictures", "not_kept"), [("streamed", 3, 1), ("plain", 1, 0), ("wrapped", 1, 0)])
def test_64_mib_take_no_more_memory_than_1_mib(shape: str, pictures: int, not_kept: int, tmp_path: Path) -> None:
    """Two frames and the picture are kept in files; its second copy, at the end of the stream, is only measured."""
    small = decoded(shape, 1 * MIB, tmp_path)
    large = decoded(shape, 64 * MIB, tmp_path)

    assert large.sizes == [64 * MIB] * pictures + [None] * not_kept
    assert large.sha256 == [sha256_of_picture(64 * MIB)]
    assert small.sha256 == [sha256_of_picture(1 * MIB)]
    assert large.peak - small.peak < 8 * MIB
    assert large.peak < 64 * MIB
