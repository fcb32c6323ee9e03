"""Who acts: a staff member, a requester, the desk itself, or somebody whose records are imported."""

from __future__ import annotations

from typing import Protocol

from desk.named import NamedTuple

STAFF, REQUESTER, DESK, IMPORTER = "staff", "user", "desk", "importer"


class Actor(Protocol):
    """What verbs and rights ask of whoever acts. A `Staff` record is one as it stands.

    `id` is what history calls them, `name` and `email` what their commits are signed with; `level` and `departments` are
    those of staff, 0 and none for everybody else.
    """

    @property
    def kind(self) -> str: ...

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...

    @property
    def level(self) -> int: ...

    @property
    def departments(self) -> tuple[str, ...]: ...


def nameless(user_id: str) -> str:
    """What commits of a requester are signed with in place of an address: a history can't forget one."""
    return f"{user_id}@users.desk.invalid"


class Requester(NamedTuple):
    """A requester who acts in person: by mail, or at a portal. `barred`: disabled, or the address is banned (rule 7).

    `name` and `email` are what commits are signed with: the id, and an address that tells no more.
    """

    id: str
    name: str
    email: str
    barred: bool = False
    level: int = 0
    departments: tuple[str, ...] = ()
    kind: str = REQUESTER


class Desk(NamedTuple):
    """The desk itself, doing what time asks for; `email` is that of the machine it runs on."""

    name: str
    email: str
    id: str = "desk"
    level: int = 1
    departments: tuple[str, ...] = ()
    kind: str = DESK


class Importer(NamedTuple):
    """Somebody of long ago, whose records are brought in by a staff member."""

    id: str
    name: str = ""
    email: str = ""
    level: int = 0
    departments: tuple[str, ...] = ()
    kind: str = IMPORTER
