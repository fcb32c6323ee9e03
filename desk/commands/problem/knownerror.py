"""desk problem known-error: draft an article from a problem."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import click

from desk.actions.draft import Draft, require_fresh, require_level
from desk.actions.identifiers import normal
from desk.cli import arguments, leaf, told
from desk.cli.app import App
from desk.domain.knowledge import articles, knownerrors, skeleton
from desk.domain.knowledge.slugs import slug_of
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article, Topic
from desk.domain.model.change import Change, join
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.errors import Refused, UsageFault
from desk.queries import problems
from desk.store.snapshot import Snapshot
from desk.view.model import Done

_TOPIC = "known-errors"


@leaf.leaf("known-error", example='desk problem known-error 9XQ2 --title "Nothing can be retrieved from one country"')
@arguments.ticket_ids
@click.option(
    "--topic",
    metavar="T",
    default=_TOPIC,
    show_default=True,
    shell_complete=arguments.complete_topic,
    help="Where it lies.",
)
@click.option("--title", metavar="T", help="The symptom in the reader's words; by default the problem's title.")
@click.option("--slug", metavar="S", help="Its name; by default made from the title.")
def known_error_(app: App, ids: tuple[str, ...], topic: str, title: str | None, slug: str | None) -> Done:
    """Draft a known error from a problem: symptom, cause, workaround and fix as far as they are known. Level 2.

    The article stays linked to the problem: closing the problem fills in its fix, and desk kb show lists the incidents.
    """
    found = arguments.resolve(app, ids)
    if len(found) > 1 and (title or slug):
        raise UsageFault("--title and --slug can't be given for several problems at once", "name one problem")
    folder = normal(topic)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, Article.kind)
        draft = Draft(snapshot)
        draft.get(Topic, folder)
        for ticket_id in found:
            problem = snapshot.ticket(ticket_id)
            rights.require_act(by, problem, "draft a known error from")
            knownerrors.require_problem(problem, problems.of_problems(snapshot.index, (problem.id,)))
            article = _article(app, draft, problem, by, (folder, title, slug))
            draft.take(knownerrors.created(problem, article, by=by, at=at))
        return join(draft.changes)

    done = app.apply(plan)
    lines = []
    for edit in done.change.edits:
        article = cast("Article", edit.record)
        lines += [
            f"{article.id}  drafted from {article.problem} in {article.path}",
            f"Go on with it: desk kb edit {article.id}; then: desk kb publish {article.id}",
        ]
    return told.told_articles(done, several=len(found) > 1)._replace(lines=tuple(lines))


def _article(app: App, draft: Draft, problem: Ticket, by: Actor, given: tuple[str, str | None, str | None]) -> Article:
    folder, title, slug = given
    shown = title or problem.title
    name = normal(slug or slug_of(shown))
    if not name or "." in name:
        raise UsageFault("no name can be made from this title" if not name else "a name has no dot", "--slug some-name")
    if draft.index.path_of(Article.kind, name) or any(e.record.id == name for c in draft.changes for e in c.edits):
        raise Refused(f"there is an article {name} already", "choose another name: --slug NAME")
    require_fresh(draft, Article, name)
    language = problem.language or app.config["desk.languages"][0]
    incidents = [
        snapshot
        for row in problems.incidents_of(draft.index, problem.id)
        for snapshot in draft.several(Ticket, [row["id"]])
    ]
    values = knownerrors.values(problem, incidents, by=by)
    body = skeleton.body(articles.KNOWN_ERROR, language)
    try:
        return Article.new(**values, id=name, title=shown, topic=folder, language=language, body=body)
    except ValueError as error:
        raise UsageFault(str(error)) from None
