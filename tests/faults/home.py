"""A user's world in a folder of its own: where the program puts things, and everything that can be found there."""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.process.surroundings import APPLICATION, Directories
from tests.faults.traces import shown_in
from tests.inherited import inherited

KEY = "sk-marked-4f7a1c0e9b-for-no-eyes"
"""The key of every run here. Whatever a run leaves behind is searched for it."""


@dataclass(frozen=True, slots=True)
class Home:
    """The home folder *root*. Pictures are asked for in *wanted*, which holds nothing else."""

    root: Path

    @classmethod
    def made_in(cls, folder: Path) -> "Home":
        home = cls(folder / "home")
        home.wanted.mkdir(parents=True)
        home.temporary.mkdir()
        return home

    @property
    def wanted(self) -> Path:
        return self.root / "wanted"

    @property
    def directories(self) -> Directories:
        return Directories(
            config=self.root / ".config" / APPLICATION,
            data=self.root / ".local/share" / APPLICATION,
            cache=self.root / ".cache" / APPLICATION,
            pictures=self.root / "Pictures" / APPLICATION,
        )

    @property
    def directories_of_ours(self) -> tuple[Path, ...]:
        """The folders that hold what is nobody else's business."""
        return (self.directories.config, self.directories.data, self.directories.cache)

    @property
    def temporary(self) -> Path:
        """The folder for temporary files of processes, which they share with everybody."""
        return self.root / "tmp"

    @property
    def picture(self) -> Path:
        """Where most runs are told to put their picture."""
        return self.wanted / "squirrel.png"

    def environ(self, base_url: str | None = None, **more: str) -> dict[str, str]:
        """Return the variables of a shell in this home, the gateway at *base_url* and the marked key among them."""
        address = {} if base_url is None else {"IMAGE_GEN_BASE_URL": base_url}
        own = {"HOME": str(self.root), "TMPDIR": str(self.temporary), "IMAGE_GEN_KEY": KEY}
        return {**inherited(), **own, **address, **more}

    def pictures(self) -> list[str]:
        """Return the names of all that lies where the picture was wanted, hidden files included."""
        return sorted(path.name for path in self.wanted.iterdir())

    def kept(self) -> list[Path]:
        """Return the pictures that could not be saved where they were wanted."""
        folder = self.directories.kept
        return sorted(folder.iterdir()) if folder.exists() else []

    def runs(self) -> list[Run]:
        """Return all that history remembers, newest first."""
        return History(self.directories.history_file).recent(1000)

    def ledger_rows(self) -> list[sqlite3.Row]:
        """Return all that the ledger holds of jobs, private ones included, oldest first."""
        with contextlib.closing(sqlite3.connect(self.directories.history_file)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute("SELECT * FROM run ORDER BY seq").fetchall()

    def files(self) -> Iterator[Path]:
        """Yield every file below this home."""
        for folder, _, names in os.walk(self.root):
            yield from (Path(folder, name) for name in names)

    def holding(self, secret: str) -> list[str]:
        """Return the files whose name or content has a trace of *secret*: the whole, a piece, or an encoded form."""
        return [str(path) for path in self.files() if shown_in(path.name, secret) or shown_in(_content(path), secret)]

    def modes(self) -> dict[str, int]:
        """Return the permissions of every file and folder that is ours alone, by its path below this home."""
        own = (*self.directories_of_ours, self.temporary)
        found = (path for top in own if top.exists() for path in (top, *top.rglob("*")) if path != self.temporary)
        modes = {}
        for path in found:
            # A run that is under way may take away what it had there, such as the log of its database.
            with contextlib.suppress(FileNotFoundError):
                modes[str(path.relative_to(self.root))] = stat.S_IMODE(path.lstat().st_mode)
        return modes

    def readable_by_others(self) -> list[str]:
        """Return the files in folders of ours that somebody else may read."""
        modes = {self.root / name: mode for name, mode in self.modes().items()}
        return [str(path) for path, mode in modes.items() if path.is_file() and mode & 0o077]


def _content(path: Path) -> bytes:
    # A temporary file may be gone since it was listed.
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
