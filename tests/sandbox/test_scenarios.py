"""The scenario table: consistent in itself, and every row of it plays."""

import base64
import io
import json
import re
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from PIL import Image

from cpa_image_cli.adapters.gateway.content_encoding import decoded
from cpa_image_cli.core.errors import Code, UsageError
from cpa_image_cli.sandbox.language.replies import Answer, Damage, Foreign, HttpError, StreamError
from cpa_image_cli.sandbox.scenarios import ROWS, SCENARIOS, Scenario, find
from cpa_image_cli.sandbox.serving.gateway import Sandbox

BOTH_WAYS = pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
EVERY_SCENARIO = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
PLAYED = [scenario for scenario in SCENARIOS.values() if scenario.timeout is None]
LASTING = [scenario for scenario in SCENARIOS.values() if scenario.timeout is not None]

FIELD_NOTES = """
ok ok-item-only data-only crlf no-final-blank-line status-generating jpeg-for-png tools-empty-then-ok tools-empty
text-with-tools refusal rate-limited-12ms rate-limited-1m5s rate-limit-in-stream-then-ok rate-limit-flat-event
rate-limit-nested-event usage-limit moderation bad-key not-found-empty auth-unavailable image-only-model html-524
blank-lines-then-error eof-before-image eof-after-image late-error-after-image partials-only keepalives huge-line
"""
"""Scenarios that are asked for by name; the others may be renamed."""


@dataclass(frozen=True)
class Heard:
    """What came back: *status* is None when there was no answer, *broken* when it did not end as promised."""

    status: int | None
    body: bytes
    broken: bool


@contextmanager
def client_of(scenario: Scenario) -> Iterator[tuple[Sandbox, httpx.Client]]:
    with (
        Sandbox(scenario, auto_size="64x64") as sandbox,
        httpx.Client(base_url=sandbox.base_url, headers={"x-api-key": sandbox.key}, timeout=20) as client,
    ):
        yield sandbox, client


def hear(client: httpx.Client, *, stream: bool, seconds: float | None = None) -> Heard:
    """POST and listen to the end, or for *seconds*."""
    body = {"model": "gpt-5.4", "input": "松鼠", "tools": [{"type": "image_generation"}], "stream": stream}
    until = None if seconds is None else time.monotonic() + seconds
    status, heard = None, bytearray()
    try:
        with client.stream("POST", "/v1/responses", json=body, timeout=seconds or 20) as reply:
            status = reply.status_code
            for piece in decoded(reply.iter_raw(), reply.headers.get("content-encoding", "")):
                heard += piece
                if until is not None and time.monotonic() > until:
                    return Heard(status, bytes(heard), broken=True)
    except (httpx.TransportError, zlib.error):
        return Heard(status, bytes(heard), broken=True)
    return Heard(status, bytes(heard), broken=False)


SVG = b'"result":"' + base64.b64encode(b"<svg ")[:6]


def pictures_in(body: bytes) -> list[Image.Image]:
    """Return every whole picture that is sent as a result, however its base64 is spelled."""
    found = []
    for text in _texts(body):
        encoded = "".join(text.split())
        try:
            image = Image.open(io.BytesIO(base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)))
            image.load()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            continue
        found.append(image)
    return found


def _texts(body: bytes) -> Iterator[str]:
    """Yield what may be base64 of a picture, wherever it stands."""
    for text in re.findall(rb'"result": ?("(?:[^"\\]++|\\.)++")', body):
        yield str(json.loads(text, strict=False)).rpartition(",")[2]
    for text in re.findall(rb'(?<!partial_image_b64":")iVBORw0KGgo[A-Za-z0-9+/_-]{100,}', body):
        yield text.decode().replace("-", "+").replace("_", "/")


@EVERY_SCENARIO
def test_a_row_is_consistent(scenario: Scenario) -> None:
    assert re.fullmatch(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", scenario.name)
    assert scenario.summary
    assert not scenario.summary.endswith(".")
    for stream in (False, True):
        expected = scenario.expects(stream=stream)
        assert len(expected.waits) == expected.posts - 1
        assert expected.posts >= len(scenario.script)
        # Nobody is asked to wait for nothing, nor longer than `--max-wait` allows.
        assert all(1 <= wait <= 60 for wait in expected.waits)
        assert expected.code is None or not expected.warnings
    timed_out = scenario.expected.code is Code.TIMEOUT
    assert (scenario.timeout is not None) is timed_out


def test_every_name_leads_to_its_row() -> None:
    assert len(ROWS) == len(SCENARIOS)
    assert [find(name).name for name in SCENARIOS] == list(SCENARIOS)
    assert set(FIELD_NOTES.split()) <= set(SCENARIOS)


def test_rows_differ_in_what_they_play_and_in_what_they_say() -> None:
    assert len({repr((scenario.script, scenario.options)) for scenario in SCENARIOS.values()}) == len(SCENARIOS)
    assert len({scenario.summary for scenario in SCENARIOS.values()}) == len(SCENARIOS)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("rate-limted-then-ok", "Did you mean rate-limited-then-ok"),
        ("html", "Did you mean html-"),
        ("xyzzy", "`cpa-image sandbox --list` shows them all."),
        ("", "`cpa-image sandbox --list` shows them all."),
    ],
)
def test_a_wrong_name_is_told_with_what_is_near(wrong: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(wrong)

    assert (caught.value.hint or "").startswith(hint)


def test_the_words_of_the_little_language_are_all_used() -> None:
    replies = [reply for scenario in SCENARIOS.values() for reply in scenario.script]

    assert {type(reply) for reply in replies} == {Answer, Foreign, HttpError, StreamError}
    answers = [reply for reply in replies if isinstance(reply, Answer)]
    assert {answer.damage for answer in answers} == set(Damage)
    places = {(answer.stop.place, answer.stop.how) for answer in answers if answer.stop}
    assert len(places) > 10


BROKEN = {
    "close-after-image",
    "bad-chunk-after-image",
    "close-after-all",
    "close-before-image",
    "close-inside-image",
    "bad-chunk",
    "truncated-gzip",
    "framing-header-twice",
    "space-in-a-header",
    "no-answer",
    "reset",
    "reset-inside-image",
}
"""Scenarios whose answer does not end as HTTP promises."""


@BOTH_WAYS
@pytest.mark.parametrize("scenario", PLAYED, ids=lambda scenario: scenario.name)
def test_it_plays_to_the_end_that_it_expects(scenario: Scenario, *, stream: bool) -> None:
    expected = scenario.expects(stream=stream)

    with client_of(scenario) as (sandbox, client):
        heard = [hear(client, stream=stream) for _ in range(expected.posts)]

    assert len(sandbox.posts) == expected.posts
    *failures, last = heard
    assert all(not pictures_in(failure.body) for failure in failures)
    # What is kept may be a picture like any other: nobody asked for one of its kind.
    # A preview under the key of a picture looks like one.
    assert (
        expected.kept
        or expected.code is Code.PARTIAL_ONLY
        or (bool(pictures_in(last.body)) or SVG in last.body) is (expected.code is None)
    )
    unheard = {Code.CONNECTION_LOST, Code.HEADERS_MALFORMED}
    assert (last.status is None) is (expected.code in unheard)
    assert last.broken is (scenario.name in BROKEN)
    if expected.code is None:
        assert last.status == 200


@BOTH_WAYS
@pytest.mark.parametrize("scenario", LASTING, ids=lambda scenario: scenario.name)
def test_what_never_ends_lasts_as_long_as_one_listens(scenario: Scenario, *, stream: bool) -> None:
    with client_of(scenario) as (_, client):
        start = time.monotonic()
        heard = hear(client, stream=stream, seconds=0.1)

    assert heard.broken
    assert 0.09 < time.monotonic() - start < 2
    assert not pictures_in(heard.body)


def body_of(name: str, *, stream: bool) -> bytes:
    with client_of(find(name)) as (_, client):
        return hear(client, stream=stream).body


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("bom", rb"\A\xef\xbb\xbfevent: response.created\n"),
        ("crlf", rb"\A(?:event: [^\r\n]+\r\ndata: [^\r\n]+\r\n\r\n)+\Z"),
        ("cr", rb"\A(?:event: [^\r\n]+\rdata: [^\r\n]+\r\r)+\Z"),
        ("data-only", rb"\A(?:data: [^\r\n]+\n\n)+\Z"),
        ("several-data-lines", rb"\A(?:event: [^\n]+\n(?:data: [^\n]+\n){3,}\n)+\Z"),
        ("no-final-blank-line", rb"[^\n]\Z"),
        ("done-marker", rb"\ndata: \[DONE\]\n\n\Z"),
        ("keepalives", rb"\n: keep-alive\n\nevent: keepalive\n\ndata: \{\"type\":\"keepalive\""),
        ("ok-item-only", rb'"type":"response.completed".*"output":\[\]'),
        ("status-generating", rb'"status":"generating","result":"iVBOR'),
        ("tools-null", rb'"type":"response.created".*"tools":null'),
        ("tools-empty", rb'"type":"response.created".*"tools":\[\]'),
        ("json-for-stream", rb'\A\{"id":"resp_'),
        ("unknown-events", rb"event: codex.rate_limits\n"),
        ("null-fields", rb'"response":null'),
        ("data-url", rb'"result":"data:image/png;base64,iVBOR'),
        ("escaped-slashes", rb'"result":"iVBOR[^"]*\\/'),
        ("wrapped-base64", rb'"result":"iVBOR[^"]{70,72}\\n'),
        ("unpadded-base64", rb'"result":"iVBOR[^"=]+"'),
        ("huge-line", rb'(?s)"result":"iVBOR.{20971520}'),
        ("rate-limit-in-stream-then-ok", rb'"type": ?"response.failed".*Please try again in 3s'),
        ("output-missing", rb'"type":"response.completed".*"model":"[^"]*","parallel_tool_calls"'),
        ("late-failed-after-image", rb'"result":"iVBOR.*\n\nevent: response.failed\ndata: \{"type":"response.failed"'),
        (
            "bad-size-event",
            rb'"status": ?"failed","error": ?\{"type": ?"invalid_request_error","code": ?"invalid_value"',
        ),
        ("late-error-after-image", rb'"result":"iVBOR.*\n\nevent: error\ndata: \{"type":"error","code":"server_error"'),
    ],
)
def test_a_stream_has_the_sign_of_its_scenario(name: str, sign: bytes) -> None:
    assert re.search(sign, body_of(name, stream=True), re.DOTALL if b".*" in sign else 0)


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("blank-lines-then-ok", rb"\A\n\n\n\n\{"),
        ("blank-lines-then-error", rb'\A\n\n\n\{"error":'),
        ("in-envelope", rb'\A\{"type":"response.completed","response":\{"id":'),
        ("sse-for-json", rb"\Aevent: response.created\n"),
        ("null-fields", rb'"output":\[null,'),
        ("url-instead", rb'"result":"https://'),
        ("late-error-after-image", rb'"status":"failed".*"error":\{.*"result":"iVBOR'),
        ("not-found-empty", rb"\A\Z"),
        ("bad-key", rb'\A\{"error": "Invalid API key"\}\Z'),
    ],
)
def test_an_answer_has_the_sign_of_its_scenario(name: str, sign: bytes) -> None:
    assert re.search(sign, body_of(name, stream=False))


@pytest.mark.parametrize(
    ("name", "form", "size"),
    [("jpeg-for-png", "JPEG", (64, 64)), ("webp-for-png", "WEBP", (64, 64)), ("wrong-size", "PNG", (1254, 1254))],
)
@BOTH_WAYS
def test_what_is_delivered_is_not_what_was_asked(name: str, form: str, size: tuple[int, int], *, stream: bool) -> None:
    pictures = pictures_in(body_of(name, stream=stream))

    assert {(picture.format, picture.size) for picture in pictures} == {(form, size)}
