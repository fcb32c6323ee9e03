"""desk problem known-error: draft an article from a problem."""

from __future__ import annotations

from typing import cast

import click

from desk.actions import problems
from desk.actions.problems import KnownError
from desk.cli import arguments, leaf, told
from desk.cli.app import App
from desk.domain.model.article import Article
from desk.text import _
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
@click.option("--slug", metavar="S", help="Its name; by default made from --title, or from the id.")
def known_error_(app: App, ids: tuple[str, ...], topic: str, title: str | None, slug: str | None) -> Done:
    """Draft a known error from a problem: symptom, cause, workaround and fix as far as they are known. Level 2.

    The article stays linked to the problem: closing the problem fills in its fix, and desk kb show lists the incidents.
    """
    found = arguments.resolve(app, ids)
    done = problems.draft_known_errors(app, found, KnownError(topic, title, slug))
    lines = []
    for edit in done.change.edits:
        article = cast("Article", edit.record)
        lines += [
            _(
                "{article}  drafted from {problem} in {path}",
                article=article.id,
                problem=article.problem,
                path=article.path,
            ),
            _("Go on with it: desk kb edit {article}; then: desk kb publish {article}", article=article.id),
        ]
    return told.answer_articles(done, several=len(found) > 1)._replace(lines=tuple(lines))
