"""What stands inside an event, and whether a text is JSON at all."""

import pytest

from cpa_image_cli.core.wire.json_values import is_whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (b"[1, 2]", True),
        (b'{"output": []}', True),
        (b'{"output": [', False),
        (b"", False),
        (b"[" * 100_000, False),
        # Complete, but unfolding it would take a hundred times its size.
        (b"[" + b"0," * 2_000_000 + b"0]", False),
        (b"\xff", False),
    ],
)
def test_only_complete_json_is_whole(text: bytes, *, whole: bool) -> None:
    assert is_whole(text) is whole
