"""What most fault tests begin with."""

from pathlib import Path

import pytest

from tests.faults.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)
