"""`--as-of`: the desk as it stood on a day, or at a commit."""

from __future__ import annotations

import click

from desk.app import App
from desk.commands import common
from desk.errors import UsageFault
from desk.store import past

option = click.option(
    "--as-of",
    metavar="DATE|COMMIT",
    help="As it was then: the end of a day (2026-07-23, yesterday), a time, 7d, or a commit, tag or HEAD~3.",
)


def commit(app: App, text: str) -> str:
    """The commit that stood then; NotFound before the desk began, and for a name that means nothing."""
    try:
        moment = common.moment(app, text, end=True)
    except UsageFault:
        return past.commit_named(app.store, text)
    return past.commit_at(app.store, str(moment))
