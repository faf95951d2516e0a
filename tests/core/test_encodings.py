import pytest

from cpa_image_cli.core.encodings import encoding_hint


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("松鼠".encode("utf-16"), "it is UTF-16"),
        (b"\xfe\xff" + "松鼠".encode("utf-16-be"), "it is UTF-16"),
        ("松鼠".encode("utf-32"), "it is UTF-32"),
        ("model = 1".encode("utf-16-le"), "it looks like UTF-16"),
        ("model = 1".encode("utf-16-be"), "it looks like UTF-16"),
        ("画一只松鼠".encode("gbk"), "it may be GBK"),
        ("画一只松鼠".encode("gbk")[:-1], "it may be GBK"),
        (b"caf\xe9 \xff\xff\xff\xff\xff", "Save it as UTF-8."),
    ],
)
def test_what_a_file_probably_is_is_told_with_what_to_do(data: bytes, words: str) -> None:
    assert words in encoding_hint(data)
