"""What can be done with problems: opened from incidents, told what is known, drafted as known errors, resolved. A commit each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, cast

from desk.actions import rendering
from desk.actions.acting import Acted, act_on_tickets
from desk.actions.draft import Draft, require_fresh, require_level
from desk.actions.identifiers import normalise_id
from desk.actions.tickets.classification import matrix_of
from desk.actions.tickets.owed import warn_owed
from desk.domain.knowledge import articles, knownerrors, skeleton
from desk.domain.knowledge.slugs import slug_of
from desk.domain.model import states
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article, Topic
from desk.domain.model.change import Change, join
from desk.domain.model.organisation import PROBLEM
from desk.domain.model.ticket import Ticket
from desk.domain.rights import moves, rights
from desk.domain.tickets import problems, relations
from desk.errors import Conflict, Refused, UsageFault
from desk.named import NamedTuple
from desk.queries import problems as queries_problems
from desk.queries import tickets
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.text import _

# -- opening -----------------------------------------------------------------------------------------------------------

RANKED = {"priority": "priorities", "impact": "impacts", "urgency": "urgencies"}


def open_from(session: Session, ids: Sequence[str], title: str | None = None) -> Committed:
    """Open one problem from incidents, and link them all."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        draft = Draft(snapshot)
        incidents = _handed(draft, ids, by)
        return relations.transfer(incidents, _new(session, draft, incidents, title, by), None, by=by, at=at)

    return session.apply(plan)


def open_each(session: Session, ids: Sequence[str], title: str | None = None) -> Committed:
    """Open a problem for each incident, as one change."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        draft = Draft(snapshot)
        for incident in _handed(draft, ids, by):
            fresh = _new(session, draft, [incident], title, by)
            draft.take(relations.transfer([incident], fresh, None, by=by, at=at))
        return join(draft.changes)

    return session.apply(plan)


def hand_over(session: Session, ids: Sequence[str], target: str) -> Committed:
    """Link incidents to a problem that is open already."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        draft = Draft(snapshot)
        goal = draft.ticket(target)
        rights.require_act(by, goal, "transfer to")
        return relations.transfer(_handed(draft, ids, by), goal, goal, by=by, at=at)

    return session.apply(plan)


def _handed(draft: Draft, ids: Sequence[str], by: Actor) -> list[Ticket]:
    """The tickets named, each once, if whoever acts may hand all of them over."""
    found = {ticket.id: ticket for ticket in map(draft.ticket, ids)}
    for ticket in found.values():
        rights.require_act(by, ticket, "transfer")
        draft.require_public(ticket)
    return list(found.values())


def _new(session: Session, draft: Draft, incidents: Sequence[Ticket], title: str | None, by: Actor) -> Ticket:
    """A problem made from incidents, with a new id."""
    draft.snapshot.get("tag", PROBLEM)
    ranks = {name: session.config[f"ticket.{plural}"] for name, plural in RANKED.items()}
    values = problems.problem_values(incidents, ranks)
    by_matrix = matrix_of(session.config).priority(values["impact"], values["urgency"])
    values |= {
        "id": draft.snapshot.new_ticket_id(session.today),
        "state": "open",
        "priority": by_matrix or values["priority"],
        "created": session.now.isoformat(),
        "author": by.id,
        **({"title": title} if title is not None else {}),
    }
    try:
        return Ticket.new(**values, body=problems.list_incident_texts(incidents))
    except ValueError as error:
        raise UsageFault(str(error)) from None


# -- what is known -----------------------------------------------------------------------------------------------------


def record_cause(session: Session, ids: Sequence[str], text: str) -> Acted:
    """Record the root cause."""
    return _record(session, ids, problems.CAUSE, problems.cause, text)


def record_workaround(session: Session, ids: Sequence[str], text: str) -> Acted:
    """Record what helps until the problem is solved."""
    return _record(session, ids, problems.WORKAROUND, problems.workaround, text)


def _record(session: Session, ids: Sequence[str], verb: str, tell: Callable[..., Change], text: str) -> Acted:
    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return tell(ticket, text, by=by, at=at)

    return act_on_tickets(session, ids, verb, one)


class KnownError(NamedTuple):
    """What is said of articles to be drafted from problems; title and name come from the problem where nothing is said."""

    topic: str
    title: str | None = None
    slug: str | None = None


def draft_known_errors(session: Session, ids: Sequence[str], new: KnownError) -> Committed:
    """Draft an article from each problem: symptom, cause, workaround and fix as far as they are known."""
    if len(ids) > 1 and (new.title or new.slug):
        raise UsageFault(_("--title and --slug can't be given for several problems at once"), _("name one problem"))
    new = new._replace(topic=normalise_id(new.topic))

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        draft = Draft(snapshot)
        draft.get(Topic, new.topic)
        for ticket_id in ids:
            problem = snapshot.ticket(ticket_id)
            rights.require_act(by, problem, "draft a known error from")
            knownerrors.require_problem(problem, queries_problems.of_problems(snapshot.index, (problem.id,)))
            article = _article(session, draft, problem, by, new)
            draft.take(knownerrors.draft_known_error(problem, article, by=by, at=at))
        return join(draft.changes)

    return session.apply(plan)


def _article(session: Session, draft: Draft, problem: Ticket, by: Actor, new: KnownError) -> Article:
    shown = new.title or problem.title
    # A name stands in the history for good: no words go there that somebody wrote into a ticket.
    known = problem.title if session.config["history.titles"] else f"{articles.KNOWN_ERROR} {problem.id}"
    name = normalise_id(new.slug or slug_of(new.title or known))
    if not name or "." in name:
        raise UsageFault(
            _("no name can be made from this title") if not name else _("a name has no dot"), _("--slug some-name")
        )
    if draft.index.path_of(Article.kind, name) or any(e.record.id == name for c in draft.changes for e in c.edits):
        raise Refused(_("there is an article {name} already", name=name), _("choose another name: --slug NAME"))
    require_fresh(draft, Article, name)
    language = problem.language or session.config["desk.languages"][0]
    rows = queries_problems.incidents_of(draft.index, problem.id)
    incidents = draft.several(Ticket, [str(row["id"]) for row in rows])
    values = knownerrors.values(problem, incidents, by=by)
    body = skeleton.body(articles.KNOWN_ERROR, language)
    try:
        return Article.new(**values, id=name, title=shown, topic=new.topic, language=language, body=body)
    except ValueError as error:
        raise UsageFault(str(error)) from None


# -- the end -----------------------------------------------------------------------------------------------------------


class Wish(NamedTuple):
    """What was asked for beside the problem: whom to answer, and with what; the text, or a custom response."""

    close: bool = False
    response: str | None = None
    body: str | None = None
    skip_foreign: bool = False


def require_told(wish: Wish) -> None:
    """Refuse a wish that says nothing to the requesters, two things, or something though none of them is answered."""
    if not wish.close:
        for name in ("response", "body", "skip_foreign"):
            if getattr(wish, name):
                option = name.replace("_", "-")
                raise UsageFault(
                    _("--{option} is about the incidents", option=option), _("add --close-incidents, or leave it out")
                )
        return
    if wish.response and wish.body is not None:
        raise UsageFault(_("--response can't be used with --body"), _("give one of them"))
    if wish.response is None and not (wish.body or "").strip():
        raise UsageFault(
            _("what are the requesters to be told?"),
            _("--response NAME (desk response list), or --body TEXT"),
        )


class Suffering(TypedDict):
    """An incident of a problem that is being resolved."""

    id: str
    title: str
    state: str
    department: str
    requester: str | None
    language: str | None
    name: str | None


class Answered(Suffering):
    """One that would be answered and closed; `text` is what its requester would be told."""

    text: str


class Resolution(TypedDict):
    """What is to happen to a problem and its incidents, to be looked at before it does."""

    id: str
    title: str
    state: str
    fix: str | None
    incidents: list[Answered]
    skipped: list[Suffering]


def plan_resolutions(session: Session, ids: Sequence[str], wish: Wish, fix: str | None = None) -> dict[str, Resolution]:
    """What is to happen, by problem; an incident that two of them cause is answered once. Nothing is changed."""
    require_told(wish)
    plans: dict[str, Resolution] = {}
    answered: set[str] = set()
    for ticket_id in ids:
        plan = _plan(session, ticket_id, wish, fix)
        plan["incidents"] = [row for row in plan["incidents"] if row["id"] not in answered]
        answered |= {row["id"] for row in plan["incidents"]}
        plans[ticket_id] = plan
    return plans


def _plan(session: Session, ticket_id: str, wish: Wish, fix: str | None) -> Resolution:
    """One problem, and what each of its open incidents would get."""
    problem = cast("Ticket", session.store.read("ticket", ticket_id))
    by = session.actor(session.store.snapshot(session.store.index, session.store.commit_now()))
    rights.require_act(by, problem, "resolve")
    moves.after("resolve", problem.state, problem.id)
    problems.require(problem)
    rows = session.store.ask(lambda index: queries_problems.incidents(index, problem.id)) if wish.close else []
    rows = [row for row in rows if row["state"] != states.CLOSED]
    foreign = [row for row in rows if not (row["department"] in by.departments or row["author"] == by.id)]
    if foreign and not wish.skip_foreign:
        listed = ", ".join(f"{row['id']} ({row['department']})" for row in foreign)
        raise Refused(
            _("{by} may not close these incidents of other departments: {listed}", by=by.id, listed=listed),
            _("leave them as they are: --skip-foreign; or ask someone who serves them: desk department list --staff"),
        )
    mine = [row for row in rows if row not in foreign]
    asked = {row["requester"] for row in mine if row["requester"]}
    names = session.store.ask(lambda index: tickets.names(index, asked))
    return {
        "id": problem.id,
        "title": problem.title,
        "state": problem.state,
        "fix": fix if fix is not None else problem.fix,
        "incidents": [{**_suffering(row, names), "text": _text(session, row["id"], wish)} for row in mine],
        "skipped": [_suffering(row, names) for row in foreign],
    }


def _suffering(row: Mapping[str, Any], names: Mapping[str, str]) -> Suffering:
    return {
        "id": row["id"],
        "title": row["title"],
        "state": row["state"],
        "department": row["department"],
        "requester": row["requester"],
        "language": row["language"],
        "name": names.get(row["requester"]),
    }


def _text(session: Session, ticket_id: str, wish: Wish) -> str:
    if wish.response is None:
        return str(wish.body)
    made = rendering.render(session, wish.response, ticket_id)
    if made.gaps:
        left = _("{response} has a place to be filled in: {gap}", response=made.response, gap=made.gaps[0])
        raise UsageFault(left, _("choose another one, or give --body TEXT"))
    return made.text


def resolve(
    session: Session, plans: Mapping[str, Resolution], *, fix: str | None = None, reason: str | None = None
) -> Acted:
    """Close problems that are solved, and answer and close incidents as planned; Conflict where one has changed since."""

    def one(draft: Draft, problem: Ticket, by: Actor, at: datetime) -> Change:
        rows = plans[problem.id]["incidents"] if problem.id in plans else []
        answers = [(_as_seen(draft, row, by), row["text"]) for row in rows]
        return problems.resolve(problem, answers, by=by, at=at, fix=fix, reason=reason)

    acted = act_on_tickets(session, plans, "resolve", one)
    for row in (row for plan in plans.values() for row in plan["skipped"]):
        session.warnings.append(
            _(
                "{id} is left {state}: it is in {department}",
                id=row["id"],
                state=row["state"],
                department=row["department"],
            )
        )
    if any(isinstance(e.after, Ticket) and not e.after.fix for e in acted.edits):
        session.notes.append(_("what solved it is not recorded: next time --fix TEXT"))
    warn_owed(session, [*acted.edits, *(e for e in acted.done.change.edits if e.record.id not in acted.ids)])
    return acted


def _as_seen(draft: Draft, row: Answered, by: Actor) -> Ticket:
    """The incident, if it still is what the person was shown."""
    ticket = draft.ticket(row["id"])
    rights.require_act(by, ticket, "close")
    if (ticket.id, ticket.state, ticket.requester) != (row["id"], row["state"], row["requester"]):
        raise Conflict(
            _("{id} was changed by somebody else meanwhile", id=row["id"]), _("look at it and try again: --dry-run")
        )
    return ticket
