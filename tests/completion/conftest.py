"""What the tests of completion share."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_group

from cpa_image_cli.app import app
from cpa_image_cli.commands.tree import command_named
from cpa_image_cli.completion.shells.scripts import SHELLS, script_for
from cpa_image_cli.completion.tree import Command, described
from tests.completion.shell_sessions import INSTALLED, PROMPT, START, Session, Starter, at_terminal, require


@pytest.fixture(scope="session")
def tree() -> Command:
    """The commands of this very program."""
    return described(get_group(app), command_named)


@pytest.fixture(scope="session")
def scripts(tree: Command) -> dict[str, str]:
    """Every shell's script, as this very program writes it."""
    return {name: script_for(name, tree) for name in SHELLS}


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for PATH with a ``cpa-image`` and a ``python`` that leave a line in ``started``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, command in (
        ("cpa-image", f'"{sys.executable}" -m cpa_image_cli "$@"'),
        ("python", f'"{sys.executable}" "$@"'),
        ("python3", f'"{sys.executable}" "$@"'),
    ):
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{tmp_path}/started"\nexec {command}\n')
        program.chmod(0o755)
    return folder


@pytest.fixture
def start(tmp_path: Path, programs: Path, scripts: dict[str, str]) -> Iterator[Starter]:
    """Start a shell whose script is where ``--install`` puts it, in an empty folder."""
    sessions: list[Session] = []

    def started(shell: str, *, script: str | None = None) -> Session:
        require(shell)
        home, folder = tmp_path / "home", tmp_path / "work"
        folder.mkdir()
        files = {**START[shell][1], INSTALLED[shell]: scripts[shell] if script is None else script}
        for name, content in files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(content)
        sessions.append(at_terminal(shell, home=home, programs=programs, folder=folder))
        sessions[-1].shows(PROMPT)
        return sessions[-1]

    yield started
    for session in sessions:
        session.close()
