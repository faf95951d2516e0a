"""The answer's two shapes, as the wire has them."""

import base64
import io
import json
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from cpa_image_cli.sandbox.answers.composing import compose
from cpa_image_cli.sandbox.answers.response_events import Story, events, whole, written
from cpa_image_cli.sandbox.language.payload import Payload, Spelling, needing_padding, padded, plain, spelled
from cpa_image_cli.sandbox.language.replies import Answer
from cpa_image_cli.sandbox.language.request import ImageRequest, Refused, read


def asked(**tool: object) -> ImageRequest:
    body = {
        "model": "gpt-5.4",
        "input": "画一只可爱的松鼠",
        "stream": True,
        "tools": [{"type": "image_generation", "size": "64x64", **tool}],
    }
    return read(json.dumps(body).encode())


def story(answer: Answer, **tool: object) -> Story:
    return compose(answer, asked(**tool), number=1, created_at=1_700_000_000)


def as_json(body: object) -> dict[str, object]:
    return json.loads(b"".join(piece for segment in written(body) for piece in segment))


def a_png(width: int = 40) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, 40), 80).save(out, "PNG")
    return out.getvalue()


def test_a_whole_response_has_every_field_of_the_wire() -> None:
    body = as_json(whole(story(Answer(text="done"), quality="high", output_format="webp")))
    result = body["output"][1].pop("result")

    assert body == {
        "id": "resp_sandbox_0001",
        "object": "response",
        "created_at": 1_700_000_000,
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": "",
        "max_output_tokens": None,
        "metadata": {},
        "model": "gpt-5.4",
        "output": [
            {"type": "reasoning", "id": "rs_sandbox_1", "summary": []},
            {
                "type": "image_generation_call",
                "id": "ig_sandbox_1",
                "status": "completed",
                "revised_prompt": "画一只可爱的松鼠",
                "size": "64x64",
                "quality": "high",
                "background": "opaque",
                "output_format": "webp",
                "action": "generate",
            },
            {
                "type": "message",
                "id": "msg_sandbox_1",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": "done", "annotations": [], "logprobs": []}],
            },
        ],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": "none", "summary": None},
        "store": False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [
            {
                "type": "image_generation",
                "model": "gpt-image-2-codex",
                "size": "64x64",
                "quality": "high",
                "background": "auto",
                "moderation": "auto",
                "output_format": "webp",
                "output_compression": 100,
            }
        ],
        "top_p": 1.0,
        "truncation": "disabled",
        "user": None,
        "tool_usage": {
            "image_gen": {
                "input_tokens": 20,
                "input_tokens_details": {"text_tokens": 20, "image_tokens": 0},
                "output_tokens": 1056,
                "output_tokens_details": {"image_tokens": 1056, "text_tokens": 0},
                "total_tokens": 1076,
            }
        },
        "usage": {
            "input_tokens": 42,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 24,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 66,
        },
    }
    assert Image.open(io.BytesIO(base64.b64decode(result))).format == "WEBP"


def test_events_come_in_the_order_and_time_of_the_wire() -> None:
    told = list(events(story(Answer(text="done"), partial_images=2)))

    assert [event.type.removeprefix("response.") for event in told] == [
        "created",
        "in_progress",
        "output_item.added",
        "output_item.done",
        "output_item.added",
        "image_generation_call.in_progress",
        "image_generation_call.generating",
        "image_generation_call.partial_image",
        "image_generation_call.partial_image",
        "image_generation_call.completed",
        "output_item.done",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]
    times = [event.at for event in told]
    assert times == sorted(times)
    assert times[-1] == 1.0


def test_the_tools_are_visible_in_the_first_event() -> None:
    first = next(events(story(Answer())))

    assert [tool["type"] for tool in first.fields["response"]["tools"]] == ["image_generation"]


@pytest.mark.parametrize(
    ("spelling", "check"),
    [
        (Spelling.PLAIN, lambda text: base64.b64decode(text, validate=True)),
        (Spelling.UNPADDED, lambda text: base64.b64decode(text + "=" * (-len(text) % 4), validate=True)),
        (Spelling.DATA_URL, lambda text: base64.b64decode(text.removeprefix("data:image/png;base64,"), validate=True)),
        (Spelling.ESCAPED_SLASHES, lambda text: base64.b64decode(text, validate=True)),
        (Spelling.WRAPPED, lambda text: base64.b64decode("".join(text.split("\n")), validate=True)),
    ],
)
def test_every_spelling_stands_for_the_same_bytes(spelling: Spelling, check: Callable[[str], bytes]) -> None:
    png = a_png()
    text = json.loads(b'"' + b"".join(spelled(plain(png), spelling, mime="image/png")) + b'"')

    assert check(text) == png


def test_spellings_differ_from_the_plain_one() -> None:
    payload = needing_padding(a_png())
    texts = {spelling: b"".join(spelled(payload, spelling, mime="image/png")) for spelling in Spelling}

    assert len(set(texts.values())) == len(Spelling)
    assert texts[Spelling.PLAIN].endswith(b"=")
    assert not texts[Spelling.UNPADDED].endswith(b"=")


@pytest.mark.parametrize("width", range(40, 46))
def test_a_picture_without_need_of_padding_is_given_some(width: int) -> None:
    payload = needing_padding(a_png(width))

    assert payload.size % 3
    assert Image.open(io.BytesIO(b"".join(payload.pieces()))).size == (width, 40)


@pytest.mark.parametrize("size", [4_000, 200_000, 196_608 * 3 + 1, 2_000_003])
@pytest.mark.parametrize("width", [40, 41, 42])
def test_a_padded_png_has_exactly_the_size_and_is_a_whole_picture(size: int, width: int) -> None:
    png = a_png(width)
    payload = padded(png, size)
    data = b"".join(payload.pieces())

    assert (payload.size, len(data)) == (size, size)
    assert b"".join(spelled(payload, Spelling.PLAIN, mime="image/png")) == base64.b64encode(data)
    with Image.open(io.BytesIO(data)) as image:
        image.verify()
    assert chunk_names(data) == [*chunk_names(png)[:-1], b"paDd", b"IEND"]


def chunk_names(png: bytes) -> list[bytes]:
    names, place = [], 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4])
        body = png[place + 4 : place + 8 + length]
        assert zlib.crc32(body) == int.from_bytes(png[place + 8 + length : place + 12 + length])
        names.append(body[:4])
        place += 12 + length
    return names


def test_padding_costs_one_block_and_not_the_size() -> None:
    payload = padded(a_png(), 64 * 1024 * 1024)
    text = spelled(payload, Spelling.PLAIN, mime="image/png")

    assert payload.size == 64 * 1024 * 1024
    assert sum(len(piece) for piece in {id(piece): piece for piece in text}.values()) < 1024 * 1024


def test_what_is_no_png_is_not_padded() -> None:
    assert padded(b"GIF89a", 1_000_000) == Payload(((b"GIF89a", 1),))


@pytest.mark.parametrize(
    ("change", "message", "param"),
    [
        ({"size": "10x"}, "Invalid value: '10x'. Supported values are:", "size"),
        ({"size": "1792x936"}, "Invalid size '1792x936'. Width and height must both be divisible by 16.", "size"),
        ({"size": "4096x2048"}, "Invalid size '4096x2048'. The longest edge must not exceed 3840 pixels.", "size"),
        ({"size": "1600x160"}, "Invalid size '1600x160'. The aspect ratio must be between 1:3 and 3:1.", "size"),
        ({"output_format": "bmp"}, "Invalid value: 'bmp'. Supported values are: 'png'", "output_format"),
        ({"output_format": "gif", "partial_images": 1}, "Partial images are not supported for GIF", "partial_images"),
        ({"quality": "best"}, "Invalid value: 'best'. Supported values are:", "quality"),
        ({"partial_images": 4}, "Invalid value: '4'. Supported values are: whole numbers", "partial_images"),
        ({"partial_images": "2"}, "Invalid value: '2'. Supported values are: whole numbers", "partial_images"),
        ({"output_compression": 50}, "Compression less than 100 is not supported for PNG", "output_compression"),
        ({"n": 2}, "Unknown parameter: 'tools[0].n'.", "n"),
        ({"background": "transparent", "output_format": "jpeg"}, "Transparent background is not supp", "background"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(change: dict[str, object], message: str, param: str) -> None:
    with pytest.raises(Refused) as caught:
        asked(**change)

    error = caught.value.reply.body["error"]
    assert caught.value.reply.status == 400
    assert error["message"].startswith(message)
    assert error["param"] == f"tools[0].{param}"


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{", 400, "We could not parse the JSON body of your request."),
        (b"[]", 400, "The JSON body of your request is not an object."),
        (b"{}", 400, "Missing required parameter: 'model'."),
        (b'{"model":"gpt-5.4"}', 400, "Missing required parameter: 'input'."),
        (b'{"model":"gpt-5.4","input":" "}', 400, "Missing required parameter: 'input'."),
        (b'{"model":"gpt-5.4","input":[{"role":"user","content":[{"type":"x"}]},7]}', 400, "Missing required"),
        (b'{"model":"gpt-9","input":"x"}', 400, "unknown provider for model gpt-9"),
        (b'{"model":"gpt-image-2","input":"x"}', 503, "model gpt-image-2 is only supported on /v1/images/generations"),
        (
            b'{"model":"gpt-5.4","input":"x","tool_choice":{"type":"image_generation"}}',
            400,
            "Tool choice 'image_generation' not found in 'tools' parameter.",
        ),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(body: bytes, status: int, message: str) -> None:
    with pytest.raises(Refused, match=message[:20].replace("(", ".")) as caught:
        read(body)

    assert caught.value.reply.status == status
    assert caught.value.reply.body["error"]["message"].startswith(message)


PIXEL = "data:image/gif;base64,R0lGODdhAQABAIAAAAAAAAAAACwAAAAAAQABAAACAkQBADs="


def test_the_prompt_is_found_in_messages() -> None:
    messages = [
        {"role": "system", "content": "be brief"},
        {
            "role": "user",
            "content": [{"type": "input_text", "text": "松鼠"}, {"type": "input_image", "image_url": PIXEL}],
        },
    ]
    found = read(json.dumps({"model": "gpt-5.4", "input": messages}).encode())

    assert (found.sketch.prompt, found.tool) == ("be brief\n松鼠", None)
