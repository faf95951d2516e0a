"""iTerm2's inline images, decoded again."""

import io
import random
import re
from base64 import b64decode

from PIL import Image

from cpa_image_cli.ui.pictures.iterm import LIMIT, QUALITIES, inline

SEQUENCE = re.compile(r"\x1b\]1337;File=([^:]*):([A-Za-z0-9+/=]+)\x07")


def decoded(sequence: str) -> tuple[dict[str, str], Image.Image]:
    found = SEQUENCE.fullmatch(sequence)
    assert found is not None
    keys = dict(pair.split("=") for pair in found[1].split(";"))
    data = b64decode(found[2], validate=True)
    assert keys.pop("size") == str(len(data))
    return keys, Image.open(io.BytesIO(data))


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))


def test_a_picture_comes_back_pixel_for_pixel() -> None:
    image = noise(64, 48)

    keys, shown = decoded(inline(image, columns=7, rows=3))

    assert keys == {"inline": "1", "width": "7", "height": "3", "preserveAspectRatio": "1"}
    assert (shown.format, shown.size, shown.tobytes()) == ("PNG", image.size, image.tobytes())


def test_a_picture_too_large_for_one_sequence_loses_quality_and_not_size() -> None:
    image = noise(900, 700)

    sequence = inline(image, columns=90, rows=35)

    _, shown = decoded(sequence)
    assert (shown.format, shown.size, len(sequence) < 1_048_576) == ("JPEG", image.size, True)


def test_what_does_not_fit_however_it_is_spelled_goes_as_small_as_it_gets() -> None:
    image = noise(1800, 1600)
    smallest = io.BytesIO()
    image.save(smallest, "JPEG", quality=QUALITIES[-1])

    found = SEQUENCE.fullmatch(inline(image, columns=90, rows=35))

    assert found is not None
    assert b64decode(found[2]) == smallest.getvalue()
    assert len(found[2]) > LIMIT
