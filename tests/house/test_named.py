"""Our named tuples are typing's in all but how long it takes to make their classes."""

from __future__ import annotations

import ast
import copy
import pickle
import typing
from typing import Any

import pytest

from desk.named import NamedTuple
from tests.house.test_rooms import MODULES
from tests.house.trees import every


class Place(NamedTuple):
    """Where."""

    name: str
    rooms: tuple[str, ...] = ()
    floor: int | None = None

    @property
    def shown(self) -> str:
        return f"{self.name} {self.floor}"

    def moved(self, floor: int) -> Place:
        return self._replace(floor=floor)


class Typed(typing.NamedTuple):
    name: str
    rooms: tuple[str, ...] = ()
    floor: int | None = None


class Empty(NamedTuple):
    """Says nothing."""


def test_it_is_a_tuple_of_its_fields() -> None:
    place = Place("hall", floor=2)
    assert {place, Typed("hall", floor=2), ("hall", (), 2)} == {place}
    assert hash(place) == hash(("hall", (), 2))
    assert (place.name, place.rooms, place.floor, *place) == ("hall", (), 2, "hall", (), 2)
    assert (place.shown, place.moved(3).shown) == ("hall 2", "hall 3")
    assert type(place.moved(3)) is Place
    assert Empty() == ()
    match place:
        case Place(name, _, floor):
            assert (name, floor) == ("hall", 2)


@pytest.mark.parametrize("name", ["_fields", "_field_defaults", "__match_args__", "__annotations__", "__slots__"])
def test_the_class_says_what_typing_says(name: str) -> None:
    mine, theirs = getattr(Place, name), getattr(Typed, name)
    assert list(mine) == list(theirs)
    assert (Place.__doc__, Place.__module__, Place.__qualname__) == ("Where.", __name__, "Place")
    assert typing.get_type_hints(Place) == typing.get_type_hints(Typed)


def test_it_is_shown_and_copied_alike() -> None:
    place, typed = Place("hall", ("a",), 1), Typed("hall", ("a",), 1)
    assert repr(place).removeprefix("Place") == repr(typed).removeprefix("Typed")
    assert place._asdict() == typed._asdict()
    assert Place._make(["hall", ("a",), 1]) == place
    for again in (pickle.loads(pickle.dumps(place)), copy.copy(place), copy.deepcopy(place)):  # noqa: S301 - our own
        assert (type(again), again) == (Place, place)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda cls: cls(), r"{}.__new__\(\) missing 1 required positional argument: 'name'"),
        (lambda cls: cls(1, 2, 3, 4), r"{}.__new__\(\) takes from 2 to 4 positional arguments but 5 were given"),
        (lambda cls: cls("a", cellar=1), r"{}.__new__\(\) got an unexpected keyword argument 'cellar'"),
        (lambda cls: cls("a")._replace(cellar=1), "cellar"),
        (lambda cls: setattr(cls("a"), "name", "b"), "attribute"),
        (lambda cls: setattr(cls("a"), "cellar", "b"), "cellar"),
    ],
)
@pytest.mark.parametrize("cls", [Place, Typed])
def test_mistakes_are_named(cls: type, make: typing.Callable[[Any], object], problem: str) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError), match=problem.format(cls.__name__)):
        make(cls)


def test_a_field_without_a_default_comes_first() -> None:
    maker: Any = type(NamedTuple)
    with pytest.raises(TypeError, match="Odd"):
        maker("Odd", (NamedTuple,), {"__annotations__": {"a": "int", "b": "int"}, "a": 1})


def test_the_package_has_no_others() -> None:
    """A class of typing's costs a command a sixth of a millisecond as it starts."""
    taken = [
        name
        for name, path in MODULES.items()
        for node in every(ast.ImportFrom, path.read_text(encoding="utf-8"))
        if node.module == "typing" and name != "desk.named"
        if any(alias.name == "NamedTuple" for alias in node.names)
    ]
    assert taken == []
