"""Real pictures, made by the tests: what phones, cameras, scanners and painting programs write."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SECRET = "N 52.5200 E 13.4050"
"""Stands for all that nobody wants to send; it is in every kind of metadata below."""


def scene(size: tuple[int, int] = (64, 48), *, mode: str = "RGB") -> Image.Image:
    """A picture of which every corner looks different, so that a turn or a flip is seen."""
    image = Image.new("RGB", size, (90, 90, 90))
    half = (size[0] // 2, size[1] // 2)
    for colour, place in (((230, 20, 20), (0, 0)), ((20, 230, 20), (half[0], 0)), ((20, 20, 230), (0, half[1]))):
        image.paste(colour, (*place, place[0] + half[0], place[1] + half[1]))
    return image.convert(mode)


def exif(*, orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[ExifTags.Base.Orientation] = orientation
    found[ExifTags.Base.ImageDescription] = SECRET
    place = found.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return found


def saved(image: Image.Image, form: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


@cache
def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def phone_jpeg(*, orientation: int = 6) -> bytes:
    """A JPEG as phones write it: turned, with a place, XMP, a comment, a profile, and a film after its end."""
    data = saved(
        scene(),
        "JPEG",
        quality=95,
        subsampling=0,
        exif=exif(orientation=orientation),
        icc_profile=profile(),
        comment=SECRET.encode(),
        xmp=f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode(),
    )
    iptc = b"\xff\xed" + struct.pack(">H", 2 + len(SECRET)) + SECRET.encode()
    credentials = b"\xff\xeb" + struct.pack(">H", 2 + len(SECRET)) + SECRET.encode()
    return data[:2] + iptc + credentials + data[2:] + b"....ftypmp42" + SECRET.encode()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def noted_png(image: Image.Image | None = None, *, orientation: int = 1) -> bytes:
    notes = PngInfo()
    notes.add_text("Comment", SECRET)
    notes.add_itxt("XML:com.adobe.xmp", SECRET)
    data = saved(
        image or scene(), "PNG", pnginfo=notes, exif=exif(orientation=orientation), icc_profile=profile(), dpi=(72, 72)
    )
    return data[:-12] + chunk(b"caBX", SECRET.encode()) + data[-12:] + SECRET.encode()


def noted_webp(*, lossless: bool = True, orientation: int = 1) -> bytes:
    return saved(
        scene(mode="RGBA"),
        "WEBP",
        lossless=lossless,
        exif=exif(orientation=orientation),
        xmp=SECRET.encode(),
        icc_profile=profile(),
    )


def cmyk_jpeg() -> bytes:
    return saved(scene(mode="CMYK"), "JPEG", quality=95, subsampling=0)


def deep_grey_png() -> bytes:
    image = Image.new("I;16", (64, 48))
    image.putdata([x * 1000 for _ in range(48) for x in range(64)])
    return saved(image, "PNG")


def deep_colour_png() -> bytes:
    """RGB with 16 bits a channel, which Pillow reads and does not write."""
    row = b"\0" + b"".join(struct.pack(">HHH", x * 1000, 20_000, 65_535) for x in range(64))
    header = struct.pack(">IIBBBBB", 64, 48, 16, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 48)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def palette_png() -> bytes:
    image = scene().quantize(8)
    return saved(image, "PNG", transparency=0)


def moving(form: str) -> bytes:
    frames = [scene(), scene().rotate(90), scene().rotate(180)]
    return saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100)


def still_gif() -> bytes:
    return saved(scene(), "GIF", comment=SECRET.encode())


def bomb() -> bytes:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


Writer = Callable[[str, bytes], Path]
