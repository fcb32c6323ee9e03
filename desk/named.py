"""Named tuples whose classes are made in a tenth of the time that typing's take.

A command makes some ninety such classes as it starts. `typing.NamedTuple` compiles each annotation to check it, and a
`__new__` for each class: 0.16 ms, which is a quarter of what `desk ticket create` spends in Python. Type checkers hold
annotations to their word anyway, and a `__new__` differs from another of as many fields only in its names. What is made
here is used, compared, copied and pickled like typing's.
"""

from __future__ import annotations

from _collections import _tuplegetter  # type: ignore[import-not-found]  # what collections' own are made of
from functools import cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - named again, so that others may import it
else:

    @cache
    def _code(fields: int) -> CodeType:
        names = "".join(f"field{number}, " for number in range(fields))
        return compile(f"lambda cls, {names}: new(cls, ({names}))", "<named tuple>", "eval").co_consts[0]

    @cache
    def _getter(number: int) -> Any:
        return _tuplegetter(number, None)

    class _Named(tuple):
        """What all of them can do."""

        __slots__ = ()

        @classmethod
        def _make(cls, values: Any) -> Any:
            return cls(*values)

        def _replace(self, /, **changed: Any) -> Any:
            made = tuple.__new__(type(self), map(changed.pop, self._fields, self))
            if changed:
                raise TypeError(*changed)  # names of no field
            return made

        __replace__ = _replace

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self._asdict().items())})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    class _Maker(type):
        """Makes a tuple of what a class statement says, where it says more than that there are such."""

        def __new__(mcs, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(mcs, name, bases, space)
            fields = tuple(space.get("__annotations__", ()))
            defaults = {field: space[field] for field in fields if field in space}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(name, *defaults)  # a field without a default behind one that has one
            code = _code(len(fields)).replace(
                co_name="__new__", co_qualname=f"{name}.__new__", co_varnames=("cls", *fields)
            )
            space["__new__"] = FunctionType(code, {"new": tuple.__new__}, "__new__", tuple(defaults.values()))
            space.update(zip(fields, map(_getter, range(len(fields))), strict=True))
            space.update(__slots__=(), __match_args__=fields, _fields=fields, _field_defaults=defaults)
            return type(name, (_Named,), space)

    class NamedTuple(metaclass=_Maker):
        """`class Point(NamedTuple): x: int; y: int = 0`, as typing has it."""
