"""desk mail outbox, show, drop, retry: messages that are to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import click
from click.shell_completion import CompletionItem

from desk.actions.mail import letters
from desk.cli import answers, arguments, complete, leaf
from desk.cli.app import App
from desk.cli.filters import watched
from desk.domain.model.fields import utc_text
from desk.errors import Broken, DeskError
from desk.local import delivery, maillog, outbox
from desk.local.maillog import MailRow
from desk.text import _, arranged, pgettext
from desk.view.model import Column, Detail, Done, Listing, Row


def _complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        place = complete.app_for_completion(ctx).place
        return [CompletionItem(i) for i in outbox.ids(place.own(outbox.FOLDER)) if incomplete in i]
    except (DeskError, OSError):
        return []


_ids = click.argument("ids", metavar="ID…", nargs=-1, required=True, shell_complete=_complete)


@leaf.leaf(
    "outbox", example="desk mail outbox\ndesk mail outbox --watch\ndesk mail outbox --held -f ids | desk mail retry -"
)
@partial(watched, files=True)
@click.option("--ticket", metavar="ID", shell_complete=complete.complete_ticket, help="Only about this ticket.")
@click.option(
    "--held", is_flag=True, help="Only those that go nowhere until somebody says so: held, or refused for good."
)
def list_(app: App, ticket: str | None, held: bool) -> Listing:
    """List the messages that wait to be sent, the oldest first."""
    wanted = arguments.resolve(app, ticket) if ticket else None
    rows = []
    for draft_id in outbox.ids(_folder(app)):
        draft = _read(app, draft_id, [])
        if draft and (wanted is None or draft["ticket"] in wanted):
            row = _row(app, draft, _subject(app, draft))
            if not held or row["state"] != "waiting":
                rows.append(row)
    columns = (
        Column("id", pgettext("column", "ID"), "id"),
        Column("to", pgettext("column", "TO"), "email"),
        Column("subject", pgettext("column", "SUBJECT"), "title"),
        Column("ticket", pgettext("column", "TICKET"), "id", 1),
        Column("event", pgettext("column", "EVENT"), "word", 3),
        Column("at", pgettext("column", "AT"), "time", 2),
        Column("state", pgettext("column", "STATE"), "word"),
        Column("reason", pgettext("column", "WHY"), spare=4),
    )
    return Listing("messages", rows, columns, _("no messages wait to be sent"), spell=_spell)


def _spell(rows: Sequence[Row]) -> list[Row]:
    """The reason in words; of the id, what tells messages apart; and the address, which is where it goes."""
    return [
        {
            **row,
            "id": row["id"].partition("-")[2] or row["id"],
            "to": row["to"].rpartition("<")[2].rstrip(">"),
            "reason": row["reason"] and maillog.recall(row["reason"]),
        }
        for row in rows
    ]


@leaf.leaf("show", example="desk mail show 4f9a1c22-1")
@_ids
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show messages whole, as they would be sent now. A part of the id that only one has is enough."""
    items = []
    for draft_id in _found(app, ids):
        draft = _draft(app, draft_id)
        letter = letters.letter(app, draft)
        more = {"language": letter.language, "attachments": draft.get("attachments", []), "body": letter.body}
        items.append({**_row(app, draft, letter.subject), **more})
    return answers.detail("message", "messages", items, several=len(items) > 1)


@leaf.leaf("drop", example="desk mail drop 4f9a1c22-1")
@_ids
def drop(app: App, ids: tuple[str, ...]) -> Done:
    """Take messages out of the outbox unsent."""
    with app.store.writing():  # what a killed command still has to tell comes first, or it would come back
        found = _found(app, ids)
        for draft_id in found:
            draft = _read(app, draft_id, [])
            outbox.drop(_folder(app), draft_id)
            if draft:
                maillog.add(app.place, _dropped(app, draft))
    items = [{"id": i, "dropped": True} for i in found]
    lines = tuple(_("{i}  dropped", i=i) for i in found)
    return Done("messages", items, lines) if len(items) > 1 else Done("message", items[0], lines)


def _dropped(app: App, draft: dict[str, Any]) -> MailRow:
    return {
        "at": utc_text(app.now),
        "way": "out",
        "state": "dropped",
        "id": draft["id"],
        "ticket": draft["ticket"],
        "commit": draft["commit"],
        "event": draft["event"],
        "to": draft["to"]["email"],
        "recipient": draft["to"]["id"],
        "reason": _("by hand"),
    }


@leaf.leaf("retry", example="desk mail retry 4f9a1c22-1\ndesk mail outbox --held -f ids | desk mail retry -")
@_ids
def retry(app: App, ids: tuple[str, ...]) -> Done:
    """Let messages go with the next run: held ones, refused ones, and those that wait for another try."""
    from desk.actions.mail import queue  # noqa: PLC0415 - a list of the outbox sends nothing

    found = queue.retry(app, _found(app, ids))
    items = [{"id": i, "state": "waiting"} for i in found]
    lines = tuple(_("{i}  goes with the next desk mail send", i=i) for i in found)
    return Done("messages", items, lines) if len(items) > 1 else Done("message", items[0], lines)


def _folder(app: App) -> str:
    """The outbox, with what a killed command still had to tell."""
    return app.store.place.own(outbox.FOLDER)


def _found(app: App, ids: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(outbox.find(_folder(app), word) for word in arguments.split_words(app, ids)))


def _draft(app: App, draft_id: str) -> dict[str, Any]:
    problems: list[str] = []
    found = _read(app, draft_id, problems)
    if found is None:
        raise Broken(
            _("not a message of desk's"),
            problems[0],
            hint=_("if it isn't needed: desk mail drop {draft_id}", draft_id=draft_id),
        )
    return found


def _read(app: App, draft_id: str, problems: list[str]) -> dict[str, Any] | None:
    """A draft, or a warning: one damaged file must not hide the others."""
    path = f"{_folder(app)}/{draft_id}.json"
    try:
        return outbox.read(_folder(app), draft_id)
    except (ValueError, OSError) as error:
        problems.append(path)
        app.warnings.append(_("{path} can't be read: {error}", path=path, error=error))
        return None


def _subject(app: App, draft: dict[str, Any]) -> str | None:
    try:
        return letters.letter(app, draft, whole=False).subject
    except DeskError as error:
        app.warnings.append(arranged("{id}: {problem}", id=draft["id"], problem=error.message))
        return None


def _row(app: App, draft: dict[str, Any], subject: str | None) -> dict[str, Any]:
    to, one = draft["to"], delivery.load(_folder(app), draft["id"])
    return {
        "id": draft["id"],
        "to": f"{to['name']} <{to['email']}>" if to["name"] else to["email"],
        "subject": subject,
        "ticket": draft["ticket"],
        "event": draft["event"],
        "at": draft["at"],
        "commit": draft["commit"],
        "language": draft["language"],
        "state": one.state,
        "tries": one.tries,
        "next": utc_text(one.due) if one.due and one.state == "waiting" else None,
        "reason": one.reason or None,
    }
