"""
Everything a run takes from the world it was started in, as one value.

Commands receive it, tests make one of their own; nothing else reads ``os.environ``, ``sys.stdin`` or a clock.
"""

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, cast

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.process.places import below_home, folder_of_process, home_of_user, written_out

APPLICATION = "cpa-image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Directories:
    """Where this user's files of ours live."""

    config: Path
    data: Path
    cache: Path
    pictures: Path
    ledger: Path | None = None

    @classmethod
    def of_user(cls) -> "Directories":
        """Return the platform's directories; on Linux ``~/.config/cpa-image`` and so on."""
        import platformdirs

        dirs = platformdirs.PlatformDirs(APPLICATION, appauthor=False)
        return cls(
            config=below_home(lambda: dirs.user_config_path),
            data=below_home(lambda: dirs.user_data_path),
            cache=below_home(lambda: dirs.user_cache_path),
            pictures=below_home(lambda: dirs.user_pictures_path) / APPLICATION,
        )

    @property
    def config_file(self) -> Path:
        """Return the path of ``config.toml``."""
        return self.config / "config.toml"

    @property
    def history_file(self) -> Path:
        """Return the path of the ledger, which history is read from: *ledger*, or the one in the data folder."""
        return self.ledger or self.data / "history.sqlite3"

    @property
    def shared_file(self) -> Path:
        """Return the path of the ledger in the data folder, in which all processes of this user meet."""
        return self.data / "history.sqlite3"

    @property
    def model_cache(self) -> Path:
        """Return the path of the list of models that gateways named last."""
        return self.cache / "models.json"

    @property
    def gateway_memory(self) -> Path:
        """Return the path of what gateways were seen to do."""
        return self.data / "gateways.json"

    @property
    def kept(self) -> Path:
        """Return the folder of pictures that could not be saved where they were wanted."""
        return self.data / "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """
    The process's environment: streams, variables, directories, clocks, randomness.

    *clock* is monotonic, in seconds; *now* is the aware wall-clock time; *draw* gives a random float in [0, 1). *wait*
    blocks for so many seconds, or until the event is set.
    """

    environ: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    home: Path
    working_directory: Path
    directories: Callable[[], Directories]
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    draw: Callable[[], float] = random.random
    wait: Callable[[threading.Event, float], object] = threading.Event.wait

    def written_out(self, path: Path | str, *, variables: bool = False) -> str:
        """Return *path* as it was meant, with a home spelled out. Raises: UsageError, as `places.written_out`."""
        return written_out(str(path), home=self.home, folder=self.working_directory, variables=variables)

    def at(self, path: Path | str, *, variables: bool = False) -> Path:
        """Return *path* as a whole one. Raises: UsageError, as `places.written_out`."""
        return self.working_directory / self.written_out(path, variables=variables)

    @classmethod
    def of_process(cls) -> "Surroundings":
        """Return the surroundings of this very process. A stream that it was started without holds nothing."""
        return cls(
            environ=os.environ,
            stdin=sys.stdin or _nothing("r"),
            # Cannot be written: bytes for `-o -` have to fail there, or a picture would be lost.
            stdout=sys.stdout or _nothing("r"),
            stderr=sys.stderr or _nothing("w"),
            home=home_of_user(),
            working_directory=folder_of_process(),
            directories=Directories.of_user,
        )


def _nothing(mode: str) -> TextIO:
    # Python leaves None in place of a stream that was closed, as by `<&-`. In order, this takes its number again.
    return cast(TextIO, Path(os.devnull).open(mode, encoding="utf-8"))
