"""README says what the program does: its tables are the program's own, and its commands run as they are written."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from documentation import README, TABLES, between_marks, command

from cpa_image_cli.sandbox.scenarios import SCENARIOS

TEXT = README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_what_the_program_says(name: str) -> None:
    assert between_marks(TEXT, name) == TABLES[name]()


def test_the_scenarios_are_counted() -> None:
    assert f"| {len(SCENARIOS)} scenarios, with and without streaming:" in TEXT


def shell_lines() -> list[str]:
    blocks = re.findall(r"^```(?:sh|bash)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    lines = [line.split("   #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if "cpa-image " in line and not line.startswith("#")]


@pytest.mark.parametrize("line", shell_lines())
def test_every_option_in_an_example_exists(line: str) -> None:
    words = shlex.split(re.split(r"[|;]", line[line.index("cpa-image ") :])[0])[1:]
    path = " ".join(words[:2]) if words[0] in {"config", "history"} else words[0]

    known = {name for option in command(path).options for name in option.names}

    assert {word for word in words if word.startswith("-") and word != "-"} <= known | {"--help"}


def test_the_first_command_draws_a_picture(tmp_path: Path) -> None:
    block = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)[0]
    install, draw = block.splitlines()[:2], block.splitlines()[2:]

    words = shlex.split(" ".join(draw))
    done = subprocess.run(
        [sys.executable, "-m", "cpa_image_cli", *words[1:]],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert install == ["python3 -m venv .venv", ".venv/bin/pip install --quiet ."]
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'squirrel.png'}\n")
    assert (tmp_path / "squirrel.png").read_bytes().startswith(b"\x89PNG")


def test_a_program_makes_a_picture_in_ten_lines(tmp_path: Path) -> None:
    [program] = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert len(program.splitlines()) <= 10
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{tmp_path / 'squirrel.png'}\n", "")
    assert (tmp_path / "squirrel.png").read_bytes().startswith(b"\x89PNG")
