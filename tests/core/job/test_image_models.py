import pytest

from cpa_image_cli.core.errors import Code, UsageError
from cpa_image_cli.core.job.image_models import check_text_model, is_image_model, takes_fidelity, why_no_text_model


@pytest.mark.parametrize(
    "name",
    [
        "gpt-image-2",
        "GPT-Image-1.5",
        "openai/gpt-image-2",
        "a/b/chatgpt-image-latest",
        "dall-e-3",
        "grok-imagine-0.9",
        "imagen-4.0-generate",
        "flux.1-dev",
        "gemini-2.5-flash-image",
        " gpt-image-2 ",
    ],
)
def test_image_models_are_known_by_their_names(name: str) -> None:
    assert is_image_model(name)


@pytest.mark.parametrize(
    "name", ["gpt-5.4", "otcbot/gpt-5.4", "gpt-image/gpt-5.4", "reflux-1", "gemini-image-pro-text", "图片模型", ""]
)
def test_other_names_are_text_models(name: str) -> None:
    assert not is_image_model(name)


def test_an_image_model_is_refused_with_the_right_way_to_use_it() -> None:
    with pytest.raises(UsageError) as caught:
        check_text_model("openai/gpt-image-2", source="CPA_MODEL")

    assert caught.value.code is Code.IMAGE_MODEL
    assert "CPA_MODEL" in caught.value.message
    assert "--image-model openai/gpt-image-2" in str(caught.value.hint)


def test_a_text_model_is_not_refused() -> None:
    assert check_text_model("gpt-5.4", source="default") is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gpt-image-2", "an image model, for --image-model"),
        ("openai/text-embedding-3-small", "makes no text, but embeddings"),
        ("whisper-1", "hears, and does not write"),
        ("gpt-5.4", None),
    ],
)
def test_it_is_known_why_a_model_cannot_be_asked(name: str, why: str | None) -> None:
    assert why_no_text_model(name) == why


@pytest.mark.parametrize(
    ("name", "takes"),
    [(None, True), ("gpt-image-1.5", True), ("gpt-image-2", False), ("openai/GPT-image-2.6-flare", False)],
)
def test_newer_image_models_take_no_fidelity(name: str | None, *, takes: bool) -> None:
    assert takes_fidelity(name) is takes
