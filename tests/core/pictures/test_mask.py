"""What is said of a mask."""

from collections.abc import Iterator

import pytest

from cpa_image_cli.core.pictures.mask import InputMask, Obedience, obeyed, opening, percent


class Nothing:
    length = 0

    def pieces(self) -> Iterator[bytes]:
        return iter(())


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0, "0 %"),
        (0.0001, "less than 1 %"),
        (0.12, "12 %"),
        (0.995, "more than 99 %"),
        (1, "100 %"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_to_all(share: float, told: str) -> None:
    assert percent(share) == told


def test_the_share_that_it_opens_is_told() -> None:
    mask = InputMask(shown="hole.png", content=Nothing(), opened=0.12)

    assert (opening(mask).code, opening(mask).message) == ("mask_opens", "the mask opens 12 % of the picture")


def test_a_mask_that_opens_everything_is_told_as_that() -> None:
    assert opening(InputMask(shown="hole.png", content=Nothing(), opened=1.0)).code == "mask_opens_all"


def test_whether_it_was_heeded_is_one_line() -> None:
    ignored, heeded = (
        obeyed(Obedience(opened=0.1, changed_outside=0.38)),
        obeyed(Obedience(opened=0.1, changed_outside=0.0)),
    )

    assert ignored is not None
    assert (ignored.code, ignored.message) == ("mask_ignored", "38 % changed outside your mask: the gateway ignored it")
    assert heeded is not None
    assert (heeded.code, heeded.message) == ("mask_obeyed", "0 % changed outside your mask")


def test_nothing_is_said_of_what_could_not_be_measured() -> None:
    assert obeyed(Obedience(opened=0.1)) is None
    assert Obedience(opened=0.1).as_json() == {"opened": 0.1, "changed_outside": None}
    assert Obedience(opened=0.12345, changed_outside=0.2).as_json() == {"opened": 0.1235, "changed_outside": 0.2}
