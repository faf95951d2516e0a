"""Builds the package once, and installs the wheel once for each Python there is."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = (
    "cpa_image_cli",
    "completions",
    "tests",
    "pyproject.toml",
    "README.md",
    "AGENTS.md",
    "LICENSE",
    "CHANGELOG.md",
)
PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a release consists of."""

    wheel: Path
    sdist: Path


@dataclass(frozen=True, slots=True)
class Installed:
    """A virtual environment that holds the wheel and what it depends on, and nothing else."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def program(self) -> Path:
        return self.folder / "bin" / "cpa-image"


def run(*command: str | Path, cwd: Path | None = None) -> None:
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def environment_in(folder: Path, python: str) -> Path:
    run(python, "-m", "venv", folder)
    return folder / "bin" / "python"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        _copy(ROOT / name, source / name)
    builder = environment_in(folder / "builder", sys.executable)
    run(builder, "-m", "pip", "install", "--quiet", "build")
    # The wheel is built from the sdist, so that the sdist is known to be enough.
    run(builder, "-m", "build", "--outdir", folder, source)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Built(wheel=wheel, sdist=sdist)


def _copy(path: Path, to: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, to, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    elif path.exists():
        shutil.copy(path, to)


@pytest.fixture(scope="session")
def install(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Installed]:
    @cache
    def installed_for(version: str) -> Installed:
        folder = tmp_path_factory.mktemp(f"python-{version}")
        python = environment_in(folder, _interpreter(version))
        run(python, "-m", "pip", "install", "--quiet", built.wheel)
        return Installed(folder)

    return installed_for


@pytest.fixture(params=PYTHONS)
def installed(request: pytest.FixtureRequest, install: Callable[[str], Installed]) -> Installed:
    return install(request.param)


def _interpreter(version: str) -> str:
    """Return a Python of *version*, or skip: not every machine has all of them."""
    versions = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in (sys.executable, shutil.which(f"python{version}"), *map(str, versions)):
        if candidate is not None and _version_of(candidate) == version:
            return candidate
    pytest.skip(f"there is no Python {version} here")


@cache
def _version_of(python: str) -> str:
    # What is on the path may be a shim for a version that is not installed.
    script = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    return done.stdout.strip()
