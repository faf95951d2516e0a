"""The skill in the box: true to the program, valid, and its examples run."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import skills_ref

from cpa_image_cli.adapters.skill.installation import PACKAGED, packaged
from cpa_image_cli.completion.tree import Command
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.skill import MAIN
from cpa_image_cli.sandbox.scenarios import find
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.documentation import command
from tests.faults.home import Home
from tests.faults.processes import Process
from tests.skill.stamp import stamped

TEXT = packaged()[MAIN].decode()
EXAMPLES = [
    line
    for block in re.findall(r"^```bash\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
    if line
]
MENTIONED = re.findall(r"`(cpa-image [a-z][^`]*)`", TEXT)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def test_the_skill_is_stamped() -> None:
    assert stamped() == TEXT


def test_the_official_validator_finds_nothing() -> None:
    assert skills_ref.validate(PACKAGED) == []


def test_the_description_is_short_and_has_the_words_people_use() -> None:
    [description] = re.findall(r"^description: (.*)$", TEXT, re.MULTILINE)

    assert len(description) <= 200
    assert {
        word for word in ("draw", "picture", "logo", "画图", "生成图片", "修图", "cpa-image") if word in description
    } == {
        "draw",
        "picture",
        "logo",
        "画图",
        "生成图片",
        "修图",
        "cpa-image",
    }


def test_the_body_is_short() -> None:
    assert len(TEXT.splitlines()) < 100


def test_every_exit_status_of_a_run_is_explained() -> None:
    told = {int(number) for row in re.findall(r"^\| ([\d, ]+) \|", TEXT, re.MULTILINE) for number in row.split(",")}

    rare = {ExitStatus.INTERNAL, ExitStatus.INTERRUPTED, ExitStatus.TERMINATED}
    assert told == {int(status) for status in ExitStatus} - {int(status) for status in rare}


def described(words: list[str]) -> Command:
    path = " ".join(words[:2]) if words[0] in {"config", "history", "skill"} else words[0]
    return command(path)


@pytest.mark.parametrize("line", [*EXAMPLES, *MENTIONED])
def test_every_command_that_is_named_exists_with_its_options(line: str) -> None:
    words = shlex.split(line)[1:]

    known = {name for option in described(words).options for name in option.names}

    assert {word for word in words if word.startswith("-") and word != "-"} <= known | {"--help"}


def test_every_example_runs(home: Home) -> None:
    with Sandbox(find("ok"), pace=0.0) as gateway:
        for line in EXAMPLES:
            words = shlex.split(line)[1:]
            ended = Process(home, *words, base_url=gateway.base_url, environ={"IMAGE_GEN_KEY": gateway.key}).end()
            assert ended.status == 0, (line, ended.stderr)
            json.loads(ended.stdout)

    assert {"squirrel.png", "logo.webp"} <= set(home.pictures())


@pytest.mark.skipif(os.name != "posix", reason="a script that runs by its first line")
def test_the_old_script_runs_the_program(home: Home) -> None:
    script = PACKAGED / "scripts" / "generate_image.py"
    program = home.root / "bin" / "cpa-image"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cpa_image_cli "$@"\n')
    program.chmod(0o755)
    paths = f"{program.parent}:{os.environ['PATH']}"
    with Sandbox(find("ok"), pace=0.0) as gateway:
        done = subprocess.run(
            [script, "--prompt", "松鼠", "--output", "a.jpg", "--model", "gpt-5.4", "--format", "jpeg"],
            cwd=home.wanted,
            env=home.environ(gateway.base_url, PATH=paths, IMAGE_GEN_KEY=gateway.key),
            capture_output=True,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stdout) == (0, f"{home.wanted / 'a.jpg'}\n")


@pytest.mark.skipif(os.name != "posix", reason="as above")
def test_the_old_script_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, PACKAGED / "scripts" / "generate_image.py", "--prompt", "x"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "cpa-image is not installed" in done.stderr
