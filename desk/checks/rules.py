"""What a record must be beyond being readable: what it names exists, values stand in desk.toml, the desk's rules hold.

One set of rules over plain rows, for hand edits before they are committed and for `desk doctor` over everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from desk.checks.world import Known, Row
from desk.domain.knowledge import articles
from desk.domain.model import plain, states
from desk.domain.model.checklist import STEP_MAX, Checklist
from desk.domain.model.fields import DATE, LINE, LINES, LINK_TYPES, TEXT, TIME, name_of
from desk.domain.model.filenames import as_seen
from desk.domain.model.kinds import KINDS
from desk.domain.model.organisation import INCIDENT, PROBLEM, RESERVED_TAGS
from desk.domain.model.person import RESERVED_HANDLES, USER_PREFIX, Staff
from desk.domain.model.record import Record
from desk.domain.people import customfields
from desk.errors import UsageFault
from desk.named import NamedTuple
from desk.text import _, arranged

REFERENCES, VALUES, OWNERS, KINDS_OF_WORK, LINKS, MERGED, DEPARTMENTS, FIELDS, STATES = (
    "references",
    "values",
    "owners",
    "kinds",
    "links",
    "merged",
    "departments",
    "fields",
    "states",
)
"""Names of the checks that a fault belongs to."""

_PEOPLE = ("staff", "user")
CHOICES: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("ticket", "state"): states.STATES,
        ("ticket", "resolution"): tuple(states.RESOLUTIONS),
        ("ticket", "pending_for"): tuple(states.WAITING),
        ("checklist", "work"): (*RESERVED_TAGS, "ticket"),
        ("field", "type"): customfields.TYPES,
        ("field", "on"): ("user", "ticket"),
        ("article", "state"): articles.STATES,
        ("article", "type"): articles.TYPES,
    }
)
"""Fields whose values are fixed by the program."""


class Fault(NamedTuple):
    """Something a record must not say. `rule` tells a rule of the desk from a slip of the pen."""

    check: str
    field: str
    value: str
    problem: str
    hint: str
    rule: bool = False


def row(record: Record) -> Row:
    """What a record says as far as a rule here asks; to be read and not changed, since what is empty is the same for all."""
    known = _empty(record.kind)
    return {**known, **{n: v if type(v) is str else plain.plain(v) for n, v in record.values.items() if n in known}}


def are_alike(one: Record, two: Record) -> bool:
    """Whether two versions of a record say the same as far as a rule here asks."""
    was, now = one.values, two.values
    return was == now or all(was.get(name) == now.get(name) for name in _empty(one.kind))


@cache
def _empty(kind: str) -> Row:
    """The fields that rules are about, of a record with nothing in it: no times, and no texts."""
    fields = KINDS[kind].FIELDS.items()
    return {name: plain.empty(field) for name, field in fields if field.type not in (TIME, DATE, LINE, LINES, TEXT)}


def faults(kind: str, row: Row, world: Known) -> Iterator[Fault]:
    """What is wrong with a record, given as `data.head` or the index gives it."""
    yield from _references(kind, row, world)
    yield from _values(kind, row, world)
    for more in _OF_KIND.get(kind, ()):
        yield from more(row, world)


def _references(kind: str, row: Row, world: Known) -> Iterator[Fault]:
    for name, ref in _referring(kind):
        if not row[name]:
            continue
        for value in row[name] if isinstance(row[name], list) else (row[name],):
            if value in world.ids(ref):
                continue
            # Whoever is responsible for an open ticket must be there; elsewhere a name that left is history.
            live = name in ("owner", "requester", "coordinator") and row.get("state") != states.CLOSED
            if ref in _PEOPLE and not live and value in world.ever(ref):
                continue
            check = MERGED if name == "merged_into" else REFERENCES
            yield Fault(
                check,
                name,
                value,
                _("{field}: there is no {kind} {id}", field=name, kind=ref, id=value),
                _listing(ref),
            )


def _listing(kind: str) -> str:
    return _("desk {noun} list shows what there is", noun=KINDS[kind].noun)


def _values(kind: str, row: Row, world: Known) -> Iterator[Fault]:
    for name, setting in _listed(kind):
        known = world.config[setting] if setting and world.config is not None else CHOICES.get((kind, name))
        if known and row[name] is not None and row[name] not in known:
            where = _(" ({setting} in desk.toml)", setting=setting) if setting and world.config is not None else ""
            yield Fault(
                VALUES,
                name,
                row[name],
                _("{field}: {value!r} is not known", field=name, value=row[name]),
                _("known: {known}{where}", known=", ".join(known), where=where),
            )


@cache
def _listed(kind: str) -> tuple[tuple[str, str], ...]:
    """The fields of a kind whose values stand in a list, each with the setting that has it, if one does."""
    fields = KINDS[kind].FIELDS.items()
    return tuple((name, field.setting or "") for name, field in fields if field.setting or (kind, name) in CHOICES)


@cache
def _referring(kind: str) -> tuple[tuple[str, str], ...]:
    """The fields of a kind that name other records, with their kinds."""
    return tuple((name, field.ref) for name, field in KINDS[kind].FIELDS.items() if field.ref)


def _author(row: Row, world: Known) -> Iterator[Fault]:
    author = row["author"]
    if author and not any(author in world.ids(k) or author in world.ever(k) for k in _PEOPLE):
        yield Fault(
            REFERENCES,
            "author",
            author,
            _("author: there is no staff member or user {author}", author=author),
            _listing("staff"),
        )


def _handle(row: Row, world: Known) -> Iterator[Fault]:
    """Who acts is told by a handle: it means nothing else, and isn't taken for a colleague's."""
    handle = row["id"]
    if handle in RESERVED_HANDLES or handle.startswith(USER_PREFIX):
        problem = _("{handle!r} can't be a handle: it has a meaning of its own", handle=handle)
        yield Fault(VALUES, "id", handle, problem, _("reserved: {names}", names=", ".join(RESERVED_HANDLES)), rule=True)
    if handle in world.ids("machine"):
        problem = _("{handle} is a machine: a server would take one for the other", handle=handle)
        yield Fault(VALUES, "id", handle, problem, _("choose another handle"), rule=True)
    seen = as_seen(handle)
    for other in world.ids("staff"):
        if other != handle and seen == as_seen(other):
            problem = _("{handle} looks like {other}, who is somebody else", handle=handle, other=other)
            yield Fault(VALUES, "id", handle, problem, _("choose a handle that nobody takes for another"), rule=True)


def _machine(row: Row, world: Known) -> Iterator[Fault]:
    """A server tells people and machines by one name."""
    if row["id"] in world.ids("staff"):
        problem = _("{id} is somebody on the staff: a server would take one for the other", id=row["id"])
        yield Fault(VALUES, "id", row["id"], problem, _("choose another name for the machine"), rule=True)


def _owner(row: Row, world: Known) -> Iterator[Fault]:
    owner, department = row["owner"], row["department"]
    # A staff record that can't be read says nothing of departments.
    if (
        owner
        and owner in world.ids("staff")
        and department not in world.serves(owner)
        and not world.unread(Staff.path_of(owner))
    ):
        problem = _(
            "owner: {owner} doesn't serve {department}, the ticket's department", owner=owner, department=department
        )
        hint = _("desk ticket unassign {id}, or: desk ticket escalate {id} --to WHO", id=row["id"])
        yield Fault(OWNERS, "owner", owner, problem, hint, rule=True)


def _kinds(row: Row, _world: Known) -> Iterator[Fault]:
    if INCIDENT in row["tags"] and PROBLEM in row["tags"]:
        hint = _("take one off: desk ticket untag {id} {incident}", id=row["id"], incident=INCIDENT)
        yield Fault(
            KINDS_OF_WORK,
            "tags",
            PROBLEM,
            _("tags: a ticket can't be an {incident} and a {problem} at once", incident=INCIDENT, problem=PROBLEM),
            hint,
            rule=True,
        )


def _links(row: Row, world: Known) -> Iterator[Fault]:
    for link in row["links"]:
        other = link.partition(" ")[2]
        if other == row["id"]:
            yield Fault(
                LINKS, "links", link, _("links: {link!r} leads to the ticket itself", link=link), _("take the link out")
            )
        elif other not in world.ids("ticket"):
            yield Fault(
                LINKS,
                "links",
                link,
                _("links: there is no ticket {other}", other=other),
                _("take the link out, or: desk doctor --fix"),
            )


def _merged(row: Row, _world: Known) -> Iterator[Fault]:
    if row["merged_into"] == row["id"]:
        problem = _("merged_into: {id} can't be merged into itself", id=row["id"])
        yield Fault(MERGED, "merged_into", row["id"], problem, _("take the line out"), rule=True)
    if row["merged_into"] and row["state"] != states.CLOSED:
        problem = _(
            "state: merged into {merged_into}, so it can't be {state}",
            merged_into=row["merged_into"],
            state=row["state"],
        )
        yield Fault(MERGED, "state", row["state"], problem, _("set state: closed"), rule=True)


def _standing(row: Row, _world: Known) -> Iterator[Fault]:
    """What is said of a state that the ticket isn't in."""
    for name, state in (("resolution", states.CLOSED), ("pending_for", states.PENDING)):
        if row[name] and row["state"] != state:
            problem = _(
                "{name}: only a {state} ticket has one, and this is {now}", name=name, state=state, now=row["state"]
            )
            yield Fault(STATES, name, row[name], problem, _("take the line out"), rule=True)


def _major(row: Row, world: Known) -> Iterator[Fault]:
    if row["major"] and INCIDENT not in row["tags"]:
        hint = _("desk ticket tag {id} {incident}, or: desk ticket major {id} --off", id=row["id"], incident=INCIDENT)
        yield Fault(STATES, "major", "true", _("major: only an incident can be a major one"), hint, rule=True)
    who, department = row["coordinator"], row["department"]
    if (
        who
        and who in world.ids("staff")
        and department not in world.serves(who)
        and not world.unread(Staff.path_of(who))
    ):
        problem = _(
            "coordinator: {who} doesn't serve {department}, the ticket's department", who=who, department=department
        )
        hint = arranged("desk ticket major {id} --coordinator WHO", id=row["id"])
        yield Fault(OWNERS, "coordinator", who, problem, hint, rule=True)


def _private(row: Row, _world: Known) -> Iterator[Fault]:
    if row["private"] and row["default"]:
        problem = _("private: a private department can't be the default one")
        yield Fault(DEPARTMENTS, "private", "true", problem, _("make another department the default one"), rule=True)


def _escalation(row: Row, world: Known) -> Iterator[Fault]:
    who = row["escalation"]
    if who and row["id"] not in world.serves(who) and not world.unread(Staff.path_of(who)):
        problem = _("escalation: {who} doesn't serve {id}", who=who, id=row["id"])
        hint = _("desk department edit {id} --escalation WHO, or none", id=row["id"])
        yield Fault(DEPARTMENTS, "escalation", who, problem, hint, rule=True)


def language_faults(row: Row, _world: Known) -> Iterator[Fault]:
    """`malta-4703.el` is the Greek one: its name says so, and its front matter must."""
    language = row["id"].removeprefix(name_of(row["id"])).removeprefix(".")
    if language and row["language"] != language:
        shown = row["language"] or "nothing"
        problem = _(
            "language: {id} must be in {language}, as its name says, not {shown}",
            id=row["id"],
            language=language,
            shown=shown,
        )
        yield Fault(
            VALUES, "language", shown, problem, _("language: {language}, or rename the file: git mv", language=language)
        )


def _custom(kind: str) -> Callable[[Row, Known], Iterator[Fault]]:
    def check(row: Row, world: Known) -> Iterator[Fault]:
        """A value of a field that was deleted stays readable, and one that became required later isn't asked for."""
        for name, value in row["fields"].items():
            field = world.custom_fields().get(name)
            if field is None or field.on != kind:
                continue
            try:
                customfields.parse(field, value)
            except UsageFault as error:
                hint = error.hint or arranged("desk field show {name}", name=name)
                yield Fault(FIELDS, "fields", name, _("fields: {problem}", problem=error.message), hint)

    return check


_OF_KIND: Mapping[str, tuple[Callable[[Row, Known], Iterator[Fault]], ...]] = MappingProxyType(
    {
        "ticket": (_author, _owner, _kinds, _links, _merged, _standing, _major, _custom("ticket")),
        "staff": (_handle,),
        "machine": (_machine,),
        "user": (_custom("user"),),
        "department": (_private, _escalation),
        "article": (language_faults,),
    }
)


def template_fault(record: Checklist, content: bytes | None) -> tuple[int, str, str] | None:
    """What keeps a checklist from being used, with its line and a hint: no steps, or one that no ticket can hold."""
    text = (content or b"").decode(errors="replace")
    if not record.steps:
        return text.count("\n") or 1, "a checklist has at least one step", "write one in a line: - [ ] what to do"
    for step in record.steps:
        if len(step) > STEP_MAX:
            line = text.count("\n", 0, text.find(step)) + 1
            return (
                line,
                _("a step has at most {most} characters, this one {n}", most=STEP_MAX, n=len(step)),
                "say it in two steps",
            )
    return None


def mirror_link(link: str, ticket_id: str) -> str:
    """The link that belongs on the other ticket."""
    return f"{LINK_TYPES[link.partition(' ')[0]]} {ticket_id}"
