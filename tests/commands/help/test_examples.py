"""Every example in the help runs as it is written, in a home with a past, against the sandbox."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from cpa_image_cli.core.manual.page import Example
from cpa_image_cli.sandbox.scenarios import SCENARIOS
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.commands.help.pages import pages
from tests.faults.home import Home
from tests.faults.in_process import run_here

ADDRESS = "https://gateway.example/v1"
"""Stands in examples for the user's gateway, and here for the sandbox."""

NEEDS_A_PERSON = frozenset({"cpa-image config init", "cpa-image"})
"""What asks questions, and is run on a terminal by other tests."""

STAYS = "cpa-image sandbox"
"""What serves until it is stopped, unless it only lists."""

EXAMPLES = sorted({example for page in pages() for example in page.manual.examples}, key=lambda one: one.command)
RUN = [
    example
    for example in EXAMPLES
    if example.command not in NEEDS_A_PERSON and (not example.command.startswith(STAYS) or "--list" in example.command)
]

CONFIG = """\
model = "gpt-5.4"
quality = "low"

[profiles.work]
base_url = "https://images.work.example/v1"
model = "gpt-5.5"
"""


@pytest.fixture(scope="module")
def gateway() -> Iterator[Sandbox]:
    with Sandbox(SCENARIOS["ok"], pace=0.0) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, gateway: Sandbox) -> Home:
    """Return a home in which pictures were made, and everything lies that examples name."""
    home = Home.made_in(tmp_path_factory.mktemp("past"))
    for prompt in ("一只松鼠", "a poster", "a cat"):
        run_here(home, "generate", prompt, "--quiet", base_url=gateway.base_url, IMAGE_GEN_KEY=gateway.key)
    run_here(home, "generate", "a squirrel", "-o", "squirrel.png", base_url=gateway.base_url, IMAGE_GEN_KEY=gateway.key)
    home.directories.config_file.parent.mkdir(parents=True, exist_ok=True)
    home.directories.config_file.write_text(CONFIG, encoding="utf-8")
    home.directories.config_file.chmod(0o600)
    for name, mode in (
        ("cat.png", "RGB"),
        ("me.jpg", "RGB"),
        ("hat.png", "RGBA"),
        ("room.png", "RGB"),
        ("hole.png", "L"),
    ):
        Image.new(mode, (64, 64), "white").save(home.wanted / name)
    (home.wanted / "prompt.txt").write_text("a lighthouse", encoding="utf-8")
    rows = "".join(f'{{"prompt": "card {n}"}}\n' for n in range(1, 8))
    (home.wanted / "cards.jsonl").write_text(rows, encoding="utf-8")
    (home.wanted / "titles.csv").write_text("title,style\n松鼠,水彩\n", encoding="utf-8")
    shutil.copy(home.wanted / "squirrel.png", home.wanted / "fox.png")
    return home


@pytest.fixture
def home(past: Home, tmp_path: Path) -> Home:
    """Return a copy of it, with programs that do what a viewer and an editor would, which is nothing."""
    # History names the pictures of the past, and one example throws one away.
    shutil.copy(past.wanted / "fox.png", past.wanted / "squirrel.png")
    shutil.copytree(past.root, tmp_path / "home")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("xdg-open", "nano", "less", "editor"):
        (programs / name).write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    (programs / "cpa-image").write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cpa_image_cli "$@"\n', encoding="utf-8"
    )
    (programs / "cpa-image").chmod(0o755)
    return Home(tmp_path / "home")


@pytest.mark.parametrize("example", RUN, ids=lambda example: example.command)
def test_an_example_runs_as_it_is_written(example: Example, home: Home, gateway: Sandbox) -> None:
    # What an example makes may lie there from the one before; here each is the first.
    if "-o squirrel.png" in example.command:
        (home.wanted / "squirrel.png").unlink()
    own = {"IMAGE_GEN_KEY": gateway.key, "SHELL": "/bin/bash", "EDITOR": "nano"}
    variables = home.environ(gateway.base_url, **own)

    command = example.command.replace(ADDRESS, gateway.base_url)
    for shown, run in zip(("1sbp1z0q", "1sbp1z0r"), home.runs(), strict=False):
        command = command.replace(shown, run.id)
    if command.startswith("cpa-image show") and "--protocol" not in command:
        # There is no terminal here that could say how it draws.
        command += " --protocol half-blocks"
    status, said = _run(command, home, variables)

    # The doctor may find something about this machine; nothing else may fail.
    assert status in ({0, 3} if "cpa-image doctor" in example.command else {0}), said


def _run(command: str, home: Home, variables: dict[str, str]) -> tuple[int, str]:
    programs = str(home.root.parent / "bin")
    variables["PATH"] = f"{programs}:{variables['PATH']}"
    words = shlex.split(command)
    if words[0] == "cpa-image" and not set(command) & set("|><$;&"):
        ended = run_here(home, *words[1:], **variables)
        return ended.status, ended.stderr
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=home.wanted,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_what_is_not_run_is_what_nobody_could_run_unattended() -> None:
    skipped = {example.command for example in EXAMPLES} - {example.command for example in RUN}

    assert {command for command in skipped if not command.startswith(STAYS)} == {"cpa-image config init"}
