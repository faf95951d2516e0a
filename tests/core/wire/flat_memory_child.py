"""
Reads one generated answer through `AnswerReader`, in a process of its own, and prints the peak of its memory.

Run by test_flat_memory.py: ``python flat_memory_child.py SHAPE SIZE FOLDER``, *SIZE* being the picture's in bytes.
The answer is made as it is read: neither it nor any picture in it is ever whole in memory.
"""

import base64
import hashlib
import json
import random
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from cpa_image_cli.core.wire.answer_pictures import AnswerPictures
from cpa_image_cli.core.wire.answer_reader import AnswerReader
from cpa_image_cli.core.wire.assembler import ResponseAssembler
from cpa_image_cli.core.wire.stream_events import PartialImage

BLOCK = random.Random(1).randbytes(48 * 1024)
ENCODED = base64.b64encode(BLOCK)


class FileBlob:
    """Keeps its bytes in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")

    def write(self, data: bytes) -> None:
        self._file.write(data)

    def close(self) -> None:
        self._file.close()

    def discard(self) -> None:
        self.path.unlink()


def with_picture(body: dict[str, object], *, size: int) -> Iterator[bytes]:
    """Yield *body* as JSON with a picture of *size* bytes in the place of ``@``, 64 KiB at a time."""
    before, _, after = json.dumps(body).encode().partition(b"@")
    yield before
    for _ in range(size // len(BLOCK)):
        yield ENCODED
    yield base64.b64encode(BLOCK[: size % len(BLOCK)]) + after


def streamed(size: int) -> Iterator[bytes]:
    """Yield a stream with two partial frames, the picture, and the picture once more at its end."""
    item = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "@"}
    frame = {"type": "response.image_generation_call.partial_image", "partial_image_b64": "@"}
    for body in (
        {**frame, "partial_image_index": 0},
        {**frame, "partial_image_index": 1},
        {"type": "response.output_item.done", "item": item},
        {"type": "response.completed", "response": {"id": "resp_1", "output": [item]}},
    ):
        yield b"data: "
        yield from with_picture(body, size=size)
        yield b"\n\n"


def plain(size: int) -> Iterator[bytes]:
    """Yield a JSON answer."""
    yield from with_picture({"id": "resp_1", "output": [{"type": "image_generation_call", "result": "@"}]}, size=size)


def wrapped(size: int) -> Iterator[bytes]:
    """Yield a JSON answer whose base64 is wrapped and has its slashes escaped, as some relays send it."""
    for chunk in plain(size):
        lines = (chunk[at : at + 76] for at in range(0, len(chunk), 76))
        yield rb"\n".join(lines).replace(b"/", rb"\/") if len(chunk) == len(ENCODED) else chunk


def sha256_of(path: Path) -> str:
    """Return the hash of a file's content, reading it in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def peak() -> int:
    """Return the peak of this process's memory in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux ru_maxrss of a fresh process begins at what its parent had when it started it.
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(shape: str, size: int, folder: Path) -> None:
    """Read the answer and print what came of it as JSON."""
    paths = iter(folder / f"{number}.blob" for number in range(99))
    pictures = AnswerPictures(nonce="5eed", open_blob=lambda: FileBlob(next(paths)), wants_frames=True)
    reader = AnswerReader(pictures)
    answer = ResponseAssembler()
    blobs: list[FileBlob | None] = []

    def receive(chunk: bytes | None) -> None:
        for _, event in reader.feed(chunk) if chunk is not None else reader.close():
            images = [event.image] if isinstance(event, PartialImage) else answer.receive(event)
            blobs.extend(pictures.take(image.result) for image in images)
            pictures.satisfied = pictures.satisfied or (bool(images) and not isinstance(event, PartialImage))

    for chunk in {"streamed": streamed, "plain": plain, "wrapped": wrapped}[shape](size):
        receive(chunk)
    receive(None)
    sizes = [blob.path.stat().st_size if blob else None for blob in blobs]
    kept = {sha256_of(blob.path) for blob in blobs if blob}
    sys.stdout.write(json.dumps({"peak": peak(), "sizes": sizes, "sha256": sorted(kept)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
