"""What is left of names when what they share is taken away."""

import pytest

from cpa_image_cli.core.pictures.told_apart import told_apart


@pytest.mark.parametrize(
    ("paths", "left"),
    [
        (["/p/s-1.png", "/p/s-2.png", "/p/s-10.png"], ["1", "2", "10"]),
        (["/p/松鼠 1.png", "/p/狐狸 1.png"], ["松鼠", "狐狸"]),
        (["/a/x.png", "/b/x.png"], ["a", "b"]),
        (["/p/squirrel.png", "/p/squid.jpg"], ["squirrel.png", "squid.jpg"]),
        (["/p/a.png", "/p/a-2.png"], ["a", "a-2"]),
        (["/p/a.png", "/p/a.png"], ["a.png", "a.png"]),
        (["/p/a.png"], ["a.png"]),
        (["/p/a\x1b[2J.png", "/p/b.png"], ["a", "b"]),
        ([], []),
    ],
)
def test_each_is_called_what_the_others_are_not_and_no_word_is_torn(paths: list[str], left: list[str]) -> None:
    assert told_apart(paths) == left
