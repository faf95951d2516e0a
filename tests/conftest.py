"""What holds for the whole suite."""

import json
from collections.abc import Iterator

import pytest

from tests.contracts.validation import checked


@pytest.fixture(scope="session", autouse=True)
def _every_object_keeps_its_contract() -> Iterator[None]:
    """Whatever a test reads of the program's JSON is held to its schema."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json, "loads", checked(json.loads))
        yield
