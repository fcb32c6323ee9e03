"""Topics of the knowledge base: list, show, create, edit, delete."""

from __future__ import annotations

from collections.abc import Callable

import click

from desk.cli import records
from desk.cli.app import App
from desk.domain.model.article import Topic
from desk.errors import UsageFault
from desk.index.index import Index
from desk.queries import knowledge
from desk.text import _, pgettext
from desk.view.model import Column


def _counted(index: Index) -> Callable[[str], records.Data]:
    counts = knowledge.topic_counts(index)
    return lambda topic: dict(zip(("articles", "published"), counts.get(topic, (0, 0)), strict=True))


def _read(_given: App, given: records.Data) -> records.Data:
    """Titles by language, as `--title-in L=T` gives them."""
    found: dict[str, str] = {}
    for pair in given["titles"]:
        language, equals, title = pair.partition("=")
        if not equals:
            raise UsageFault(
                _("--title-in {pair!r} is not LANGUAGE=TITLE", pair=pair), _('such as --title-in el="Για φαρμακεία"')
            )
        found[language.strip()] = title.strip()
    return {**given, "titles": found or None}


TOPIC = records.Kind(
    Topic,
    columns=(
        Column("icon", "", "tags"),
        Column("id", pgettext("column", "TOPIC"), "id"),
        Column("title", pgettext("column", "TITLE"), "title"),
        Column("titles", pgettext("column", "ALSO"), "title", 1),
        Column("articles", pgettext("column", "ARTICLES"), "number"),
        Column("published", pgettext("column", "PUBLISHED"), "number"),
        Column("private", pgettext("column", "PRIVATE")),
    ),
    empty=_("there are no topics: desk kb topic create ID --title T"),
    options=(
        records.option("--title", metavar="T", required=True, help="The title in the desk's first language."),
        records.option("--title-in", "titles", metavar="L=T", multiple=True,
                       help="The title in another language; repeat for more."),
        records.option("--icon", metavar="C", help="A character shown before the title, such as an emoji."),
        records.option("--color", metavar="'#RRGGBB'", help="Its icon is shown in this colour."),
        records.option("--order", metavar="N", type=int, help="Place in lists, the lowest first."),
        records.Option(
            click.option("--private", is_flag=True, help="For staff only: nothing of it reaches requesters."),
            click.option("--private/--public", default=None, help="For staff only, or for requesters too."),
        ),
    ),
    read=_read,
    beside=_counted,
    order='"order", id',
)  # fmt: skip

list_ = records.build_list(
    TOPIC,
    "List topics in their order, with the number of their articles. Languages of one article count once.",
    example="desk kb topic list",
)
show = records.build_show(TOPIC, "Show topics.", example="desk kb topic show faq")
create = records.build_create(
    TOPIC,
    "Add a topic: a folder of articles. Level 2.",
    example='desk kb topic create pharmacies --title "For pharmacies" --icon ⚕ --color "#2ca02c"',
)
edit = records.build_edit(
    TOPIC,
    "Change a topic: titles, icon, colour, order; make it private or public. An empty title is taken away. Level 2.",
    example='desk kb topic edit pharmacies --title-in el="Για φαρμακεία" --order 7',
)
delete = records.build_delete(
    TOPIC,
    "Delete topics that hold no articles: move or delete those first. Level 2.",
    example="desk kb topic delete pharmacies",
)
