"""desk mail: the outbox of messages that are to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem

from desk.cli import answers, arguments, complete, leaf
from desk.cli.app import App
from desk.domain.model.fields import parse_time
from desk.errors import Broken, DeskError
from desk.local import outbox
from desk.mail import letters
from desk.store import worktree
from desk.text import _, arranged, pgettext
from desk.view.model import Column, Detail, Done, Listing


def _complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        place = complete.app_for_completion(ctx).place
        return [CompletionItem(i) for i in outbox.ids(place.own(outbox.FOLDER)) if incomplete in i]
    except (DeskError, OSError):
        return []


_ids = click.argument("ids", metavar="ID…", nargs=-1, required=True, shell_complete=_complete)


@leaf.leaf("outbox", example="desk mail outbox\ndesk mail outbox --ticket 7K3Q -f ids | desk mail drop -")
@click.option("--ticket", metavar="ID", shell_complete=complete.complete_ticket, help="Only about this ticket.")
def list_(app: App, ticket: str | None) -> Listing:
    """List the messages that wait to be sent, the oldest first."""
    wanted = arguments.resolve(app, ticket) if ticket else None
    rows = []
    for draft_id in outbox.ids(_folder(app)):
        draft = _read(app, draft_id, [])
        if draft and (wanted is None or draft["ticket"] in wanted):
            rows.append(_row(draft, _subject(app, draft)))
    columns = (
        Column("id", pgettext("column", "ID"), "id"),
        Column("to", pgettext("column", "TO")),
        Column("subject", pgettext("column", "SUBJECT"), "title"),
        Column("ticket", pgettext("column", "TICKET"), "id", 1),
        Column("event", pgettext("column", "EVENT")),
        Column("at", pgettext("column", "AT"), "time", 2),
    )
    return Listing("messages", rows, columns, _("no messages wait to be sent"))


@leaf.leaf("show", example="desk mail show 4f9a1c22-1")
@_ids
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show messages whole, as they would be sent now. A part of the id that only one has is enough."""
    items = []
    for draft_id in _found(app, ids):
        draft = _draft(app, draft_id)
        letter = _letter(app, draft)
        more = {"language": letter.language, "attachments": draft.get("attachments", []), "body": letter.body}
        items.append({**_row(draft, letter.subject), **more})
    return answers.detail("message", "messages", items, several=len(items) > 1)


@leaf.leaf("drop", example="desk mail drop 4f9a1c22-1")
@_ids
def drop(app: App, ids: tuple[str, ...]) -> Done:
    """Take messages out of the outbox unsent."""
    with app.store.writing():  # what a killed command still has to tell comes first, or it would come back
        found = _found(app, ids)
        for draft_id in found:
            outbox.drop(_folder(app), draft_id)
    items = [{"id": i, "dropped": True} for i in found]
    lines = tuple(_("{i}  dropped", i=i) for i in found)
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
            _("not a message of desk's"), problems[0], hint=arranged("desk mail drop {draft_id}", draft_id=draft_id)
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
        return _letter(app, draft, whole=False).subject
    except DeskError as error:
        app.warnings.append(arranged("{id}: {problem}", id=draft["id"], problem=error.message))
        return None


_TIMES = ("created", "respond_by", "update_by", "due")


def _letter(app: App, draft: dict[str, Any], *, whole: bool = True) -> letters.Letter:
    """A draft filled in, with its times on the desk's clock."""
    from desk.templates.sandbox import fill  # noqa: PLC0415 - 40 ms of Jinja, for messages only

    variables = draft["variables"]
    # Drafts of an older version don't have all of them.
    given = {n: text for n in _TIMES if (text := variables["ticket"].get(n))}
    times = {n: app.local(parse_time(text)).strftime("%Y-%m-%d %H:%M") for n, text in given.items()}
    told = {**draft, "variables": {**variables, "ticket": {**variables["ticket"], **times}}}
    known = app.config["desk.languages"]

    def filled(text: str, path: str, values: Mapping[str, Mapping[str, str]]) -> str:
        return fill(text, path, values, language=path.removesuffix(".txt").rpartition(".")[2])

    return letters.letter(told, known, lambda path: worktree.read(app.place, path), filled, whole=whole)


def _row(draft: dict[str, Any], subject: str | None) -> dict[str, Any]:
    to = draft["to"]
    return {
        "id": draft["id"],
        "to": f"{to['name']} <{to['email']}>" if to["name"] else to["email"],
        "subject": subject,
        "ticket": draft["ticket"],
        "event": draft["event"],
        "at": draft["at"],
        "commit": draft["commit"],
        "language": draft["language"],
    }
