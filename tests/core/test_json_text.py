import json

import pytest

from cpa_image_cli.core.text import json_text

UNSAFE = "\x7f\x9b\u061c\u200e\u2028\u202e\u2066\ufeff\ud800"


def test_readable_characters_stay_readable() -> None:
    assert json_text({"提示": "画一只松鼠 🐿"}) == '{"提示": "画一只松鼠 🐿"}'


@pytest.mark.parametrize("character", UNSAFE)
def test_what_a_terminal_may_obey_is_an_escape_and_nothing_is_lost(character: str) -> None:
    text = json_text([character])

    assert text == f'["\\u{ord(character):04x}"]'
    assert json.loads(text) == [character]


def test_it_may_be_indented() -> None:
    assert json_text({"a": [1]}, indent=1) == '{\n "a": [\n  1\n ]\n}'
