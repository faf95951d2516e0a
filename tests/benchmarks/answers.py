"""
Makes the answers that clients are measured with, and sends them again without doing any work.

    python answers.py record FOLDER MIB...    writes FOLDER/MIB-json.http and FOLDER/MIB-streamed.http
    python answers.py replay FOLDER           prints its port, then a line of JSON for every answer it has sent

An answer is recorded once, headers and all, from the sandbox: a real 1024x1024 picture, grown to its size by a private
chunk of noise. Replaying is ``sendfile``, in a process of its own, so that the server is never what is measured.
"""

import json
import os
import socket
import sys
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"
MIB = 1 << 20
MODES = ("json", "streamed")
MODEL = "gpt-5.4"
PROMPT = "画一只可爱的松鼠"


def request_body(mode: str) -> dict[str, object]:
    """Return what every client asks for: the same picture, in *mode*."""
    tool: dict[str, object] = {"type": "image_generation", "output_format": "png"}
    if mode == "streamed":
        tool["partial_images"] = 2
    return {"model": MODEL, "input": PROMPT, "tools": [tool], "stream": mode == "streamed", "store": False}


def record(folder: Path, size: int) -> None:
    """Write down both answers that carry a picture of *size* MiB; a stream has it four times, two of them as frames."""
    from cpa_image_cli.sandbox.serving.gateway import Sandbox

    for mode in MODES:
        body = json.dumps(request_body(mode)).encode()
        head = f"POST /v1/responses HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
        with (
            Sandbox(key="", pad_to=size * MIB) as sandbox,
            socket.create_connection((LOOPBACK, sandbox.port)) as connection,
            (folder / f"{size}-{mode}.http").open("wb") as file,
        ):
            connection.sendall(head.encode() + body)
            while piece := connection.recv(1 << 16):
                file.write(piece)


def replay(folder: Path) -> None:
    """Answer ``POST /NAME/v1/responses`` with what was recorded as NAME, one client after the other, for ever."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        _say(listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            with connection:
                name = _asked_name(connection)
                with (folder / f"{name}.http").open("rb") as file:
                    connection.sendfile(file)
                # The last byte has been handed to the system; it arrives a little later.
                _say({"name": name, "last_byte_sent_at": time.time()})


def _asked_name(connection: socket.socket) -> str:
    """Read a whole request; return the first part of its path."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(1 << 16)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    left = int(lengths[0]) - len(body)
    while left > 0:
        left -= len(connection.recv(1 << 16))
    return head.split(b"/")[1].decode()


def _say(what: object) -> None:
    os.write(sys.stdout.fileno(), json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    if sys.argv[1] == "record":
        for mib in sys.argv[3:]:
            record(Path(sys.argv[2]), int(mib))
    else:
        replay(Path(sys.argv[2]))
