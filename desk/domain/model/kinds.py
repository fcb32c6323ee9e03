"""The table of record kinds: adding a row makes a kind known to the store, the index, the checks and the commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from desk.domain.model.article import Article, Response, Topic
from desk.domain.model.checklist import Checklist
from desk.domain.model.organisation import CustomField, Department, Machine, Tag
from desk.domain.model.person import Ban, Group, Staff, User
from desk.domain.model.record import Record
from desk.domain.model.states import CLOSED
from desk.domain.model.ticket import Ticket
from desk.named import NamedTuple

# In the order of an export: what others refer to comes first.
KINDS: Mapping[str, type[Record]] = MappingProxyType(
    {
        cls.kind: cls
        for cls in (
            Department,
            Group,
            Tag,
            CustomField,
            Machine,
            Staff,
            User,
            Ban,
            Topic,
            Article,
            Response,
            Checklist,
            Ticket,
        )
    }
)
_BY_FOLDER = {cls.folder: cls for cls in KINDS.values() if cls.folder != "kb"}


@lru_cache(maxsize=1 << 10)
def kind_at(path: str) -> type[Record] | None:
    """The kind of record that lives at a path relative to the desk; None for any other file.

    Attachments (`….files/…`), templates of mails and reports, and stray files are no records.
    """
    folder, _, name = path.rpartition("/")
    if folder.startswith("kb/"):
        if folder.count("/") == 1 and name.endswith(".md"):
            return Article
        return Topic if folder.count("/") == 1 and name == "topic.yaml" else None
    if folder.startswith("records/tickets/"):
        return Ticket if name.endswith(".md") and not folder.endswith(".files") else None
    cls = _BY_FOLDER.get(folder)
    return cls if cls is not None and name.endswith(cls.suffix) else None


def id_at(path: str) -> str:
    """The id that a record's path stands for."""
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2] if name == "topic.yaml" else name.rpartition(".")[0]


_PEOPLE = ("staff", "user")
_ANSWERABLE = ("owner", "coordinator", "requester")
"""Fields of a ticket that name somebody who must be there as long as it isn't closed."""


class Holder(NamedTuple):
    """A field that keeps what it names from being deleted; `live`: as long as the ticket isn't closed (rule 5)."""

    cls: type[Record]
    field: str
    live: bool = False


def holders(kind: str) -> Iterator[Holder]:
    """The fields in which records refer to one of a kind; names of people who left are history elsewhere (rule 5)."""
    for cls in KINDS.values():
        for name, field in cls.FIELDS.items():
            if field.ref != kind:
                continue
            if kind not in _PEOPLE or cls is Department:
                yield Holder(cls, name)
            elif cls is Ticket and name in _ANSWERABLE:
                yield Holder(cls, name, live=True)


def references(record: Record) -> Iterator[tuple[str, str]]:
    """Kind and id of everything that a record keeps from being deleted."""
    closed = isinstance(record, Ticket) and record.state == CLOSED
    for name, kind, live in _held(record.kind):
        value = record.values.get(name)
        if value and not (live and closed):
            yield from ((kind, one) for one in (value if isinstance(value, tuple) else (value,)))
    if isinstance(record, Ticket):
        yield from ((Ticket.kind, link.partition(" ")[2]) for link in record.links)


@cache
def _held(kind: str) -> tuple[tuple[str, str, bool], ...]:
    """The fields of a kind that keep what they name: field, kind named, and whether as long as the ticket isn't closed."""
    return tuple((h.field, to, h.live) for to in KINDS for h in holders(to) if h.cls is KINDS[kind])
