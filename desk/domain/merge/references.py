"""What one side refers to and the other has taken away: put right as the verbs would have done it.

Only faults that neither side had by itself are looked at: what was wrong before stays as it was, for `desk doctor`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from desk.domain.knowledge import articles
from desk.domain.merge.merging import Clash
from desk.domain.merge.result import Result, record_key
from desk.domain.merge.side import WHOLE, Side
from desk.domain.model.article import Article, Response, Topic
from desk.domain.model.checklist import Checklist
from desk.domain.model.fields import LINK_TYPES
from desk.domain.model.organisation import INCIDENT, PROBLEM, RESERVED_TAGS, CustomField, Department, Tag
from desk.domain.model.person import Group, Staff, User
from desk.domain.model.record import Record
from desk.domain.model.states import CLOSED
from desk.domain.model.ticket import Ticket
from desk.domain.rights.rights import is_users


def mend(result: Result) -> None:
    """Every record that either side has changed, held against what is left."""
    for cls in (Article, User, CustomField):
        for key, record in list(result.each(cls)):
            _keep(result, key, record)
    for key in sorted(result.leaves):
        found = result.record(key)
        if found is not None:
            for one in _OF_KIND.get(found.kind, ()):
                found = result.record(key) or found
                one(result, key, found)


# -- what stays because something needs it -------------------------------------------------------------------------------


def _keep(result: Result, key: str, record: Record) -> None:
    """A topic with articles, and a group with members, stay."""
    for cls, name in ((Topic, "topic"), (Group, "group"), (Group, "groups")):
        value = record.values.get(name) or ()
        for other in (value,) if isinstance(value, str) else value:
            away = record_key(cls, other)
            if result.gone(away) and not _by_itself(result, key, name, other, away):
                result.restored(away)


def _by_itself(result: Result, key: str, name: str, value: str, away: str) -> bool:
    """Whether a side refers to something that it hasn't got itself."""
    for side in result.sides:
        record = side.record(key)
        named = record.values.get(name) or () if record is not None else ()
        if value in ((named,) if isinstance(named, str) else named) and away not in side.tree:
            return True
    return False


# -- one record ----------------------------------------------------------------------------------------------------------


def _set(result: Result, key: str, record: Record, values: Mapping[str, Any], away: str = "") -> None:
    """The record with other values, told; `away` is the key of what is gone, which says who lost it."""
    result.put(record.evolve(**values))
    for name, value in values.items():
        stamps = result.last(away or key, WHOLE), result.last(key, name)
        result.decide(record, name, Clash("", value, record.values.get(name)), stamps)


def heir(result: Result, department: str) -> str | None:
    """Who takes over from a department that is gone: whom its deletion named, else the default one."""
    named = next((side.heirs[department] for side in result.sides if department in side.heirs), None)
    if named is not None and result.of(Department, Department.path_of(named)):
        return named
    return next((d.id for _, d in result.each(Department) if d.default), None)


def default(result: Result) -> str | None:
    return next((d.id for _, d in result.each(Department) if d.default), None)


def _department(result: Result, key: str, record: Record) -> None:
    """A ticket, a response or a checklist of a department that is gone."""
    name = record.values.get("department")
    away = Department.path_of(name) if name else ""
    if not away or not result.gone(away) or _by_itself(result, key, "department", str(name), away):
        return
    to = heir(result, str(name))
    if isinstance(record, Ticket) and to is not None and private(result, to) and is_users(record):
        to = default(result)
    if to is not None:
        _set(result, key, record, {"department": to}, away)


def private(result: Result, department: str) -> bool:
    found = result.of(Department, Department.path_of(department))
    return found is not None and found.private


def _lost(result: Result, key: str, name: str, value: str, away: str) -> bool:
    """Whether one side refers to what the other has taken away."""
    return result.gone(away) and not _by_itself(result, key, name, value, away)


def _departments(result: Result, key: str, record: Record) -> None:
    """Whoever serves a department that is gone serves the others, or the one that took over."""
    names = tuple(record.values.get("departments", ()))
    away = [n for n in names if _lost(result, key, "departments", n, Department.path_of(n))]
    if not away:
        return
    left = [n for n in names if n not in away]
    if not left or isinstance(record, CustomField):
        left += [to for n in away if (to := heir(result, n)) is not None]
    _set(result, key, record, {"departments": left or None}, Department.path_of(away[0]))


def _tags(result: Result, key: str, record: Record) -> None:
    names = tuple(record.values.get("tags", ()))
    away = [n for n in names if n not in RESERVED_TAGS and _lost(result, key, "tags", n, Tag.path_of(n))]
    if away:
        _set(result, key, record, {"tags": [n for n in names if n not in away] or None}, Tag.path_of(away[0]))


def _kinds(result: Result, key: str, record: Record) -> None:
    """An incident and a problem at once: the tag that came later goes; a major incident stays one."""
    if not isinstance(record, Ticket):
        return
    if {INCIDENT, PROBLEM} <= set(record.tags) and not any(
        {INCIDENT, PROBLEM} <= set(r.values.get("tags", ())) for r in result.on_either(key)
    ):
        later = max(result.sides, key=lambda side: side.stamp(key, "tags")).record(key)
        tag = PROBLEM if later is None or PROBLEM in later.values.get("tags", ()) else INCIDENT
        tag = PROBLEM if record.major else tag
        _set(result, key, record, {"tags": [t for t in record.tags if t != tag]})
    elif record.major and INCIDENT not in record.tags and not _alike(result, key, lambda r: r == record):
        _set(result, key, record, {"tags": [*(t for t in record.tags if t != PROBLEM), INCIDENT]})


def _alike(result: Result, key: str, test: Callable[[Record], bool]) -> bool:
    return any(test(r) for r in result.on_either(key))


def _people(result: Result, key: str, record: Record) -> None:
    """Rule 3: an owner, or a coordinator, who is gone or no longer serves the department is dropped."""
    if not isinstance(record, Ticket) or record.state == CLOSED:
        return
    for name in ("owner", "coordinator"):
        who = record.values.get(name)
        if who and not _serves(result, who, record.department) and not _unserved(result, key, name, who):
            latest = result.of(Ticket, key) or record
            _set(result, key, latest, {name: None}, Staff.path_of(who))


def _serves(result: Result, who: str, department: str) -> bool:
    found = result.of(Staff, Staff.path_of(who))
    if found is None:
        leaf = result.leaves.get(Staff.path_of(who))
        return leaf is not None  # a record that can't be read says nothing of departments
    return department in found.departments


def _unserved(result: Result, key: str, name: str, who: str) -> bool:
    """Whether a side had it so by itself."""
    for side in result.sides:
        ticket, staff = side.record(key), side.record(Staff.path_of(who))
        if not isinstance(ticket, Ticket) or ticket.values.get(name) != who or ticket.state == CLOSED:
            continue
        if not _named_rightly(staff, ticket.department):
            return True
    return False


def _escalation(result: Result, key: str, record: Record) -> None:
    """Who is named for a department serves it."""
    who = record.values.get("escalation")
    if who and not _serves(result, who, record.id):
        own = [(side.record(key), side.record(Staff.path_of(who))) for side in result.sides]
        if not any(d and d.values.get("escalation") == who and not _named_rightly(s, d.id) for d, s in own):
            _set(result, key, record, {"escalation": None}, Staff.path_of(who))


def _named_rightly(staff: Record | None, department: str) -> bool:
    return isinstance(staff, Staff) and department in staff.departments


def _links(result: Result, key: str, record: Record) -> None:
    """Links lead to tickets that are there, and stand on both."""
    if not isinstance(record, Ticket):
        return
    away = [ln for ln in record.links if _lost(result, key, "links", ln, record_key(Ticket, ln.partition(" ")[2]))]
    if away:
        _set(result, key, record, {"links": [ln for ln in record.links if ln not in away] or None})
    for link in record.links:
        relation, _, other = link.partition(" ")
        there = result.of(Ticket, record_key(Ticket, other))
        mirror = f"{LINK_TYPES[relation]} {record.id}"
        if (
            there is not None
            and other != record.id
            and mirror not in there.links
            and not _one_sided(result, key, link, mirror)
        ):
            result.put(there.evolve(links=[*there.links, mirror]))


def _one_sided(result: Result, key: str, link: str, mirror: str) -> bool:
    """Whether a side had a link without its mirror by itself."""
    other = record_key(Ticket, link.partition(" ")[2])
    for side in result.sides:
        here, there = side.record(key), side.record(other)
        if isinstance(here, Ticket) and isinstance(there, Ticket) and link in here.links and mirror not in there.links:
            return True
    return False


def _merged(result: Result, key: str, record: Record) -> None:
    """What a ticket was merged into is there, and no two tickets go on in each other: the later merge is taken back."""
    if not isinstance(record, Ticket) or not record.merged_into:
        return
    into = record_key(Ticket, record.merged_into)
    circle = [] if any(_goes_round(side, record) for side in result.sides) else _circle(result, record)
    last = max(circle, key=lambda t: (result.last(t.path, "merged_into"), t.id), default=None)
    if result.gone(into) or (last is not None and last.id == record.id):
        state = {"state": "open", "closed": None, "resolution": None, "merged_into": None}
        _set(result, key, record, state)


def _goes_round(side: Side, ticket: Ticket) -> bool:
    """Whether a side had a merge that leads back to itself."""
    now: Record | None = side.record(ticket.path)
    seen: set[str] = set()
    while isinstance(now, Ticket) and now.merged_into and now.id not in seen:
        seen.add(now.id)
        now = side.record(record_key(Ticket, now.merged_into))
    return now is not None and now.id in seen


def _circle(result: Result, ticket: Ticket) -> list[Ticket]:
    """The tickets that go on in each other, if this one leads back to itself."""
    found: list[Ticket] = [ticket]
    while (into := found[-1].merged_into) is not None:
        following = result.of(Ticket, record_key(Ticket, into))
        if following is None or following in found[1:]:
            return []
        if following.id == ticket.id:
            return found
        found.append(following)
    return []


def _article(result: Result, key: str, record: Record) -> None:
    """Its problem is there; and it is approved only as it was when somebody approved it."""
    article = result.of(Article, key)
    if article is not None and article.problem:
        away = record_key(Ticket, article.problem)
        if _lost(result, key, "problem", article.problem, away):
            _set(result, key, record, {"problem": None})
    article = result.of(Article, key)
    if article is not None and article.approved_by:
        given = [r for r in result.on_either(key) if r.values.get("approved_by") == article.approved_by]
        if articles.digest(article) not in {articles.digest(r) for r in given if isinstance(r, Article)}:
            _set(result, key, article, {"approved_by": None})


_Mender = Callable[[Result, str, Record], None]
_OF_KIND: Mapping[str, Iterable[_Mender]] = MappingProxyType(
    {
        Ticket.kind: (_department, _tags, _kinds, _people, _merged, _links),
        Staff.kind: (_departments,),
        CustomField.kind: (_departments,),
        Department.kind: (_escalation,),
        Response.kind: (_department,),
        Checklist.kind: (_department, _tags),
        Article.kind: (_tags, _article),
    }
)
