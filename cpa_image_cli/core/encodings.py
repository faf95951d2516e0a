"""Decides what to say of a text file that is not UTF-8: what it probably is, and how it becomes so."""

_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""Byte order marks, the longer before those they begin with."""

_LONGEST_CHARACTER = 4
_LOOKED_AT = 256
_LEAST = 8
"""Bytes that are looked at, and without which nothing can be said."""


def encoding_hint(data: bytes) -> str:
    """Return what to do about *data*, the beginning of a file that is no UTF-8 text."""
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return f"Save it as UTF-8; it is {name}, which PowerShell and Notepad call Unicode."
    if is_perhaps_utf_16(data):
        return "Save it as UTF-8; it looks like UTF-16, which PowerShell and Notepad call Unicode."
    if _is(data, "gb18030"):
        return "Save it as UTF-8; it may be GBK: iconv -f GB18030 -t UTF-8 FILE"
    return "Save it as UTF-8."


def is_perhaps_utf_16(data: bytes) -> bool:
    """Whether *data* is text in which every other byte is NUL, as Latin letters have it there."""
    start = data[: _LOOKED_AT // 2 * 2]
    return len(start) >= _LEAST and max(start[0::2].count(0), start[1::2].count(0)) > len(start) // 4


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        # The last character may have been cut.
        return error.start >= len(data) - _LONGEST_CHARACTER
    return True
