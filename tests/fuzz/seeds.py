"""
Answers to begin with: those recorded in ``tests/data/streams`` and all that the sandbox's scenarios send.

They are made anew each time rather than kept, so they follow the scenarios; each comes out the same every time. Their
pictures are small or cut to words of the fuzzer's language, since a fuzzer is only as quick as its inputs are short.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from cpa_image_cli.sandbox.answers.playback import play
from cpa_image_cli.sandbox.answers.steps import Break, Send, Step
from cpa_image_cli.sandbox.language import request
from cpa_image_cli.sandbox.language.replies import Answer, Reply
from cpa_image_cli.sandbox.scenarios import SCENARIOS
from tests.fuzz.language import SIGN, written

STREAMS = Path(__file__).parent.parent / "data" / "streams"

MOST_STEPS = 60
"""Steps taken of an answer; some have no end."""

PADDED = 3300
"""Bytes of a scenario's picture; its base64 is long enough to be lifted out."""

_LONG = re.compile(rb"[A-Za-z0-9+/]{1000,}={0,2}")


def recorded() -> dict[str, bytes]:
    """Return the recorded answers by their file names."""
    return {path.name: path.read_bytes() for path in STREAMS.iterdir() if path.suffix in {".sse", ".json", ".html"}}


def played() -> dict[str, bytes]:
    """Return what each reply of each scenario sends, with streaming and without."""
    return {
        f"{name}-{number}{'.sse' if stream else '.json'}": _sent(reply, stream=stream)
        for name, scenario in SCENARIOS.items()
        for number, reply in enumerate(scenario.script, 1)
        for stream in (False, True)
    }


def answers() -> dict[str, bytes]:
    """Return all seeds as they come over the wire."""
    return {**recorded(), **played()}


def inputs() -> dict[str, bytes]:
    """Return all seeds as inputs, with words in place of long base64."""
    return {name: _short(answer) for name, answer in answers().items()}


def _short(answer: bytes) -> bytes:
    letters = iter("ABJ" * 100)
    return _LONG.sub(lambda _: SIGN + next(letters).encode(), written(answer))


def _sent(reply: Reply, *, stream: bool) -> bytes:
    if isinstance(reply, Answer):
        reply = replace(reply, packed="", announced="", size="16x16" if reply.size else None, pad_to=PADDED)
    body = {
        "model": "gpt-5.4",
        "input": "画一只可爱的松鼠",
        "stream": stream,
        "tools": [{"type": "image_generation", "partial_images": 2 if stream else 0, "size": "16x16"}],
    }
    asked = request.read(json.dumps(body).encode())
    return b"".join(_bytes(play(reply, asked, number=1, created_at=1_780_000_000).steps))


def _bytes(steps: Iterable[Step]) -> Iterator[bytes]:
    for step in islice(steps, MOST_STEPS):
        if isinstance(step, Break):
            return
        if isinstance(step, Send):
            yield from step.text
