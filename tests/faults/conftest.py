"""What most fault tests begin with."""

from pathlib import Path

import pytest

from tests.faults.home import Home
from tests.faults.processes import Process
from tests.faults.servers import RawServer, recorded, sized


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


@pytest.fixture(scope="session")
def ordinary_peak(tmp_path_factory: pytest.TempPathFactory) -> int:
    """Return the peak of an ordinary run's memory, in bytes."""
    home = Home.made_in(tmp_path_factory.mktemp("ordinary"))
    with RawServer(lambda visitor: visitor.send(sized(recorded(stream=False)))) as server:
        argv = ("generate", "x", "-o", "squirrel.png", "--json")
        ended = Process(home, *argv, base_url=server.base_url, measured=True).end()
    assert ended.status == 0
    return ended.peak
