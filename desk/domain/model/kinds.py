"""The table of record kinds: adding a row makes a kind known to the store, the index, the checks and the commands."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desk.domain.model.article import Article, Response, Topic
from desk.domain.model.checklist import Checklist
from desk.domain.model.organisation import CustomField, Department, Tag
from desk.domain.model.person import Ban, Group, Staff, User
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket

# In the order of an export: what others refer to comes first.
KINDS: Mapping[str, type[Record]] = MappingProxyType(
    {
        cls.kind: cls
        for cls in (Department, Group, Tag, CustomField, Staff, User, Ban, Topic, Article, Response, Checklist, Ticket)
    }
)
_BY_FOLDER = {cls.folder: cls for cls in KINDS.values() if cls.folder != "kb"}


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
