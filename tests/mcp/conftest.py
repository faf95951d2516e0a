from pathlib import Path

import pytest

from tests.mcp.talking import Drawn


@pytest.fixture
def studio(tmp_path: Path) -> Drawn:
    folder = tmp_path / "pictures"
    folder.mkdir()
    return Drawn(folder)
