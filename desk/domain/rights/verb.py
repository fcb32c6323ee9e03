"""What there is to say of a verb, as one row; the rows stand in `ticketverbs` and `recordverbs`, together in `verbs`.

Rows are plain values: what a verb does is named by its module and function, and imported by nobody for that.
"""

# No annotations from __future__: a NamedTuple compiles each one that is a text, which doubles the time this import takes.
from collections.abc import Iterator, Mapping
from typing import Literal

from desk.domain.model.record import NOTHING
from desk.named import NamedTuple

Who = Literal["staff", "anybody", "desk", "cause"]
"""`staff` of a level; `anybody`, also who isn't known; `desk` itself alone; `cause`: whoever did what it follows from."""


class Grant(NamedTuple):
    """Who may use a verb.

    `level` is the lowest that may. Not `everywhere`: only on tickets of departments they serve, or that they wrote
    (rule 1). `public`: refused where it would bring a user's ticket into a private department (rule 4). `requester`:
    requesters may too, in person, on tickets of their own. `line` and `word` are its place in docs/rights.md.
    """

    who: Who
    level: int = 0
    everywhere: bool = True
    public: bool = False
    requester: bool = False
    line: int = 0
    word: int = 0


DESK_ALONE = Grant("desk")
"""Nobody may: desk itself does it, as time passes or when something else is done."""
OF_CAUSE = Grant("cause")
"""It takes the right to what it follows from, or takes back, on every record concerned."""
ANYBODY = Grant("anybody")


Moves = tuple[tuple[str, ...], str | None]
"""The states a verb may be used in, and the one it leads to; None: the state stays."""
Telling = Literal[
    "value", "state", "level", "added", "removed", "text", "step", "entry", "note", "named", "untold", "whole"
]
"""How an event tells what became of a field, so that it can be held against the record:

`value`: from and to are its values. `state`: their first words are, and more follows. `level`: they have `name=value` for
each that changed, or the priority alone. `added`, `removed`: what came to a set, or went from it. `text`: its first line.
`step`: the number of a step of a checklist, and the step. What `text` and `step` add is no part of a commit message.
`entry`: one more reply or note, `note`: a note of the desk's own. `named`: the event names the field. `untold`: that the
verb was used must do. `whole`: with everything else, since the record wasn't there before, or is no more.
"""


May = tuple[str, Telling]
"""One field that a verb may change, and how its event tells of that."""
ANY = "*"
"""Stands for every field that isn't fixed."""


class Words(NamedTuple):
    """`done` is what became of the record; `act` what somebody did, with {what} for the record.

    {before} and {after} are the event's values, {rest} what follows the first word of {after}.
    """

    done: str
    act: str


Role = Literal[
    "requester",
    "owner",
    "owner, or else the department",
    "department",
    "who is named for the department",
    "watchers",
    "watchers who are staff",
    "whose change was not kept",
]
REQUESTER: Role = "requester"
OWNER: Role = "owner"
RESPONSIBLE: Role = "owner, or else the department"
DEPARTMENT: Role = "department"
NAMED: Role = "who is named for the department"
WATCHERS: Role = "watchers"
STAFF_WATCHERS: Role = "watchers who are staff"
BEATEN: Role = "whose change was not kept"


Hearer = tuple[int, Role, str]
"""Rank, who is told, and by which text of templates/mail. Whom several reach in one action is told by the lowest rank."""


class Hearing(NamedTuple):
    """An event that people are told of: its name, what it is, and its place in docs/notifications.md.

    `quotes`: what was written stands in the message. `urgent`: no digest keeps it back. `lasting`: requesters are told
    however late it has become.
    """

    event: str
    meaning: str
    place: int
    hearers: tuple[Hearer, ...]
    quotes: bool = False
    urgent: bool = False
    lasting: bool = False


class Verb(NamedTuple):
    """A verb: what is done to a record of one of these kinds, by whom, when, and what comes of it."""

    name: str
    kinds: tuple[str, ...]
    right: Grant
    command: str
    """The command it is done with, and the option where it is one; for the desk's own, the one that lets it work."""
    function: str
    """Module and function, from `desk.` on."""
    words: Words | None
    """None where history tells it by another verb."""
    moves: Moves | None = None
    """None where the record has no states, or any will do and stays."""
    may: tuple[May, ...] = ()
    whole: bool = False
    """A record is there afterwards that wasn't, or the other way round."""
    elsewhere: bool = False
    """It tells a record of something that happened elsewhere, and need not change it."""
    told_as: tuple[str, ...] | None = None
    """The verbs by which history tells it, where that isn't its own name; empty where no commit does."""
    spoken: str = ""
    """How a refusal calls it, where the name won't do."""
    instead: str = ""
    """What a refusal proposes where the state doesn't allow it, with {id}; empty: what the state allows."""
    otherwise: Mapping[str, Words] = NOTHING
    """Its words where values stand on another side than usual: `before`, `no after` (a before alone), `neither`."""
    brings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Verbs that desk adds to it by itself on the same ticket, and the fields that they then change."""
    carries: bool = False
    """It takes entries from one ticket to another, or away with theirs, and changes nobody's words."""
    hears: tuple[Hearing, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it may change."""
        return frozenset(field for field, _ in self.may)

    def telling(self, field: str) -> Telling | None:
        """How its event tells of a field that changed; None for a field that it may not change."""
        if self.whole:
            return "whole"
        return next((telling for name, telling in self.may if name in (field, ANY)), None)

    def telling_fields(self, *how: Telling) -> Iterator[str]:
        """The fields of which its event tells in one of these ways."""
        return (field for field, telling in self.may if telling in how)


def fields(telling: Telling, *names: str) -> tuple[May, ...]:
    """Several fields of which an event tells in the same way."""
    return tuple((name, telling) for name in names)
