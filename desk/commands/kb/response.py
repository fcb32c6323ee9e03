"""desk response: texts to answer with, in several languages (requirement 4.6). The texts may name values of the ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desk.actions import identifiers, rendering, responses
from desk.actions.identifiers import normalise_id
from desk.cli import answers, arguments, complete, editor, leaf, records, told
from desk.cli.app import App
from desk.codec import locate
from desk.domain.knowledge import responses as knowledge_responses
from desk.domain.matching.suggestion import slug
from desk.domain.model import plain
from desk.domain.model.article import Response
from desk.errors import Ambiguous, UsageFault
from desk.text import _, arranged, pgettext
from desk.view.model import Column, Detail, Done, Listing

if TYPE_CHECKING:
    from desk.domain.model.record import Record

_names = click.argument(
    "names",
    cls=arguments.PickedArgument,
    kind="response",
    metavar="NAME…",
    nargs=-1,
    required=True,
    shell_complete=complete.complete_response,
)
_title = click.option("--title", metavar="T", help="What the clerk chooses by.")
_department = click.option(
    "--department",
    metavar="D",
    shell_complete=complete.complete_department,
    help="Only for tickets of this department.",
)
_then = click.option(
    "--then", metavar="WHAT", help="What follows when it is sent: close [RESOLUTION], or pending [WHOM] [3d]."
)
_START = """{% if requester.name %}Dear {{ requester.name }}{% else %}Dear Sir or Madam{% endif %},

…

{% include 'signature' %}
"""


@leaf.leaf("list", example="desk response list\ndesk response list --department legal -f json")
@click.option("--language", metavar="L", shell_complete=complete.complete_language, help="Only in this language.")
@click.option(
    "--department",
    metavar="D",
    shell_complete=complete.complete_department,
    help="Only those that can be used in this department.",
)
def list_(app: App, language: str | None, department: str | None) -> Listing:
    """List custom responses, each variant a row."""
    language = identifiers.require_listed(app, "desk.languages", language)
    where = identifiers.require_existing(app, "department", department) if department else None
    rows = [
        {**row, "name": slug(row["id"], row["language"])}
        for row in app.store.ask(lambda index: index.rows("response", tail="ORDER BY id"))
        if language in (None, row["language"]) and (where is None or row["department"] in (None, where))
    ]
    columns = (
        Column("id", pgettext("column", "ID"), "id"),
        Column("language", pgettext("column", "LANGUAGE")),
        Column("department", pgettext("column", "DEPARTMENT")),
        Column("title", pgettext("column", "TITLE"), "title"),
    )
    return Listing("responses", rows, columns, _("there are no responses: desk response create NAME --title T"))


@leaf.leaf("show", example="desk response show incident-resolved\ndesk response show incident-resolved.el -f json")
@_names
def show(app: App, names: tuple[str, ...]) -> Detail:
    """Show responses in all their languages, or one variant: the text, what it names, and what it may name."""
    items = [_item(app, record) for record in _records(app, names)]
    return answers.detail("response", "responses", items, several=len(items) > 1)


def _item(app: App, record: Record) -> dict[str, Any]:
    used = rendering.check(app, record)
    return {
        **plain.whole(record),
        "name": slug(record.id, str(record.values["language"])),
        "variables": list(used.variables),
        "articles": list(dict.fromkeys(name for name, _, _ in used.articles)),
        "includes": list(used.parts),
        "gaps": knowledge_responses.gaps(record.body),
        "known": [f"{group}.{name}" for group, names in knowledge_responses.VARIABLES.items() for name in names],
        "filters": list(knowledge_responses.FILTERS),
    }


def _records(app: App, names: tuple[str, ...]) -> list[Record]:
    """The variants named: all languages of a name, or one as NAME.LANGUAGE."""
    ids = [i for word in arguments.split_words(app, names) for i in rendering.require_variants(app, word).values()]
    return [app.store.read("response", i) for i in dict.fromkeys(ids)]


@leaf.leaf(
    "create",
    example='desk response create password-reset --title "Password reset" --body "Dear {{ requester.name }}, …"\n'
    "desk response create password-reset --language el --file reset.el.txt --title Κωδικός",
)
@click.argument("name", metavar="NAME")
@click.option("--title", metavar="T", required=True, help="What the clerk chooses by.")
@click.option("--language", metavar="L", shell_complete=complete.complete_language, help="Language of the text.")
@_department
@_then
@editor.body_options("The text; what it may name: desk help responses.")
def create(app: App, name: str, body: str | None, file: str | None, **given: Any) -> Done:
    """Add a response in one language. Without a text, the editor opens. Level 2."""
    language = identifiers.require_listed(app, "desk.languages", given["language"]) or app.config["desk.languages"][0]
    values = {
        "id": f"{normalise_id(name).removesuffix(f'.{language}')}.{language}",
        "title": given["title"],
        "language": language,
        "department": identifiers.require_existing(app, "department", given["department"])
        if given["department"]
        else None,
        "then": given["then"],
    }
    with editor.keep_text(app, "response"):
        text = editor.given_text(app, body, file)
        made: Response = identifiers.checked_values(
            lambda: Response.new(body=(_START if text is None else text).strip("\n"), **values)
        )
        if text is None:
            made = _edited(app, made)
        return told.answer_records(Response, responses.create(app, made), several=False)


@leaf.leaf(
    "edit",
    example='desk response edit incident-resolved.el --title "Αποκατάσταση"\n'
    "desk response edit incident-resolved.en --file resolved.txt",
)
@click.argument("name", metavar="NAME", shell_complete=complete.complete_response)
@_title
@_department
@_then
@editor.body_options("The new text.")
def edit(app: App, name: str, body: str | None, file: str | None, **given: Any) -> Done:
    """Change one variant of a response, by options or in the editor. Level 2. An empty --department lifts the limit.

    An empty --then has nothing follow.
    """
    found = rendering.require_variants(app, name)
    if len(found) > 1:
        ids = ", ".join(found.values())
        raise Ambiguous(_("{response} has {n} variants", response=name, n=len(found)), _("name one: {ids}", ids=ids))
    [response_id] = found.values()
    before = records.read(app, Response, response_id)
    with editor.keep_text(app, "response"):
        text = editor.given_text(app, body, file)
        after = _changed(app, before, text, given)
        return told.answer_records(Response, responses.edit(app, after), several=False)


def _changed(app: App, before: Response, text: str | None, given: dict[str, Any]) -> Response:
    values = {n: v for n, v in given.items() if v is not None}
    if values.get("department"):
        values["department"] = identifiers.require_existing(app, "department", values["department"])
    values = {n: v or None for n, v in values.items()}
    if "title" in values and values["title"] is None:
        raise UsageFault(_("a response needs a title"), _('--title "What the clerk chooses by"'))
    if text is None and not values:
        return _edited(app, before)
    body = None if text is None else text.strip("\n")
    after: Response = identifiers.checked_values(lambda: before.evolve(body=body, **values))
    return after


def _edited(app: App, before: Response) -> Response:
    """The whole file in the editor; what can't be filled in opens it again with the error on top."""
    from desk.codec import records  # noqa: PLC0415 - for the editor only

    if not editor.interactive(app):
        raise UsageFault(_("no text was given"), _("--body TEXT, or --file PATH (- is stdin)"))
    app.me()

    def accept(text: str) -> Response:
        record = records.decode(text.encode(), before.path, Response.kind)
        if record.id != before.id or record.values["language"] != before.language:
            raise UsageFault(_("id and language can't be changed here"), "desk response create NAME --language L")
        rendering.check(app, record, locate.body_line(text.encode()))
        return record  # type: ignore[return-value]  # the codec builds the class of the kind

    return editor.edit(app, f"response-{before.id}", records.encode(before).decode(), accept)


@leaf.leaf(
    "delete", example="desk response delete password-reset\ndesk response delete password-reset.el", careful=True
)
@_names
def delete(app: App, names: tuple[str, ...]) -> Done:
    """Delete responses in all their languages, or one variant. Level 2."""
    ids = [record.id for record in _records(app, names)]
    return records.told_of(app, Response, ids, lambda named: responses.delete(app, named))


@leaf.leaf(
    "render",
    example="desk response render incident-resolved 7K3Q\n"
    "desk ticket list --tag malta -f ids | desk response render waiting-for-partner -",
)
@click.argument("name", metavar="NAME", shell_complete=complete.complete_response)
@arguments.ticket_ids
@click.option(
    "--article",
    "articles",
    metavar="SLUG",
    multiple=True,
    shell_complete=complete.complete_kind("article"),
    help="The published article that the text is about.",
)
def render(app: App, name: str, ids: tuple[str, ...], articles: tuple[str, ...]) -> Done:
    """Show what a response would say for tickets. Nothing is sent or changed."""
    found = [rendering.render(app, name, i, articles) for i in arguments.resolve(app, ids)]
    items = [
        {"id": r.ticket, "response": r.response, "language": r.language, "text": r.text, "gaps": list(r.gaps)}
        for r in found
    ]
    lines: list[str] = []
    for one in found:
        if len(found) > 1:
            lines += [arranged("── {ticket}, {response} ──", ticket=one.ticket, response=one.response)]
        lines += [*one.text.split("\n"), *([""] if len(found) > 1 else [])]
    for one in found:
        if one.gaps:
            app.notes.append(_("to be filled in by hand: {gaps}", gaps=", ".join(dict.fromkeys(one.gaps))))
            break
    return Done("rendered", items if len(items) > 1 else items[0], tuple(lines), answer=True)
