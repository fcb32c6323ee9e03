"""desk ticket create."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import click

from desk.actions import identifiers, requesters
from desk.cli import arguments, complete, editor, form, leaf
from desk.cli.app import App
from desk.cli.told import told
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit
from desk.domain.model.organisation import Department
from desk.domain.model.ticket import Ticket
from desk.domain.people import customfields
from desk.domain.rights import rights
from desk.domain.tickets import lifecycle
from desk.errors import ConfigError, UsageFault
from desk.index.index import Index
from desk.store.snapshot import Snapshot
from desk.view.model import Done


@leaf.leaf(
    "create",
    example='desk ticket create --title "Patient summary from Malta fails" \\\n'
    "    --department technical --requester maria@hospital.example \\\n"
    "    --channel phone --tag incident --impact high --urgency medium",
)
@click.option("--title", metavar="T", help="What it is about, in one line.")
@click.option("--department", metavar="D", shell_complete=complete.complete_department, help="Who looks after it.")
@editor.body_options("The request.")
@click.option("--requester", metavar="USER|EMAIL", shell_complete=complete.complete_user, help="On whose behalf.")
@click.option("--channel", metavar="C", shell_complete=complete.complete_channel, help="phone, email, web or cli.")
@click.option("--language", metavar="L", shell_complete=complete.complete_language, help="Language of the request.")
@click.option(
    "--tag", "tags", metavar="T", multiple=True, shell_complete=complete.complete_tag, help="Repeat for more."
)
@click.option(
    "--priority", metavar="P", shell_complete=complete.complete_priority, help="Overrides the matrix, with a --reason."
)
@click.option("--impact", metavar="I", shell_complete=complete.complete_impact, help="How much is affected.")
@click.option("--urgency", metavar="U", shell_complete=complete.complete_urgency, help="How soon it hurts.")
@click.option("--reason", metavar="TEXT", help="Why; needed where --priority isn't what the matrix gives.")
@click.option("--service", metavar="S", help="The affected service.")
@click.option("--attach", metavar="FILE", multiple=True, type=click.Path(), help="A file to attach; repeat for more.")
@click.option("--field", "fields", metavar="K=V", multiple=True, help="A custom field; repeat for more.")
def create(app: App, body: str | None, file: str | None, attach: tuple[str, ...], **given: Any) -> Done:
    """Register a ticket. It has no owner until somebody is assigned, and priority low unless it is classified.

    Without --title, on a terminal, the editor opens.
    """
    with editor.kept(app, "create"):
        text = editor.given_text(app, body, file)
        values = _values(app, given)
        files = editor.attachments(app, attach, ())
        if values["title"] is None:
            values, text = _from_editor(app, values, text)

        def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
            ticket, user = _build(app, snapshot, by, values, text or "", list(files))
            change = lifecycle.create(
                ticket, by=by, at=at, files=files, matrix=form.matrix(app), reason=given["reason"]
            )
            return change if user is None else change._replace(edits=(*change.edits, user))

        done = app.apply(plan)
    if app.talks:
        from desk.actions import suggestions  # noqa: PLC0415 - talk for people; scripts needn't pay for it

        app.notes.extend(suggestions.lines(app, cast("Ticket", done.change.edits[0].after)))
    return told(list(done.change.edits[:1]), several=False)


def _values(app: App, given: dict[str, Any]) -> dict[str, Any]:
    """Options as field values, each checked against what the desk knows."""
    fields = identifiers.fields_of(given["fields"])
    return {
        "title": given["title"],
        "department": given["department"],
        "requester": given["requester"],
        "channel": identifiers.chosen(app, "ticket.channels", given["channel"]) or app.config["ticket.channel"],
        "language": identifiers.chosen(app, "desk.languages", given["language"]) or app.config["desk.languages"][0],
        "tags": [t.lower() for t in arguments.words(app, given["tags"])] if given["tags"] else [],
        "priority": identifiers.chosen(app, "ticket.priorities", given["priority"]),
        "impact": identifiers.chosen(app, "ticket.impacts", given["impact"]),
        "urgency": identifiers.chosen(app, "ticket.urgencies", given["urgency"]),
        "service": given["service"],
        **({"fields": fields} if fields else {}),
    }


def _from_editor(app: App, values: dict[str, Any], text: str | None) -> tuple[dict[str, Any], str]:
    if not editor.interactive(app):
        raise UsageFault("a ticket needs a title", '--title "What it is about"')
    app.me()
    values = {**values, "department": values["department"] or _default_department(app.store.index)}
    return editor.edit(app, "create", form.new_ticket(values, text or ""), lambda t: form.parse_new(app, t))


def _build(
    app: App, snapshot: Snapshot, by: Actor, values: dict[str, Any], body: str, attached: list[str]
) -> tuple[Ticket, Edit | None]:
    department = values["department"].lower() if values["department"] else _default_department(snapshot.index)
    chosen = snapshot.get("department", department)
    for name in values["tags"]:
        snapshot.get("tag", name)
    requester, user = requesters.find_or_make(app, snapshot, values["requester"])
    priorities = app.config["ticket.priorities"]
    by_matrix = form.matrix(app).cells.get(values["impact"], {}).get(values["urgency"])
    raw: dict[str, Any] = {
        **values,
        "id": snapshot.new_ticket_id(app.today),
        "state": "open",
        "priority": values["priority"] or by_matrix or priorities[0],
        "department": department,
        "requester": requester,
        "author": by.id,
        "created": app.now.isoformat(),
        "attachments": attached,
        "fields": customfields.checked(_definitions(snapshot), "ticket", values.get("fields", {}), department),
    }
    ticket: Ticket = identifiers.checked_values(lambda: Ticket.new(body=body, **raw))
    if isinstance(chosen, Department):
        rights.require_public(chosen, ticket)
    return ticket, user


def _definitions(snapshot: Snapshot) -> list[Any]:
    return [snapshot.get("field", str(row["id"])) for row in snapshot.index.rows("field", tail="ORDER BY id")]


def _default_department(index: Index) -> str:
    rows = index.rows("department", '"default" = 1', tail="ORDER BY id")
    if not rows:
        raise ConfigError(
            "no department is the default one", "name one with --department, or: desk department edit ID --default"
        )
    return str(rows[0]["id"])
