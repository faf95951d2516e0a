"""
Decides whether the pictures of a request make sense, in the words of the image tool if they do not.

They are really looked at: what is no picture is refused, whatever the client believes of it.
"""

import base64
import binascii
import io
from collections.abc import Iterator, Mapping

from cpa_image_cli.sandbox.language.replies import HttpError, JsonObject

MOST_PATCHES = 30_000
PATCH = 32
"""Pixels of a patch's edge."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

INVALID = (
    "The image data you provided does not represent a valid image. Please check your input and try again with one of "
    "the supported image formats: ['image/jpeg', 'image/png', 'image/gif', 'image/webp']."
)


class BadPicture(Exception):  # noqa: N818 - says what it is
    """A picture is refused with *reply*."""

    def __init__(self, message: str, *, param: str = "input", code: str | None = "invalid_value") -> None:
        super().__init__(message)
        error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
        self.reply = HttpError(status=400, body={"error": error})


def pictures_in(value: object) -> tuple[bytes, ...]:
    """Return the pictures of the input *value*, in their order. Raises: BadPicture."""
    messages = value if isinstance(value, list) else []
    return tuple(picture for message in messages for picture in _in_message(message))


def mask_in(tool: JsonObject) -> bytes | None:
    """Return the mask of *tool*, if it has one. Raises: BadPicture."""
    mask = tool.get("input_image_mask")
    if mask is None:
        return None
    url = mask.get("image_url") if isinstance(mask, Mapping) else None
    return _decoded(url, param="tools[0].input_image_mask.image_url")


def size_of(picture: bytes) -> tuple[int, int]:
    """Return the pixel size of *picture*, which has been looked at."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        return image.size


def _in_message(message: object) -> Iterator[bytes]:
    content = message.get("content") if isinstance(message, dict) else None
    for number, part in enumerate(content if isinstance(content, list) else []):
        if isinstance(part, dict) and part.get("type") == "input_image":
            yield _decoded(part.get("image_url"), param=f"input[0].content[{number}].image_url")


def _decoded(url: object, *, param: str) -> bytes:
    if not isinstance(url, str):
        kind = "an object" if isinstance(url, dict) else "nothing"
        raise BadPicture(f"Invalid type for '{param}': expected a string, but got {kind} instead.", param=param)
    head, _, text = url.partition(",")
    if not (head.startswith("data:image/") and head.endswith(";base64")):
        raise BadPicture(f"Failed to download image from {url[:80]}.", param=param, code="invalid_image_url")
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadPicture(INVALID) from None
    _look_at(data)
    return data


def _look_at(data: bytes) -> None:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            patches = -(-image.width // PATCH) * -(-image.height // PATCH)
            image.load()
    except (OSError, SyntaxError, ValueError):
        raise BadPicture(INVALID) from None
    if patches > MOST_PATCHES:
        raise BadPicture(
            f"The image you provided requires {patches} patches after processing, exceeding the limit of "
            f"{MOST_PATCHES}. Please resize the image and try again."
        )
