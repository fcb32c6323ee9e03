"""Custom responses: written, changed, deleted, each variant with a text that can be filled in and told to a requester."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from desk.actions import identifiers, rendering
from desk.actions.acting import act_on_records, create_record
from desk.actions.draft import Draft
from desk.domain.changes import generic
from desk.domain.model.actor import Actor
from desk.domain.model.article import Response
from desk.domain.model.change import Change
from desk.domain.model.fields import name_of
from desk.domain.model.organisation import Department
from desk.errors import Refused, UsageFault
from desk.session.session import Session
from desk.store.store import Committed
from desk.text import _


def create(session: Session, response: Response) -> Committed:
    """Add a response in one language, with which its id ends."""
    if not response.id.endswith(f".{response.language}"):
        raise UsageFault(
            _("{id} must end in .{language}", id=response.id, language=response.language),
            "desk response create NAME --language L",
        )
    rendering.check(session, response)

    def build(draft: Draft, new: Response, by: Actor, at: datetime) -> Change:
        _check_department(draft, new)
        return generic.create(new, by=by, at=at)

    language = identifiers.require_listed(session, "desk.languages", response.language)
    return create_record(session, Response, {**response.values, "language": language, "body": response.body}, build)


def edit(session: Session, after: Response) -> Committed:
    """Change title, department, text and what follows of one variant to those given; the rest stays."""
    rendering.check(session, after)

    def one(draft: Draft, before: Response, by: Actor, at: datetime) -> Change:
        wanted = before.evolve(body=after.body, **{n: after.values.get(n) for n in ("title", "department", "then")})
        if wanted.department != before.department:
            _check_department(draft, wanted)
        return generic.edit(before, wanted, by=by, at=at)

    return act_on_records(session, Response, [after.id], one)


def _check_department(draft: Draft, response: Response) -> None:
    if response.department:
        draft.get(Department, response.department)


def delete(session: Session, ids: Iterable[str]) -> Committed:
    """Delete variants; the last one of a name stays as long as another response includes it."""
    going = list(dict.fromkeys(ids))
    for name in dict.fromkeys(name_of(i) for i in going):
        left = set(rendering.find_variants(session, name).values()) - set(going)
        users = [i for i in rendering.find_including(session, name) if i not in going]
        if users and not left:
            raise Refused(
                _("{name} is included by {users}", name=name, users=", ".join(users[:3])),
                _("take the include out of them first"),
            )

    def one(_: Draft, record: Response, by: Actor, at: datetime) -> Change:
        return generic.delete(record, by=by, at=at)

    return act_on_records(session, Response, going, one)
