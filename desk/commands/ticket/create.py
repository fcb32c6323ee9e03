"""desk ticket create."""

from __future__ import annotations

from typing import Any, cast

import click

from desk.actions import identifiers
from desk.actions.tickets import lifecycle as tickets
from desk.actions.tickets.lifecycle import NewTicket
from desk.actions.tickets.owed import warn_owed
from desk.cli import answering, arguments, complete, editor, leaf
from desk.cli.app import App
from desk.cli.clerk import caller, followup
from desk.cli.told import answer_change, tell_of_requester
from desk.domain.model.ticket import Ticket
from desk.errors import UsageFault
from desk.text import _
from desk.view.model import Done


@leaf.leaf(
    "create",
    example='desk ticket create --title "Patient summary from Malta fails" \\\n'
    "    --department technical --requester maria@hospital.example \\\n"
    "    --channel phone --tag incident --impact high --urgency medium\n"
    'desk ticket create --title "Where do I sign up?" --requester andreou \\\n'
    '    --assign me --reply "On the first page of the portal." --close',
)
@click.option("--title", metavar="T", help="What it is about, in one line.")
@click.option("--department", metavar="D", shell_complete=complete.complete_department, help="Who looks after it.")
@editor.body_options("The request.")
@arguments.requester_option("On whose behalf.")
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
@click.option(
    "--reason",
    metavar="TEXT",
    help="Why; needed where --priority isn't what the matrix gives. It can't be taken back.",
)
@click.option("--service", metavar="S", help="The affected service.")
@click.option("--attach", metavar="FILE", multiple=True, type=click.Path(), help="A file to attach; repeat for more.")
@click.option(
    "--field",
    "fields",
    metavar="K=V",
    multiple=True,
    shell_complete=complete.complete_ticket_field,
    help="A custom field; repeat for more.",
)
@click.option("--reply", metavar="TEXT", help="What the requester is answered at once; - is stdin.")
@followup.follow_options(fresh=True)
def create(app: App, body: str | None, file: str | None, attach: tuple[str, ...], **given: Any) -> Done:
    """Register a ticket. It has no owner until somebody is assigned, and priority low unless it is classified.

    Without --title, on a terminal, the editor opens. What is done with it at once is one change with it: whose it is,
    what the requester is answered, that it waits, or that it is closed.
    """
    with editor.keep_text(app, "create"):
        text = editor.given_text(app, body, file)
        then = followup.follow_up(app, given)._replace(reply=_reply(app, given["reply"]))
        new = _new(app, given)._replace(body=text or "", files=editor.attachments(app, attach, ()), then=then)
        if text and text.startswith("---\n") and editor.is_draft(app, file):
            from desk.cli import form  # noqa: PLC0415 - for the editor only

            new = _from_form(new, form.parse_new(app, text))
        if new.title is None:
            new = _from_editor(app, new)
        done = tickets.create(app, new)
        ticket = cast("Ticket", done.change.edits[0].after)
        tell_of_requester(app, done.change.edits)
        if then.reply is not None:
            answering.tell_of_unheard(app, [ticket])
        warn_owed(app, done.change.edits[:1])
    if app.talks:
        if promise := caller.describe_promise(app, done.change.edits):
            app.notes.append(promise)
        from desk.actions import suggestions  # noqa: PLC0415 - talk for people; scripts needn't pay for it

        app.notes.extend(suggestions.describe_answers(app, ticket))
    return answer_change(list(done.change.edits[:1]), several=False)


def _reply(app: App, given: str | None) -> str | None:
    """The answer, from --reply; stdin gives one text alone."""
    if given == "-" and app.typed is not None:
        raise UsageFault(_("stdin can't give both the request and the answer"), _("give one of them on the line"))
    return editor.given_text(app, given, None)


def _new(app: App, given: dict[str, Any]) -> NewTicket:
    """Options as a ticket to be, each value checked against what the desk knows."""
    return NewTicket(
        title=given["title"],
        department=given["department"],
        requester=caller.choose_requester(app, given["requester"]),
        channel=identifiers.require_listed(app, "ticket.channels", given["channel"]),
        language=identifiers.require_listed(app, "desk.languages", given["language"]),
        tags=tuple(t.lower() for t in dict.fromkeys(arguments.split(app, given["tags"]))) if given["tags"] else (),
        priority=identifiers.require_listed(app, "ticket.priorities", given["priority"]),
        impact=identifiers.require_listed(app, "ticket.impacts", given["impact"]),
        urgency=identifiers.require_listed(app, "ticket.urgencies", given["urgency"]),
        service=given["service"],
        fields=identifiers.fields_of(given["fields"]),
        reason=given["reason"],
    )


def _from_form(new: NewTicket, parsed: tuple[dict[str, Any], str]) -> NewTicket:
    """A form that was kept, with what the options say instead."""
    values, text = parsed
    values = {**values, "tags": tuple(values["tags"]), "body": text}
    return new._replace(**{name: value for name, value in values.items() if name == "body" or not getattr(new, name)})


def _from_editor(app: App, new: NewTicket) -> NewTicket:
    if not editor.interactive(app):
        raise UsageFault(_("a ticket needs a title"), _('--title "What it is about"'))
    from desk.cli import form  # noqa: PLC0415 - for the editor only

    app.me()
    department = new.department or tickets.default_department(app.store.index)
    values = {
        **new._asdict(),
        "department": department,
        "channel": new.channel or app.config["ticket.channel"],
        "language": new.language or "",
        "tags": list(new.tags),
    }
    start = form.write_new_ticket(values, new.body, form.teach(app))
    values, text = editor.edit(app, "create", start, lambda t: form.parse_new(app, t))
    tags, fields = tuple(values.pop("tags")), values.pop("fields")
    return new._replace(**values, tags=tags, fields=fields, body=text)
