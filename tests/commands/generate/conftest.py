"""A home, and a gateway in a box for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.commands.generate.bench import Bench
from tests.faults.home import KEY, Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(key=KEY) as gateway:
        yield gateway


@pytest.fixture
def bench(home: Home, sandbox: Sandbox) -> Bench:
    return Bench(home, sandbox)
