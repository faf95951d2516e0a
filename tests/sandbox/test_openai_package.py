"""The official SDK, which nobody here wrote, gets its picture from the sandbox both ways."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager

import openai
import pytest
from openai.types.responses import ResponseOutputMessage
from openai.types.responses.response_output_item import ImageGenerationCall
from openai.types.responses.tool_param import ImageGeneration
from PIL import Image

from cpa_image_cli.sandbox.serving.gateway import Sandbox

TOOL = ImageGeneration(type="image_generation", size="1024x1024", output_format="webp", partial_images=2)
PROMPT = "画一只可爱的松鼠"


@contextmanager
def client_of(scenario: str, *, key: str | None = None) -> Iterator[openai.OpenAI]:
    with Sandbox(scenario, auto_size="64x64") as sandbox:
        client = openai.OpenAI(base_url=f"{sandbox.base_url}/v1", api_key=key or sandbox.key, max_retries=0)
        with client:
            yield client


def picture_in(call: ImageGenerationCall) -> Image.Image:
    assert call.result is not None
    return Image.open(io.BytesIO(base64.b64decode(call.result, validate=True)))


def test_a_whole_response() -> None:
    with client_of("ok") as client:
        response = client.responses.create(model="gpt-5.4", input=PROMPT, tools=[TOOL], store=False)

    calls = [item for item in response.output if isinstance(item, ImageGenerationCall)]
    assert [(call.status, picture_in(call).format, picture_in(call).size) for call in calls] == [
        ("completed", "WEBP", (1024, 1024))
    ]
    assert (response.status, response.error, response.model, response.output_text) == ("completed", None, "gpt-5.4", "")
    assert response.usage is not None
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens
    assert response.model_dump(mode="json")["tools"][0]["type"] == "image_generation"


def test_a_stream() -> None:
    with client_of("ok") as client:
        stream = client.responses.create(model="gpt-5.4", input=PROMPT, tools=[TOOL], stream=True)
        events = list(stream)

    frames = [event for event in events if event.type == "response.image_generation_call.partial_image"]
    assert [frame.partial_image_index for frame in frames] == [0, 1]
    assert [type(event).__name__ for event in events[:2]] == ["ResponseCreatedEvent", "ResponseInProgressEvent"]
    last = events[-1]
    assert last.type == "response.completed"
    done = next(
        event.item
        for event in events
        if event.type == "response.output_item.done" and isinstance(event.item, ImageGenerationCall)
    )
    assert done in last.response.output
    assert picture_in(done).size == (1024, 1024)
    assert [event.sequence_number for event in events] == list(range(len(events)))
    for event in events:
        event.model_dump(mode="json")


def test_the_streaming_helper_follows_the_events_to_a_final_response() -> None:
    with client_of("ok") as client, client.responses.stream(model="gpt-5.4", input=PROMPT, tools=[TOOL]) as stream:
        seen = [event.type for event in stream]
        final = stream.get_final_response()

    assert seen[-1] == "response.completed"
    assert [type(item).__name__ for item in final.output][1:] == ["ImageGenerationCall", "ParsedResponseOutputMessage"]


def test_words_arrive_as_words() -> None:
    with client_of("text-with-tools") as client:
        response = client.responses.create(model="gpt-5.4", input=PROMPT, tools=[TOOL])
        stream = client.responses.create(model="gpt-5.4", input=PROMPT, tools=[TOOL], stream=True)
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]

    assert isinstance(response.output[-1], ResponseOutputMessage)
    assert "acorn" in response.output_text
    assert "".join(deltas) == response.output_text


def test_models_are_listed() -> None:
    with client_of("ok") as client:
        models = [model.id for model in client.models.list()]

    assert "gpt-5.4" in models


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        ("bad-key", openai.AuthenticationError),
        ("rate-limited", openai.RateLimitError),
        ("moderation", openai.BadRequestError),
        ("not-found-empty", openai.NotFoundError),
        ("group-without-images", openai.PermissionDeniedError),
        ("server-error", openai.InternalServerError),
        ("no-answer", openai.APIConnectionError),
    ],
)
def test_errors_are_those_of_the_sdk(scenario: str, error: type[Exception]) -> None:
    with client_of(scenario) as client, pytest.raises(error):
        client.responses.create(model="gpt-5.4", input=PROMPT, tools=[TOOL])


def test_a_wrong_key_is_refused() -> None:
    with client_of("ok", key="sk-wrong") as client, pytest.raises(openai.AuthenticationError):
        client.models.list()


def test_the_sdk_retries_what_is_limited_once() -> None:
    with Sandbox("rate-limited-12ms", auto_size="64x64") as sandbox:
        with openai.OpenAI(base_url=f"{sandbox.base_url}/v1", api_key=sandbox.key, max_retries=1) as client:
            client.responses.create(model="gpt-5.4", input=PROMPT, tools=[TOOL])

        assert len(sandbox.posts) == 2


@pytest.mark.parametrize(
    "scenario",
    ["frames", "ok-item-only", "data-only", "crlf", "cr", "bom", "several-data-lines", "done-marker", "unknown-events"],
)
def test_what_the_sdk_survives_it_survives_here(scenario: str) -> None:
    with client_of(scenario) as client:
        stream = client.responses.create(model="gpt-5.4", input=PROMPT, tools=[TOOL], stream=True)
        items = [event.item for event in stream if event.type == "response.output_item.done"]

    assert [picture_in(item).size for item in items if isinstance(item, ImageGenerationCall)] == [(1024, 1024)]
