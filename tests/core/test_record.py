import json
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.order import Order, Parent
from cpa_image_cli.core.record import read, recorded


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One field of each kind."""

    code: Code
    colour: Colour
    path: Path
    at: datetime
    numbers: tuple[int, ...]
    names: frozenset[str]
    table: dict[str, Path]
    maybe: Path | None
    either: int | str | None
    told: Annotated[str, "a remark"]
    listed: list[int]


WHOLE = Whole(
    code=Code.RATE_LIMITED,
    colour=Colour.RED,
    path=Path("/图/a.png"),
    at=datetime(2026, 5, 9, tzinfo=UTC),
    numbers=(1, 2),
    names=frozenset({"b", "a"}),
    table={"a": Path("/a")},
    maybe=None,
    either="x",
    told="y",
    listed=[3],
)


def test_what_goes_through_json_comes_back_the_same() -> None:
    order = Order(
        prompt="画", overrides={"size": "auto"}, unasked=frozenset({"quality"}), parent=Parent(id="1", gateway="g")
    )

    assert read(Whole, json.loads(json.dumps(recorded(WHOLE)))) == WHOLE
    assert read(Order, json.loads(json.dumps(recorded(order)))) == order


def test_what_another_version_says_more_or_less_is_borne() -> None:
    assert read(Order, {"prompt": "x", "a_field_of_tomorrow": 1}) == Order(prompt="x")
