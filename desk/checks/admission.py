"""What is let in no more, whoever brings it: what a command refuses, asked of hand edits and imports as well.

Not rules of the desk: what got in before may stay. An old desk opens, its history is sound, other fields of such a record
can be changed, and the doctor remarks what is of no use as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from desk.checks.rules import FIELDS, REFERENCES, STATES, VALUES, Fault, language_faults
from desk.checks.world import Known, Row
from desk.domain.model import states
from desk.domain.model.organisation import MACHINE_DUTIES, CustomField
from desk.domain.model.person import USER_PREFIX
from desk.domain.people import definitions
from desk.domain.people.users import WANTS
from desk.errors import UsageFault
from desk.intake import numbers
from desk.setting import as_phone
from desk.text import _, arranged, listed


def faults(kind: str, row: Row, world: Known) -> Iterator[Fault]:
    """What no door lets in; `rule` tells what is missing by a rule from what is of no use as it is written."""
    for more in _OF_KIND.get(kind, ()):
        yield from more(row, world)


def _user(row: Row, _world: Known) -> Iterator[Fault]:
    if not re.fullmatch(f"{USER_PREFIX}[0-9a-z]+", row["id"]):
        # It stands in messages and names of files for good, and is no colleague's handle.
        problem = _("{id!r} can't be the id of a requester: u-, small letters and digits", id=row["id"])
        hint = _("as u-4f9x2, which says nothing of anybody: it stays in the history; desk user create makes one")
        yield Fault(VALUES, "id", row["id"], problem, hint, rule=True)
    for name, check in (("phone", as_phone), ("numbers", numbers.check)):
        try:
            check(row[name] if row[name] is not None else _FITTING[name])
        except ValueError as error:
            problem = _("{name}: must be {error}", name=name, error=error)
            hint = _("desk user edit {id} --{name} …, or take the line out", id=row["id"], name=name)
            yield Fault(VALUES, name, row[name], problem, hint)
    for want in WANTS if row["registered"] else ():
        if not any(row[name] for name in want.fields):
            yield Fault(
                VALUES,
                want.fields[0],
                "",
                arranged("{id}: {problem}", id=row["id"], problem=want.problem),
                _("registered: false for somebody who is known from a ticket alone"),
                rule=True,
            )


_FITTING: Mapping[str, str] = MappingProxyType({"phone": "112", "numbers": "INC{n}"})
"""What stands for a value that isn't there."""


def _field(row: Row, _world: Known) -> Iterator[Fault]:
    try:
        definitions.check_field(CustomField.new(**{k: v for k, v in row.items() if v not in (None, [], False)}))
    except UsageFault as error:
        yield Fault(
            FIELDS, "type", row["id"], error.message, error.hint or arranged("desk field edit {id}", id=row["id"])
        )


def _machine(row: Row, _world: Known) -> Iterator[Fault]:
    for word in row["may"]:
        if word not in MACHINE_DUTIES:
            problem = _("a machine can't be allowed {word!r}", word=word)
            yield Fault(VALUES, "may", word, problem, _("one of {duties}", duties=listed(MACHINE_DUTIES)))


def _titles(row: Row, world: Known) -> Iterator[Fault]:
    known = world.config["desk.languages"] if world.config is not None else ()
    for language in row["titles"] if known else ():
        if language not in known:
            problem = _("titles: {language!r} is no language of this desk", language=language)
            hint = _("known: {known} ({setting} in desk.toml)", known=", ".join(known), setting="desk.languages")
            yield Fault(VALUES, "titles", language, problem, hint)


def _ticket(row: Row, world: Known) -> Iterator[Fault]:
    for who in row["watchers"]:
        if not any(who in world.ids(kind) or who in world.ever(kind) for kind in ("staff", "user")):
            problem = _("watchers: there is no staff member or user {who}", who=who)
            yield Fault(REFERENCES, "watchers", who, problem, _("take the name out"))
    for name, state in (("closed", states.CLOSED), ("pending_until", states.PENDING)):
        if row[name] and row["state"] != state:
            problem = _(
                "{name}: only a {state} ticket has one, and this is {now}", name=name, state=state, now=row["state"]
            )
            yield Fault(STATES, name, str(row[name]), problem, _("take the line out"), rule=True)


_OF_KIND: Mapping[str, tuple[Callable[[Row, Known], Iterator[Fault]], ...]] = MappingProxyType(
    {
        "user": (_user,),
        "field": (_field,),
        "machine": (_machine,),
        "topic": (_titles,),
        "ticket": (_ticket,),
        "response": (language_faults,),
        "checklist": (language_faults,),
    }
)
