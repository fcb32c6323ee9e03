"""desk kb edit: an article in the editor, its fields by options, or into another topic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zlib import crc32

import click

from desk.actions import articles, publishing
from desk.actions.identifiers import normalise_id
from desk.cli import arguments, complete, dates, editor, form, leaf, told
from desk.cli.app import App
from desk.commands.kb.create import TYPES
from desk.domain.knowledge import articles as knowledge_articles
from desk.errors import UsageFault
from desk.queries import knowledge
from desk.text import _, arranged
from desk.view.model import Done


@leaf.leaf(
    "edit",
    example="desk kb edit which-countries\ndesk kb edit which-countries --review 2027-01-31\n"
    "desk kb edit partner-not-reachable --topic patient-summary",
)
@arguments.slugs
@click.option("--title", metavar="T", help="A new title.")
@click.option(
    "--topic", metavar="T", shell_complete=arguments.complete_topic, help="Move it there, with all its languages."
)
@click.option(
    "--type", "type", type=TYPES, metavar="TYPE", help=arranged("{types}.", types=", ".join(knowledge_articles.TYPES))
)
@click.option("--service", metavar="S", help="The affected service; empty takes it away.")
@click.option("--problem", metavar="ID", shell_complete=complete.complete_ticket, help="The problem it comes from.")
@click.option("--symptom", metavar="TEXT", help="What the person sees.")
@click.option("--cause", metavar="TEXT", help="Why it happens.")
@click.option("--workaround", metavar="TEXT", help="What helps until it is mended.")
@click.option("--fix", metavar="TEXT", help="What mends it.")
@click.option(
    "--tag", "tags", metavar="T", multiple=True, shell_complete=complete.complete_tag, help="Its tags from now on."
)
@click.option("--keyword", "keywords", metavar="W", multiple=True, help="Its further search words from now on.")
@click.option("--review", metavar="DATE", help="To be looked at again by this day.")
@editor.body_options("A new text, in Markdown.")
def edit(app: App, slugs: tuple[str, ...], body: str | None, file: str | None, **options: Any) -> Done:
    """Change an article. Without options your editor opens the file, hand edits included. Level 2.

    SLUG means all languages of an article for --topic, --type, --service, --problem, --tag and --review; text belongs
    to one language. A topic change takes the links of other articles along.
    """
    with editor.keep_text(app, "kb-edit"):
        text = editor.given_text(app, body, file)
        if text is None and not any(v not in (None, ()) for v in options.values()):
            return _in_editor(app, slugs)
        values = _values(app, options)
        topic = options["topic"]
        if topic and (values or text is not None):
            raise UsageFault(
                _("--topic moves an article and nothing else"), _("give the other options in a command of their own")
            )
        if topic:
            return told.answer_articles(articles.move(app, arguments.article_names(app, slugs), normalise_id(topic)))
        return told.answer_articles(articles.edit(app, arguments.article_names(app, slugs), values, text))


def _values(app: App, options: dict[str, Any]) -> dict[str, Any]:
    values = {n: v for n, v in options.items() if n != "topic" and v not in (None, ())}
    if values.get("problem"):
        values["problem"] = arguments.require_one(app, values["problem"])
    if "review" in values:
        day = dates.future_day(app, values["review"], _("the review is due at once"))
        values["review"] = day.isoformat() if day else None
    return {n: None if v == "" and n != "title" else list(v) if isinstance(v, tuple) else v for n, v in values.items()}


# -- the editor --------------------------------------------------------------------------------------------------------


def _in_editor(app: App, slugs: Iterable[str]) -> Done:
    if not editor.interactive(app):
        raise UsageFault(_("nothing to change"), _("give an option such as --title, or the text with --body or --file"))
    names = arguments.article_names(app, slugs)
    if len(names) > 1:
        raise UsageFault(_("one article at a time, please"), _("give options to change several alike"))
    articles.require_articles(app)
    known = app.store.ask(lambda index: knowledge.article_ids(index, names[0]))
    path, start = publishing.file_of(app.store, names[0] if names[0] in known or not known else known[0])
    before = publishing.read_committed_or_new(app.store, path)

    def apply(text: str) -> Done:
        after = form.read_article(text, before)
        return told.answer_articles(articles.save(app, path, start, after), several=False)

    # A draft from before the article changed must not be taken up again: it would undo that change.
    return editor.edit(app, f"kb-{before.id}-{crc32(start.encode()):08x}", start, apply)
