"""A fresh machine for each test."""

from pathlib import Path

import pytest

from tests.doctor.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(home=tmp_path)
