import pytest

from cpa_image_cli.core.cost.tokens import all_tokens, image_usage, text_usage, tokens, usage_object

IMAGE = {"input_tokens": 1180, "output_tokens": 1372, "total_tokens": 2552}
TEXT = {"input_tokens": 2100, "output_tokens": 60, "total_tokens": 2160}
IMAGES_API = {"input_tokens": 50, "output_tokens": 1372, "output_tokens_details": {"image_tokens": 1372}}
UNUSED = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


@pytest.mark.parametrize(
    ("usage", "image", "text"),
    [
        ({**TEXT, "tool_usage": {"image_gen": IMAGE}}, IMAGE, TEXT),
        ({**TEXT, "tool_usage": {"image_gen": UNUSED}}, None, TEXT),
        (TEXT, None, TEXT),
        ({"tool_usage": {"image_gen": IMAGE}}, IMAGE, None),
        (IMAGES_API, IMAGES_API, None),
        ({"tool_usage": 7}, None, None),
        (UNUSED, None, None),
        (None, None, None),
    ],
    ids=["both", "tool unused", "text alone", "picture alone", "Images API", "no object", "zeros", "nothing"],
)
def test_the_picture_is_counted_apart_from_the_text_model(
    usage: dict[str, object] | None, image: dict[str, object] | None, text: dict[str, object] | None
) -> None:
    assert (image_usage(usage), text_usage(usage)) == (image, text)


def test_programs_get_what_was_reported_and_both_parts() -> None:
    usage = {**TEXT, "tool_usage": {"image_gen": IMAGE}}

    assert usage_object(usage) == {**usage, "image": IMAGE, "text": TEXT}
    assert usage_object(TEXT) == {**TEXT, "image": None, "text": TEXT}
    assert usage_object(None) is None


def test_all_tokens_are_those_of_both_models() -> None:
    assert all_tokens({**TEXT, "tool_usage": {"image_gen": IMAGE}}) == 2552 + 2160
    assert all_tokens({"input_tokens": 5, "output_tokens": 7}) == 12
    assert all_tokens(IMAGES_API) == 1422
    assert all_tokens(None) == 0


def test_what_was_not_reported_is_not_zero() -> None:
    assert tokens(None, "total_tokens") is None
    assert tokens({"total_tokens": "many"}, "total_tokens") is None
