"""A place to make pictures in: a home of its own, streams that nobody reads, the gateway in the box."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cpa_image_cli.engine.workshop import Workshop
from cpa_image_cli.process.surroundings import Directories, Surroundings


@dataclass
class Home:
    """A user's folders."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def config(self, text: str) -> None:
        path = self.directories.config_file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    @property
    def directories(self) -> Directories:
        kinds = ("config", "data", "cache", "pictures")
        return Directories(**{kind: self.folder / kind for kind in kinds})

    def around(self) -> Surroundings:
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        return Surroundings(
            environ=self.environ,
            stdin=io.StringIO(),
            stdout=io.StringIO(),
            stderr=io.StringIO(),
            home=self.folder,
            working_directory=work,
            directories=lambda: self.directories,
        )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def workshop(home: Home) -> Iterator[Workshop]:
    with Workshop(home.around()) as opened:
        yield opened
