import pytest

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures.placeholders import fields_in, filled, filled_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("squirrel.png", "squirrel.png"),
        ("s-{n}.png", "s-7.png"),
        ("{n:03}-{title}.png", "007-松鼠.png"),
        ("{ title }/{n:2}.png", "松鼠/07.png"),
        ("{{n}}.png", "{n}.png"),
        ("{path}.png", "etc-passwd.png"),
        ("{nothing}.png", "image.png"),
    ],
)
def test_fields_become_parts_of_names(text: str, name: str) -> None:
    values = {"n": 7, "title": "松鼠", "path": "../etc/passwd", "nothing": "///"}

    assert filled_name(text, values, called="-o") == name


def test_a_field_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match=r"-o: there is no \{titel\}"):
        filled_name("{titel}.png", {"title": "x"}, called="-o")


def test_a_text_takes_values_as_they_are() -> None:
    assert filled("海报：{title}", {"title": "a/b"}.get, called="--prompt") == "海报：a/b"


def test_fields_are_found_and_braces_are_none() -> None:
    assert fields_in("{row:03}-{ title }-{{n}}") == ("row", "title")


def test_a_field_may_be_left_for_later_as_it_is_spelled() -> None:
    assert filled_name("{title}-{n:02}", {"title": "a"}, called="-o", left=frozenset({"n"})) == "a-{n:02}"
