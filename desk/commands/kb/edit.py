"""desk kb edit: an article in the editor, its fields by options, or into another topic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zlib import crc32

import click

from desk.actions import acting, publishing
from desk.actions.draft import Draft, require_level
from desk.actions.identifiers import normal
from desk.cli import arguments, complete, dates, editor, form, leaf, told
from desk.cli.app import App
from desk.commands.kb.create import TYPES
from desk.domain.knowledge import articles as knowledge_articles
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article, Topic, base_of
from desk.domain.model.change import Change, join
from desk.errors import UsageFault
from desk.store.snapshot import Snapshot
from desk.view.model import Done

_TEXTS = ("title", "symptom", "cause", "workaround", "fix")


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
@click.option("--type", "type", type=TYPES, metavar="TYPE", help=f"{', '.join(knowledge_articles.TYPES)}.")
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
    with editor.kept(app, "kb-edit"):
        text = editor.given_text(app, body, file)
        if text is None and not any(v not in (None, ()) for v in options.values()):
            return _in_editor(app, slugs)
        values = _values(app, options)
        topic = options["topic"]
        if topic and (values or text is not None):
            raise UsageFault(
                "--topic moves an article and nothing else", "give the other options in a command of their own"
            )
        if topic:
            return _move(app, slugs, normal(topic))
        return _by_options(app, slugs, values, text)


def _values(app: App, options: dict[str, Any]) -> dict[str, Any]:
    values = {n: v for n, v in options.items() if n != "topic" and v not in (None, ())}
    if values.get("problem"):
        values["problem"] = app.store.resolve(values["problem"])
    if "review" in values:
        day = dates.future_day(app, values["review"])
        values["review"] = day.isoformat() if day else None
    return {n: None if v == "" and n != "title" else list(v) if isinstance(v, tuple) else v for n, v in values.items()}


def _by_options(app: App, slugs: Iterable[str], values: dict[str, Any], text: str | None) -> Done:
    approval = app.config["kb.approval"]
    own = [n for n in _TEXTS if n in values] + (["the text"] if text is not None else [])

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        draft = Draft(snapshot)
        for tag in values.get("tags") or ():
            snapshot.get("tag", tag)
        ids = [i for name in names for i in _one_or_all(snapshot, name, own)]
        for article_id in dict.fromkeys(ids):
            before = draft.get(Article, article_id)
            try:
                after = before.evolve(body=None if text is None else text.strip("\n"), **values)
            except ValueError as error:
                raise UsageFault(str(error)) from None
            publishing.require_sound(snapshot, after, app.config)
            draft.take(knowledge_articles.edit(before, after, by=by, at=at, approval=approval))
        return join(draft.changes)

    names = arguments.article_names(app, slugs)
    return told.told_articles(app.apply(plan))


def _one_or_all(snapshot: Snapshot, name: str, own: list[str]) -> list[str]:
    """The languages that are changed: a text belongs to the one that has the very name."""
    ids = acting.every_article_id(snapshot, [name])
    if not own or len(ids) == 1:
        return ids
    if name in ids:
        return [name]
    raise UsageFault(f"{name} has several languages: {', '.join(ids)}", f"{own[0]} belongs to one of them: name it")


def _move(app: App, slugs: Iterable[str], topic: str) -> Done:
    names = arguments.article_names(app, slugs)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        draft = Draft(snapshot)
        draft.get(Topic, topic)
        every = acting.every_article_id(snapshot, [base_of(name) for name in names])
        moving = [a for a in draft.several(Article, every) if a.topic != topic]
        if not moving:
            raise UsageFault(f"{', '.join(every)} lies in {topic} already", "desk kb topic list")
        following = publishing.relinked(snapshot, moving, topic)
        return knowledge_articles.move(moving, topic, following, by=by, at=at, approval=app.config["kb.approval"])

    return told.told_articles(app.apply(plan))


# -- the editor --------------------------------------------------------------------------------------------------------


def _in_editor(app: App, slugs: Iterable[str]) -> Done:
    if not editor.interactive(app):
        raise UsageFault("nothing to change", "give an option such as --title, or the text with --body or --file")
    names = arguments.article_names(app, slugs)
    if len(names) > 1:
        raise UsageFault("one article at a time, please", "give options to change several alike")
    acting.require_articles(app)
    known = app.store.ask(lambda index: acting.article_ids(index, names[0]))
    path, start = publishing.file_of(app.store, names[0] if names[0] in known or not known else known[0])
    before = publishing.committed_or_new(app.store, path)

    def apply(text: str) -> Done:
        after = form.read_article(text, before)
        return told.told_articles(
            app.apply(lambda snapshot, by, at: _saved(app, snapshot, path, start, after, by, at)), several=False
        )

    # A draft from before the article changed must not be taken up again: it would undo that change.
    return editor.edit(app, f"kb-{before.id}-{crc32(start.encode()):08x}", start, apply)


def _saved(app: App, snapshot: Snapshot, path: str, start: str, after: Article, by: Actor, at: datetime) -> Change:
    """What the editor gave back. It began with the file, so hand edits that were in it are in this, too."""
    require_level(snapshot, by, Article.kind)
    snapshot.taken[path] = start.encode()
    publishing.require_sound(snapshot, after, app.config)
    before = snapshot.find(Article.kind, after.id)
    if not isinstance(before, Article):
        return knowledge_articles.create(after, by=by, at=at)
    return knowledge_articles.edit(before, after, by=by, at=at, approval=app.config["kb.approval"])
