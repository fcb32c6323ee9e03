"""Keys in records, in the two forms in which ssh and git read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from desk.domain.model.organisation import Machine
from desk.domain.model.person import Staff
from desk.domain.model.record import Record

_FOR_GIT = 'namespaces="git"'
_TIMES = re.compile(r"((?:valid-(?:after|before)=\w+,? ?)*)(.*)")


def holders(records: Iterable[Record]) -> Iterator[tuple[str, str, str]]:
    """Who holds each key: id, the times between which it counts as `valid-after=…,valid-before=…`, and the key."""
    for record in records:
        for key in record.keys if isinstance(record, Staff | Machine) else ():
            found = _TIMES.fullmatch(key)
            times, rest = (found[1], found[2]) if found else ("", key)
            yield record.id, ",".join(times.replace(",", " ").split()), rest


def allowed_signers(records: Iterable[Record]) -> tuple[str, ...]:
    """Lines of ssh's allowed_signers: who may sign a push, or a commit, with which key."""
    found = (
        (who, ",".join(part for part in (_FOR_GIT, _quoted(times)) if part), key)
        for who, times, key in holders(records)
    )
    return tuple(f"{who} {options} {_bare(key)}" for who, options, key in found)


def _quoted(times: str) -> str:
    return re.sub(r"=(\w+)", r'="\1"', times)


def authorized_keys(records: Iterable[Record], command: str) -> tuple[str, ...]:
    """Lines of ssh's authorized_keys: each key runs `command` with its holder's id, and nothing else.

    ssh knows an end of a key there and no beginning.
    """
    lines = []
    for who, times, key in holders(records):
        end = re.search(r"valid-before=(\w+)", times)
        expiry = f'expiry-time="{end[1]}",' if end else ""
        escaped = f"{command} {who}".replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'{expiry}command="{escaped}",restrict {key}')
    return tuple(lines)


def _bare(key: str) -> str:
    """A key without its comment."""
    return " ".join(key.split()[:2])
