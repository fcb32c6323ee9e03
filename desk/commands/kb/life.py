"""desk kb publish, retire, delete: before the readers and away from them."""

from __future__ import annotations

import click

from desk.actions import articles
from desk.cli import arguments, dates, leaf, told
from desk.cli.app import App
from desk.text import _
from desk.view.model import Done


@leaf.leaf(
    "publish",
    example="desk kb publish how-do-i-get-my-summary\ndesk kb publish which-countries.el --review 6m",
    careful=True,
)
@arguments.slugs
@click.option(
    "--review",
    metavar="DATE",
    help="To be looked at again by this day: 2027-01-31, 90d, 6m; by default kb.review_days.",
)
@arguments.reason_option
def publish(app: App, slugs: tuple[str, ...], review: str | None, reason: str | None) -> Done:
    """Check articles, stamp them and put them before their readers, hand edits included, as one commit. Level 2.

    SLUG means all languages of the article that changed since they were published; if none has, all are confirmed for
    another period. Front matter, links, pictures and languages are checked; nothing is committed if anything is wrong.
    """
    day = dates.future_day(app, review, _("the review is due at once"))
    names = arguments.article_names(app, slugs)
    return told.answer_articles(articles.publish(app, names, review=day, reason=reason))


@leaf.leaf("retire", example='desk kb retire partner-not-reachable --reason "replaced by partner-outage"', careful=True)
@arguments.slugs
@arguments.reason_option
def retire(app: App, slugs: tuple[str, ...], reason: str | None) -> Done:
    """Take articles from their readers; they stay in the desk, and desk kb publish brings them back. Level 2."""
    return told.answer_articles(articles.retire(app, arguments.article_names(app, slugs), reason))


@leaf.leaf("delete", example='desk kb delete partner-outage --reason "written twice"', careful=True)
@arguments.slugs
@arguments.reason_option
def delete(app: App, slugs: tuple[str, ...], reason: str | None) -> Done:
    """Delete articles to which no other leads; git keeps what they said. To keep them at hand, retire them. Level 2."""
    return told.answer_articles(articles.delete(app, arguments.article_names(app, slugs), reason))
