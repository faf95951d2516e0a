"""The parameters of a picture: what is refused, and that one declaration serves all."""

import pytest

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.job.image_options import ImageOptions, checked, flags


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "10x"),
        ("size", "x10"),
        ("size", "0x10"),
        ("size", "1024 x 1024"),
        ("output_compression", "x"),
        ("output_compression", "101"),
        ("partial_images", "4"),
        ("quality", "very high"),
        ("image_model", ""),
    ],
)
def test_what_no_gateway_could_understand_is_refused(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} "):
        checked({name: value}, output_format="png")


@pytest.mark.parametrize(("name", "value"), [("size", "4096x4096"), ("quality", "xhigh"), ("moderation", "none")])
def test_values_that_are_new_to_us_are_passed_on(name: str, value: str) -> None:
    assert checked({name: value}, output_format="webp").as_tool()[name] == value


def test_every_known_value_passes_its_own_check() -> None:
    assert [(flag.name, value) for _, flag in flags() for value in flag.known if flag.check(value)] == []


def test_nothing_chosen_is_nothing_sent() -> None:
    assert ImageOptions().as_tool() == {"type": "image_generation", "output_format": "png"}
