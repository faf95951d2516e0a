"""Pictures of every format, drawn or put together byte by byte, and what is said of them."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from cpa_image_cli.adapters.pictures.verify import UnsoundPicture, verify
from cpa_image_cli.core.errors import Code, Failure, GatewayError
from cpa_image_cli.core.pictures.picture import Picture

HINT = "Run it again; if it happens every time, something on the way alters the answers."


def drawn(picture_format: str, *, mode: str = "RGB", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    channels = len(mode)
    pixels = bytes(range(256)) * (size[0] * size[1] * channels // 256 + 1)
    image = Image.frombytes(mode, size, pixels[: size[0] * size[1] * channels])
    file = io.BytesIO()
    image.save(file, picture_format, **options)
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def header(width: int, height: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for kind, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def canvas(width: int, height: int, *, flags: int = 0) -> bytes:
    return bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG = drawn("PNG")
JPEG = drawn("JPEG")
WEBP = drawn("WEBP")
GIF = drawn("GIF", mode="L")
AVIF = drawn("AVIF")
SVG = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- drawn by a model --><!DOCTYPE svg>
<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><circle r="9"/></svg>"""
ALL = {"png": PNG, "jpeg": JPEG, "webp": WEBP, "gif": GIF, "avif": AVIF, "svg": SVG}


def moving(picture_format: str) -> bytes:
    frames = [Image.new("RGBA", (40, 30), (shade, 0, 0, shade)) for shade in (250, 120, 60)]
    file = io.BytesIO()
    frames[0].save(file, picture_format, save_all=True, append_images=frames[1:], duration=200)
    return file.getvalue()


PICTURES = {
    "png": ("png", PNG),
    "png with alpha, interlaced chunks": ("png", drawn("PNG", mode="RGBA", dpi=(72, 72))),
    "jpeg": ("jpeg", JPEG),
    "progressive jpeg": ("jpeg", drawn("JPEG", progressive=True)),
    "jpeg with restart markers": ("jpeg", drawn("JPEG", size=(400, 300), restart_marker_blocks=1)),
    "jpeg full of stuffed bytes": ("jpeg", drawn("JPEG", size=(400, 300), quality=100)),
    "webp, lossy": ("webp", WEBP),
    "webp, lossless": ("webp", drawn("WEBP", lossless=True)),
    "webp, extended": ("webp", drawn("WEBP", mode="RGBA", exif=b"Exif\0\0" + b"x" * 101)),
    "webp, moving": ("webp", moving("WEBP")),
    "gif": ("gif", GIF),
    "gif, moving": ("gif", moving("GIF")),
    "avif": ("avif", AVIF),
    "avif with alpha": ("avif", drawn("AVIF", mode="RGBA")),
    "avif, moving": ("avif", moving("AVIF")),
}


def verified(content: bytes, tmp_path: Path, *, asked: str = "png") -> Picture:
    path = tmp_path / ".picture.part"
    path.write_bytes(content)
    return verify(path, sha256="as written", asked=asked)


def judgement(content: bytes, tmp_path: Path, *, asked: str = "png") -> Code | int:
    try:
        return verified(content, tmp_path, asked=asked).bytes
    except GatewayError as error:
        return error.code


def complaint(content: bytes, tmp_path: Path, *, asked: str = "png") -> str:
    with pytest.raises(UnsoundPicture) as raised:
        verified(content, tmp_path, asked=asked)
    failure = raised.value.failure
    hint = failure.hint if "--format" in str(failure.hint) else HINT
    assert failure == Failure(code=Code.IMAGE_DAMAGED, message=failure.message, hint=hint)
    return failure.message
