"""An option that there is not is answered with the one that was meant."""

from pathlib import Path

import pytest

from cpa_image_cli.commands.parsing.meant import MEANT, advice_for
from tests.faults.home import Home
from tests.faults.in_process import run_here


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("generate", "x", "--resolution", "1"), "Perhaps you meant --size."),
        (("generate", "x", "--out", "a.png"), "Perhaps you meant --output."),
        (("generate", "x", "--qualty", "high"), "Perhaps you meant --quality."),
        (("generate", "x", "--overwrite"), "Perhaps you meant --force."),
        (("generate", "--sandbox", "--list"), "`cpa-image sandbox --list` shows what the sandbox can play."),
        (("doctor", "--url", "https://x"), "Perhaps you meant --base-url."),
        (("doctor", "--nonsense"), "`cpa-image doctor --help` lists what there is."),
        (("history", "forget", "last", "--token", "x"), "There is no option for a key"),
    ],
    ids=str,
)
def test_the_right_option_is_named_by_its_meaning(tmp_path: Path, words: tuple[str, ...], advice: str) -> None:
    ended = run_here(Home.made_in(tmp_path), *words)

    first, second = ended.stderr.splitlines()
    assert (ended.status, ended.stdout) == (2, b"")
    assert first.startswith("cpa-image: no such option: --")
    assert "Possible options" not in first
    assert second.startswith(f"  next: {advice}")


def test_nothing_is_offered_that_the_command_has_not() -> None:
    assert advice_for("--size", ["--json"], path="cpa-image doctor") == "`cpa-image doctor --help` lists what there is."
    assert all(name.startswith("--") for name in MEANT)
