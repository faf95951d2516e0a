"""A short run of the fuzzer with a fixed seed: the same inputs each time, new ones whenever the code changes."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.run import FOUND

RUN = Path(__file__).parent / "run.py"
ITERATIONS = 4000
"""Half a minute on one core; by hand it runs for longer."""

MAIN = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.fuzz import run
sys.argv = ["run.py", "--iterations", "100", "--seed", "1", "--finds", {finds!r}]
import cpa_image_cli.core.wire.answer_reader as answer
answer.AnswerReader.remainder = property(lambda self: 1 / 0)
run.main()
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("atheris") is None,
        reason="atheris is not installed; its packages are for CPython 3.11 to 3.14 on x86-64 Linux",
    ),
]


@pytest.mark.xfail(
    strict=False,
    reason="open find: of a whole response as a string in `data`, the reader tells three events and the plain reading "
    "one; which inputs a run tries differs, so it is not always met",
)
def test_the_fuzzer_finds_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(RUN), "--iterations", str(ITERATIONS), "--seed", "1", "--finds", str(tmp_path)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=600,
        check=False,
    )

    assert (done.returncode, list(tmp_path.iterdir())) == (0, []), done.stderr[-4000:]
    assert f"stat::number_of_executed_units: {ITERATIONS}\n" in done.stderr


def test_the_fuzzer_tells_of_what_it_finds(tmp_path: Path) -> None:
    program = MAIN.format(root=str(RUN.parents[2]), finds=str(tmp_path))

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, errors="replace", check=False
    )

    assert done.returncode == FOUND
    assert "ZeroDivisionError" in done.stdout
    assert [find.name.partition("-")[0] for find in tmp_path.iterdir()] == ["crash"]
