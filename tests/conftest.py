"""What holds for the whole suite."""

import json
import signal
from collections.abc import Iterator

import pytest

from tests.contracts.validation import checked

# A shell ignores SIGINT on behalf of what it runs in the background (`pytest … &`). Whatever a test starts would
# inherit that, and could not be stopped as Ctrl-C stops it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _every_object_keeps_its_contract() -> Iterator[None]:
    """Whatever a test reads of the program's JSON is held to its schema."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json, "loads", checked(json.loads))
        yield
