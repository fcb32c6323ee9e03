"""The record in a file, held against the place where the file lies."""

from __future__ import annotations

from desk.codec import locate
from desk.domain.model.kinds import id_at, kind_at
from desk.domain.model.record import Record
from desk.errors import Broken
from desk.text import _

_LINK = "120000"


def decode_at(path: str, mode: str, content: bytes) -> Record:
    """The record in a file of the tree; Broken also when the file's place contradicts what it says."""
    from desk.codec import records  # noqa: PLC0415 - 17 ms of YAML, only when there is something to read

    cls = kind_at(path)
    if cls is None:
        raise Broken(_("not a place for a record"), path)
    if mode == _LINK:
        raise Broken(
            _("a symbolic link is not allowed here"), path, hint=_("replace it by a file: rm {path}", path=path)
        )
    record = records.decode(content, path, cls.kind)
    if record.id != id_at(path) or record.path != path:
        if record.id == id_at(path) and "topic" in cls.FIELDS:
            topic, folder = record.values.get("topic"), path.split("/")[-2]
            hint = _("write  topic: {folder}  or move the file: git mv", folder=folder)
            problem = _("topic: it says {topic}, and lies in the folder of {folder}", topic=topic, folder=folder)
            raise Broken(problem, path, locate.line_of(content, "topic"), hint)
        line = content[: content.find(b"\nid:") + 1].count(b"\n") + 1
        raise Broken(
            _("id {id} doesn't belong to this path but to {where}", id=record.id, where=record.path), path, line
        )
    return record
