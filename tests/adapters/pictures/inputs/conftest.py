"""Files that are to be sent."""

from pathlib import Path

import pytest

from tests.adapters.pictures.inputs.made import Writer


@pytest.fixture
def written(tmp_path: Path) -> Writer:
    """Writes a file called as the test says."""

    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
