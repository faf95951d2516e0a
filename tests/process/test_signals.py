"""What is done with signals by the one place that handles them, away from any run."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from cpa_image_cli.core.errors import Code
from cpa_image_cli.process.signals import Signals, Stopped
from tests.inherited import inherited


@pytest.fixture
def signals() -> Iterator[Signals]:
    """Somebody who listens to this process's signals, until the test is over."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    listening = Signals()
    listening.listen()
    yield listening
    for number, handler in before.items():
        signal.signal(number, handler)


class Finalised:
    """Is struck by a signal while it is thrown away."""

    def __init__(self, number: signal.Signals) -> None:
        self._number = number

    def __del__(self) -> None:
        signal.raise_signal(self._number)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, Code.INTERRUPTED), (signal.SIGTERM, Code.TERMINATED)], ids=["Ctrl-C", "TERM"]
)
def test_a_signal_that_python_drops_is_raised_at_the_next_look(
    signals: Signals, number: signal.Signals, code: Code
) -> None:
    Finalised(number)

    with pytest.raises(Stopped) as stopped:
        signals.check()

    assert stopped.value.code is code


def test_what_came_before_is_forgotten_once_somebody_heeds_again(signals: Signals) -> None:
    with pytest.raises(Stopped):
        signal.raise_signal(signal.SIGTERM)
    signals.heed()

    signals.check()

    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


ENDING = """
import signal
from cpa_image_cli.process.signals import IMPATIENCE, Signals

moments = iter([10.0, 10.0 + IMPATIENCE, 10.1 + IMPATIENCE])
signals = Signals(clock=lambda: next(moments))
signals.listen()
signals.ignore()
signal.raise_signal(signal.SIGTERM)
print("it ends in order", flush=True)
signal.raise_signal(signal.SIGTERM)
print("it hangs", flush=True)
"""


def test_a_signal_during_the_ending_is_ignored_until_it_takes_too_long() -> None:
    ended = subprocess.run([sys.executable, "-c", ENDING], env=inherited(), capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (143, "it ends in order\n", "")


def test_what_comes_while_it_is_noted_tears_nothing_apart_and_is_told_once(signals: Signals) -> None:
    with signals.noting():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)

        noted = [signals.noted(), signals.noted(), signals.noted()]

    assert noted == [Code.INTERRUPTED, Code.TERMINATED, None]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
