"""What every record is: an immutable bag of declared fields, the keys nobody declared, a text, and a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, Self

from desk.domain.model.fields import SLUG, Field
from desk.named import NamedTuple

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Entry(NamedTuple):
    """A reply or a private note in a ticket's thread.

    `by` is a staff handle or a requester's id, `at` is aware UTC; `meta` holds what the heading's comment says
    (via, message-id, attachments …).
    """

    kind: str
    by: str
    at: datetime
    text: str
    meta: Mapping[str, Any] = NOTHING

    @property
    def attachments(self) -> tuple[str, ...]:
        return tuple(self.meta.get("attachments", ()))


def interleave(thread: Iterable[Entry], more: Iterable[Entry]) -> tuple[Entry, ...]:
    """A thread with others' entries between its own, by their times; each keeps its order, though clocks may have differed."""
    found: list[Entry] = []
    waiting = list(more)
    for entry in thread:
        while waiting and waiting[0].at < entry.at:
            found.append(waiting.pop(0))
        found.append(entry)
    return (*found, *waiting)


class Record:
    """A record of any kind. Two records are equal when everything in them is.

    `salt` is empty, or random characters that no list and no view shows (docs/privacy.md).
    """

    __slots__ = ("body", "extra", "salt", "thread", "values")

    kind: ClassVar[str] = ""
    plural: ClassVar[str] = ""
    noun: ClassVar[str] = ""
    """What stands between `desk` and the verb in the commands of this kind; the kind itself where nothing is said."""
    folder: ClassVar[str] = ""
    """Where files of this kind live, relative to the desk."""
    suffix: ClassVar[str] = ".yaml"
    salted: ClassVar[bool] = False
    """Whether records of this kind have a salt, since they hold what somebody may want to be forgotten."""
    FIELDS: ClassVar[Mapping[str, Field[Any]]] = NOTHING

    id = Field[str](SLUG, "never reused", required=True, fixed=True)

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        extra: Mapping[str, Any] = NOTHING,
        body: str = "",
        thread: tuple[Entry, ...] = (),
        salt: str = "",
    ) -> None:
        self.values = values
        self.extra = extra
        self.body = body
        self.thread = thread
        self.salt = salt

    def __init_subclass__(cls) -> None:
        found: dict[str, Field[Any]] = {}
        for base in reversed(cls.__mro__):
            found.update({n: f for n, f in vars(base).items() if isinstance(f, Field)})
        cls.FIELDS = MappingProxyType(found)
        cls.noun = cls.noun or cls.kind

    @classmethod
    def path_of(cls, record_id: str) -> str:
        """The file of a record, from its id alone."""
        return f"{cls.folder}/{record_id}{cls.suffix}"

    @property
    def path(self) -> str:
        return self.path_of(self.id)

    @classmethod
    def new(cls, *, body: str = "", **values: Any) -> Self:
        """A record from plain values; raises ValueError naming the field."""
        return cls(parse_values_of(cls, values), body=body)

    def evolve(self, *, body: str | None = None, thread: tuple[Entry, ...] | None = None, **values: Any) -> Self:
        """A copy with these fields set; None takes a field away. Raises ValueError naming the field."""
        parsed = parse_values_of(type(self), values)
        merged = {k: v for k, v in {**self.values, **parsed}.items() if k not in values or k in parsed}
        return type(self)(
            merged,
            extra=self.extra,
            body=self.body if body is None else body,
            thread=self.thread if thread is None else thread,
            salt=self.salt,
        )

    def with_salt(self, salt: str) -> Self:
        """A copy with this salt."""
        return type(self)(self.values, extra=self.extra, body=self.body, thread=self.thread, salt=salt)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        return self._all() == other._all()

    def __hash__(self) -> int:
        return hash((self.kind, self.id))

    def _all(self) -> tuple[object, ...]:
        return (self.kind, dict(self.values), dict(self.extra), self.body, self.thread, self.salt)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id}>"


def parse_values_of(
    cls: type[Record], raw: Mapping[str, Any], at: Callable[[str], Exception] | None = None
) -> dict[str, Any]:
    """Parse declared fields in their declared order; None and defaults are left out.

    `at` makes the error from "field: problem"; ValueError without it.
    """
    fail = at or ValueError
    out: dict[str, Any] = {}
    for name, field in cls.FIELDS.items():
        value = raw.get(name)
        if value is None:
            continue
        try:
            parsed = parse_value(field, value)
        except ValueError as error:
            raise fail(f"{name}: {error}") from None
        if parsed is not None:
            out[name] = parsed
    return out


def parse_value(field: Field[Any], raw: object) -> Any:
    """What a record holds of a field; None for what is left out, being the default. Raises ValueError."""
    parsed = field.type.parse(raw)
    return parsed if field.required or parsed != field.default else None
