"""Our dataclasses are those of the standard library: each sentence holds of both."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from cpa_image_cli.core.dataclass import dataclass, with_shared_methods

BOTH = pytest.mark.parametrize("decorator", [dataclasses.dataclass, with_shared_methods], ids=["standard", "ours"])
Decorator = Callable[..., Callable[[type[Any]], type[Any]]]


@dataclass(frozen=True, slots=True)
class Squirrel:
    """One that can be pickled: it stands in a module."""

    name: str
    nuts: tuple[str, ...] = ()


def bag(decorator: Decorator, **how: bool) -> type[Any]:
    @decorator(**how)
    class Bag:
        kind: ClassVar[str] = "bag"
        colour: str
        nuts: list[str] = dataclasses.field(default_factory=list)
        hidden: int = dataclasses.field(default=3, repr=False, compare=False)
        weight: float | None = None

    Bag.__qualname__ = "Bag"
    return Bag


def empty(decorator: Decorator) -> type[Any]:
    @decorator(frozen=True, slots=True)
    class Empty:
        pass

    return Empty


@BOTH
@pytest.mark.parametrize("slots", [False, True])
def test_it_is_filled_in_by_order_or_by_name(decorator: Decorator, *, slots: bool) -> None:
    made = bag(decorator, slots=slots)

    assert made("red", ["a"], 4, 2.5) == made(colour="red", nuts=["a"], hidden=4, weight=2.5)
    assert repr(made("red")) == "Bag(colour='red', nuts=[], weight=None)"
    assert made("red").nuts is not made("red").nuts
    assert made.__match_args__ == ("colour", "nuts", "hidden", "weight")
    assert hasattr(made("red"), "__dict__") is not slots


@BOTH
@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ((), {}),
        ((), {"size": 3}),
        (("red",), {"colour": "red"}),
        (("red",), {"size": 3}),
        (("red", [], 3, 0.5, 1), {}),
        ((), {"nuts": []}),
    ],
)
def test_what_does_not_fit_is_refused(decorator: Decorator, arguments: tuple[Any, ...], given: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        bag(decorator, frozen=True, slots=True)(*arguments, **given)


@BOTH
def test_what_has_names_only_takes_no_order(decorator: Decorator) -> None:
    made = bag(decorator, kw_only=True)

    assert made.__match_args__ == ()
    with pytest.raises(TypeError):
        made("red")


@BOTH
def test_equals_are_of_one_class_and_of_what_is_compared(decorator: Decorator) -> None:
    one, other = bag(decorator, frozen=True, slots=True), bag(decorator, frozen=True, slots=True)

    assert one("red", hidden=1) == one("red", hidden=2) != one("blue")
    assert one("red") != other("red")
    assert hash(one("red", nuts=())) == hash(one("red", nuts=(), hidden=9))
    assert empty(decorator)() != one("red")
    made = empty(decorator)
    assert (made() == made(), hash(made()) == hash(made())) == (True, True)


@BOTH
def test_only_what_is_frozen_has_a_hash_and_stays_as_it_is(decorator: Decorator) -> None:
    loose, frozen = bag(decorator, slots=True)("red"), bag(decorator, frozen=True, slots=True)("red")
    loose.colour = "blue"

    assert loose.colour == "blue"
    with pytest.raises(TypeError):
        hash(loose)
    for attempt in (lambda: setattr(frozen, "colour", "blue"), lambda: delattr(frozen, "colour")):
        with pytest.raises(dataclasses.FrozenInstanceError, match="field 'colour'"):
            attempt()


@BOTH
def test_the_library_knows_it(decorator: Decorator) -> None:
    made = bag(decorator, frozen=True, slots=True, kw_only=True)
    red = made(colour="red", nuts=["a"])

    assert [field.name for field in dataclasses.fields(red)] == ["colour", "nuts", "hidden", "weight"]
    assert dataclasses.replace(red, weight=2.0) == made(colour="red", nuts=["a"], weight=2.0)
    assert dataclasses.is_dataclass(made)
    twin = copy.deepcopy(red)
    assert (twin, twin.nuts is red.nuts) == (red, False)


@BOTH
def test_a_class_may_have_methods_of_its_own_and_look_at_itself(decorator: Decorator) -> None:
    @decorator(frozen=True, slots=True)
    class Own:
        width: int
        area: int = dataclasses.field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "area", self.width**2)

        def __repr__(self) -> str:
            return f"{self.area} squares"

    assert repr(Own(width=3)) == "9 squares"


def test_it_can_be_pickled() -> None:
    red = Squirrel("red", nuts=("a",))

    assert pickle.loads(pickle.dumps(red)) == red
