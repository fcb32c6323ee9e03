"""Every public action by every kind of actor, held against the table of rights, without the command line."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from desk import actions
from desk.actions import articles, organisation, problems, requesters, responses
from desk.actions.care import daysoff, settings
from desk.actions.problems import KnownError, Wish
from desk.actions.tickets import checklists, classification, edits, lifecycle, major, ownership, relations, watching
from desk.actions.tickets.edits import Revision
from desk.actions.tickets.lifecycle import NewEntry, NewTicket
from desk.domain.model.actor import IMPORTER, REQUESTER, STAFF, Actor
from desk.domain.model.article import Response, Topic
from desk.domain.model.organisation import CustomField, Department, Machine, Tag
from desk.domain.model.person import Group, Staff
from desk.domain.model.plain import plain
from desk.domain.model.query import Query
from desk.domain.model.ticket import Ticket
from desk.domain.rights.rights import ON_TICKETS, REQUESTERS, RIGHTS
from desk.errors import Refused
from desk.session.session import Session
from tests.actions.stage import FOREIGN, LEVELS, SERVED, Stage, article
from tests.conftest import copy_of

NAMES = (*LEVELS, "requester", "desk", "importer")
Call = Callable[[Session, Stage, dict[str, str]], object]


class Row(NamedTuple):
    """One use of an action: the kind and the verb of the right it takes, and the call; `level` where it takes another, too."""

    action: str
    kind: str
    verb: str
    call: Call
    level: int = 0


LEVEL_OF = {(right.kind, verb): right.level for right in RIGHTS for verb in right.verbs}
DRAFT = "kb/shelf/draft.md"
SPOKEN = NewEntry(lambda _: "We look into it.")


def keeping() -> Iterator[Row]:
    """Create, edit and delete of the kinds that only need these."""
    made: dict[Any, dict[str, Any]] = {
        Department: {"id": "archive", "name": "Archive"},
        Staff: {"id": "zoe", "name": "Zoe", "email": "zoe@ncpeh.example", "level": 1, "departments": [SERVED]},
        Group: {"id": "insurer", "name": "Insurers"},
        Tag: {"id": "cyprus"},
        Machine: {"id": "relay", "may": ("relay",)},
        CustomField: {"id": "ward", "type": "text"},
        Topic: {"id": "news", "title": "News"},
    }
    there: dict[Any, tuple[str, dict[str, Any]]] = {
        Department: ("training", {"description": "Courses"}),
        Staff: ("petros", {"away": True}),
        Group: ("pharmacy", {"channel": "email"}),
        Tag: ("malta", {"description": "Malta"}),
        Machine: ("printer", {"description": "Prints"}),
        CustomField: ("country", {"required": True}),
        Topic: ("empty", {"titles": {"el": "Άδειο"}}),
    }
    for cls, values in made.items():
        yield Row("organisation.create", cls.kind, "create", creating(cls, values))
    for cls, (name, values) in there.items():
        yield Row("organisation.edit", cls.kind, "edit", editing(cls, name, values))
        if cls is not Department:
            yield Row("organisation.delete", cls.kind, "delete", deleting(cls, name))


def revision(stage: Stage, ticket_id: str) -> Revision:
    """A ticket as an editor gives it back, with another title."""
    ticket = cast("Ticket", stage.maria.store.read("ticket", ticket_id))
    values = {name: plain(ticket.values[name]) for name in edits.OPEN_FIELDS if ticket.values.get(name)}
    return Revision(ticket, {**values, "title": "It beeps twice"}, ticket.body)


def creating(cls: Any, values: dict[str, Any]) -> Call:
    return lambda session, _, __: organisation.create(session, cls, values)


def editing(cls: Any, name: str, values: dict[str, Any]) -> Call:
    return lambda session, _, __: organisation.edit(session, cls, [name], values)


def deleting(cls: Any, name: str) -> Call:
    return lambda session, _, __: organisation.delete(session, cls, [name])


def new_response(text: str) -> Response:
    return Response.new(id="bye.en", title="Bye", language="en", body=text)


CHRISTMAS = daysoff.TakeOver("office", (Path(__file__).parents[1] / "data/calendars/office.ics").read_bytes())
PERSON = {"name": "Carl", "email": "carl@clinic.example", "group": "patient"}
ROWS = (
    *keeping(),
    Row("organisation.delete_departments", "department", "delete",
        lambda s, _, __: organisation.delete_departments(s, ["training"], SERVED)),
    Row("organisation.purge_field", "field", "purge", lambda s, _, __: organisation.purge_field(s, "gone")),
    Row("requesters.register", "user", "create", lambda s, _, __: requesters.register(s, PERSON)),
    Row("requesters.edit", "user", "edit", lambda s, stage, _: requesters.edit(s, [stage.bob], {"phone": "112"})),
    Row("requesters.delete", "user", "delete", lambda s, stage, _: requesters.delete(s, [stage.idle])),
    Row("requesters.ban", "ban", "ban", lambda s, _, __: requesters.ban(s, "carl@clinic.example")),
    Row("requesters.unban", "ban", "unban", lambda s, _, __: requesters.unban(s, "SPAM@somewhere.example")),
    Row("responses.create", "response", "create", lambda s, _, __: responses.create(s, new_response("Goodbye."))),
    Row("responses.edit", "response", "edit",
        lambda s, _, __: responses.edit(s, Response.new(id="hello.en", title="Hi", language="en", body="Hi."))),
    Row("responses.delete", "response", "delete", lambda s, _, __: responses.delete(s, ["hello.en"])),
    Row("articles.create", "article", "create", lambda s, _, __: articles.create(s, article("new"))),
    Row("articles.edit", "article", "edit", lambda s, _, __: articles.edit(s, ["draft"], {"title": "Other"})),
    Row("articles.save", "article", "edit",
        lambda s, stage, _: articles.save(s, DRAFT, (Path(stage.folder) / DRAFT).read_text(), article("draft", "Look there."))),
    Row("articles.move", "article", "move", lambda s, _, __: articles.move(s, ["draft"], "empty")),
    Row("articles.publish", "article", "publish", lambda s, _, __: articles.publish(s, ["draft"])),
    Row("articles.retire", "article", "retire", lambda s, _, __: articles.retire(s, ["published"])),
    Row("articles.delete", "article", "delete", lambda s, _, __: articles.delete(s, ["draft"])),
    Row("articles.submit", "article", "submit", lambda s, _, __: articles.submit(s, ["draft"])),
    Row("articles.approve", "article", "approve", lambda s, _, __: articles.approve(s, ["review"])),
    Row("articles.send_back", "article", "return", lambda s, _, __: articles.send_back(s, ["review"])),
    Row("care.daysoff.take_over", "settings", "config", lambda s, _, __: daysoff.take_over(s, CHRISTMAS)),
    Row("care.daysoff.rehearse", "settings", "config", lambda s, _, __: daysoff.rehearse(s, CHRISTMAS)),
    Row("care.settings.set_value", "settings", "config", lambda s, _, __: settings.set_value(s, "list.limit", "40")),
    Row("problems.open_from", "ticket", "transfer", lambda s, _, t: problems.open_from(s, [t["closed"]])),
    Row("problems.open_each", "ticket", "transfer", lambda s, _, t: problems.open_each(s, [t["closed"]])),
    Row("problems.hand_over", "ticket", "transfer",
        lambda s, _, t: problems.hand_over(s, [t["closed"]], t["problem"])),
    Row("problems.record_cause", "ticket", "cause", lambda s, _, t: problems.record_cause(s, [t["problem"]], "Rust.")),
    Row("problems.record_workaround", "ticket", "workaround",
        lambda s, _, t: problems.record_workaround(s, [t["problem"]], "Oil.")),
    Row("problems.draft_known_errors", "ticket", "cause",
        lambda s, _, t: problems.draft_known_errors(s, [t["problem"]], KnownError("shelf", slug="rust")), level=2),
    Row("problems.plan_resolutions", "ticket", "resolve",
        lambda s, _, t: problems.plan_resolutions(s, [t["problem"]], Wish(close=True, body="Mended."), "Paint.")),
    Row("problems.resolve", "ticket", "resolve", lambda s, stage, t: problems.resolve(s, stage.plans[t["problem"]])),
    Row("tickets.lifecycle.create", "ticket", "create", lambda s, _, __: lifecycle.create(s, NewTicket("It beeps"))),
    Row("tickets.lifecycle.reply", "ticket", "reply", lambda s, _, t: lifecycle.reply(s, [t["open"]], SPOKEN)),
    Row("tickets.lifecycle.note", "ticket", "note", lambda s, _, t: lifecycle.note(s, [t["open"]], SPOKEN)),
    Row("tickets.lifecycle.put_aside", "ticket", "pending",
        lambda s, _, t: lifecycle.put_aside(s, [t["open"]], until=None, waits_for="vendor", reason=None)),
    Row("tickets.lifecycle.close", "ticket", "close", lambda s, _, t: lifecycle.close(s, [t["open"]])),
    Row("tickets.lifecycle.reopen", "ticket", "reopen", lambda s, _, t: lifecycle.reopen(s, [t["closed"]])),
    Row("tickets.lifecycle.delete", "ticket", "delete", lambda s, _, t: lifecycle.delete(s, [t["open"]])),
    Row(
        "tickets.ownership.take_next",
        "ticket",
        "assign",
        lambda s, _, t: ownership.take_next(s, Query(among=(t["open"],))),
    ),
    Row("tickets.ownership.assign", "ticket", "assign", lambda s, _, t: ownership.assign(s, [t["open"]], "maria")),
    Row("tickets.ownership.unassign", "ticket", "unassign", lambda s, _, t: ownership.unassign(s, [t["owned"]])),
    Row("tickets.ownership.escalate", "ticket", "escalate", lambda s, _, t: ownership.escalate(s, [t["open"]], "maria")),
    Row("tickets.ownership.escalate_up", "ticket", "escalate-up",
        lambda s, _, t: ownership.escalate_up(s, [t["open"]], reason="Not by noon.")),
    Row("tickets.ownership.move", "ticket", "move", lambda s, _, t: ownership.move(s, [t["open"]], "operation-services")),
    Row("tickets.classification.classify", "ticket", "classify",
        lambda s, _, t: classification.classify(s, [t["open"]], impact="high", urgency="high")),
    Row("tickets.classification.tag", "ticket", "tag", lambda s, _, t: classification.tag(s, [t["open"]], ["malta"])),
    Row("tickets.classification.untag", "ticket", "untag",
        lambda s, _, t: classification.untag(s, [t["problem"]], ["problem"])),
    Row("tickets.edits.edit", "ticket", "edit", lambda s, _, t: edits.edit(s, [t["open"]], title="It beeps twice")),
    Row("tickets.edits.revise", "ticket", "edit",
        lambda s, stage, t: edits.revise(s, [t["open"]], revision(stage, t["open"]))),
    Row("tickets.relations.link", "ticket", "link",
        lambda s, _, t: relations.link(s, [t["open"]], t["closed"], "relates")),
    Row("tickets.relations.unlink", "ticket", "unlink",
        lambda s, _, t: relations.unlink(s, [t["linked"]], t["closed"])),
    Row("tickets.relations.merge", "ticket", "merge", lambda s, _, t: relations.merge(s, [t["open"]], t["owned"])),
    Row("tickets.relations.split", "ticket", "split", lambda s, _, t: relations.split(s, [t["answered"]], 1)),
    Row("tickets.watching.watch", "ticket", "watch", lambda s, _, t: watching.watch(s, [t["open"]], "maria")),
    Row("tickets.watching.unwatch", "ticket", "unwatch", lambda s, _, t: watching.unwatch(s, [t["watched"]], "maria")),
    Row("tickets.major.declare", "ticket", "major", lambda s, _, t: major.declare(s, [t["incident"]], "maria")),
    Row("tickets.major.end", "ticket", "major-off", lambda s, _, t: major.end(s, [t["major"]])),
    Row("tickets.major.review", "ticket", "review", lambda s, _, t: major.review(s, [t["over"]], "All summaries failed.")),
    Row("tickets.checklists.put", "ticket", "checklist",
        lambda s, _, t: checklists.put(s, [t["incident"]], "security-incident")),
    Row("tickets.checklists.check", "ticket", "check", lambda s, _, t: checklists.check(s, [t["stepped"]], [1])),
)  # fmt: skip
"""Every action, with the right that it takes."""
ANYBODY = {"requesters.sign_up"}
"""Actions that take no right: test_organisation tries them."""
ELSEWHERE = {
    "duties.check", "care.handedits.commit", "care.handedits.commit_attributes", "care.handedits.mend", "care.importing.import_records",
    "care.salting.add", "care.sealing.seal", "care.sealing.publish", "care.sealing.cosign", "care.sync.sync",
    "care.sync.continue_merge", "care.relay.relay", "care.guard.receive", "care.guard.received", "care.guard.check",
    "care.guard.install", "tickets.edits.edit_entry", "tickets.undo.undo",
    "tickets.undo.undo_commit", "tickets.undo.undo_steps",
    "mail.sending.send", "mail.running.run", "mail.queue.retry", "mail.queue.put_aside", "mail.queue.due",
    "mail.queue.refuse", "mail.queue.shorten", "mail.queue.decline", "mail.queue.report", "mail.taking.several",
    "care.trusting.pin", "mail.fetching.fetch", "mail.fetching.take_in_saved", "mail.holding.discard", "mail.holding.release",
    "mail.taking.put_aside", "mail.taking.take_in",
    "mail.digests.collect", "mail.digests.settle", "mail.undelivered.note",
}  # fmt: skip
"""What staff alone run, or the right to which hangs on what is undone or whose words they are: tests/organisation,
tests/care, tests/privacy, tests/audit, tests/sync, tests/guard and tests/cli try them; what the mail host does is the machine's to allow, and tests/mailin
and tests/mail try it."""
READING = {
    "care.sheets.lines", "care.trial.attempt", "care.trial.send_and_wait", "care.trusting.named", "mail.arrivals.door",
    "mail.arrivals.require_machine", "mail.entering.change_of", "mail.entering.tell_elsewhere", "care.settings.require_picture", "mail.mailboxes.open_mailbox", "mail.previewing.preview",
    "mail.taking.limits_of", "mail.taking.most_bytes", "mail.taking.read", "tickets.lifecycle.build_ticket",
    "mail.letters.letter", "mail.letters.house", "mail.letters.outgoing", "mail.queue.read", "mail.recipients.address_of",
    "mail.digests.due_at", "mail.servers.connect",
    "acting.require_tickets", "articles.require_articles", "identifiers.require_known", "identifiers.require_listed",
    "identifiers.require_existing", "tickets.owed.warn_owed", "rendering.find_variants", "rendering.require_variants", "rendering.check",
    "rendering.fault", "rendering.find_including", "rendering.article", "rendering.render", "rendering.variables",
    "rendering.mention_articles", "requesters.find_or_make", "suggestions.find_answers", "suggestions.describe_answers", "care.sync.chosen_remote",
    "care.guard.status", "care.guard.keys", "care.guard.shell", "care.daysoff.find_calendar", "care.daysoff.find_special_days", "care.daysoff.kept", "care.sealing.find", "care.sealing.witnessed",
}  # fmt: skip
"""What asks for a session and changes nothing by itself."""
FRAMES = {"acting.act_on_tickets", "acting.create_record", "acting.act_on_records"}
"""What actions are made of: they take the verb as well."""


def allowed(row: Row, by: Actor, *, served: bool) -> bool:
    """What the table of rights says; the tickets of the department served are those of the requester."""
    if row.kind != "ticket":
        return by.level >= LEVEL_OF[row.kind, row.verb]
    if by.kind == REQUESTER:
        return row.verb in REQUESTERS and (served or row.verb == "create")
    if by.kind == IMPORTER and row.verb == "create":
        return True  # in the name of whoever wrote it then: who runs the import is asked for the right to it
    serves = by.kind == STAFF and served
    return by.level >= row.level and ON_TICKETS[row.verb].allows(by.level, serves=serves, wrote=False)


@pytest.fixture(scope="module")
def stage(_template: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Stage:
    return Stage(copy_of(_template, tmp_path_factory.mktemp("actions")), environment)


@pytest.mark.parametrize("row", ROWS, ids=[f"{r.action}-{r.kind}" for r in ROWS])
def test_rights_of_every_action(stage: Stage, row: Row) -> None:
    places = (SERVED, FOREIGN) if row.kind == "ticket" else (SERVED,)
    may = {(who, where): allowed(row, stage.actors[who], served=where == SERVED) for who in NAMES for where in places}
    assert {case: does(stage, row, *case) for case in may} == may


def does(stage: Stage, row: Row, who: str, where: str) -> bool:
    """Whether the action is done, and not refused; each time in a session of its own."""
    try:
        done = row.call(stage.rehearse(who), stage, stage.tickets[where])
    except Refused:
        return False
    assert done
    return True


def found() -> set[str]:
    """The public functions of the room whose first parameter is a session."""
    names = set()
    for module in pkgutil.walk_packages(actions.__path__, "desk.actions."):
        room = importlib.import_module(module.name)
        for name, function in vars(room).items():
            if name.startswith("_") or not inspect.isfunction(function) or function.__module__ != room.__name__:
                continue
            if next(iter(inspect.signature(function).parameters), "") == "session":
                names.add(f"{room.__name__.removeprefix('desk.actions.')}.{name}")
    return names


def test_every_action_has_a_row() -> None:
    """A new one needs a row, or a word on why it takes no right."""
    assert {row.action for row in ROWS} | ANYBODY | ELSEWHERE | READING | FRAMES == found()


def test_every_kind_of_record_has_rows_for_its_verbs() -> None:
    tried = {(row.kind, row.verb) for row in ROWS}
    kept = {(right.kind, verb) for right in RIGHTS for verb in right.verbs if right.kind in organisation.KEPT}
    assert kept <= tried


def test_a_rehearsal_writes_nothing(stage: Stage) -> None:
    before = stage.maria.store.commit_now()
    assert organisation.create(stage.rehearse("three"), Tag, {"id": "never"}).change.edits
    assert stage.maria.store.commit_now() == before
