"""Reports about what the desk knows: articles, and problems."""

from __future__ import annotations

from desk.domain.figures.report import Chart, Label, Section
from desk.domain.figures.statistics import COUNT, SECONDS
from desk.reports import sections
from desk.reports.reader import Reader
from desk.text import _, pgettext

_ARTICLE = (
    Label("id", pgettext("column", "Article")),
    Label("title", pgettext("column", "Title"), "title"),
    Label("topic", pgettext("column", "Topic")),
    Label("state", pgettext("column", "State")),
)
_REPLIES = Label("used", pgettext("column", "Replies"), COUNT)
_STATES = (Label("id", pgettext("column", "State")), Label("articles", pgettext("column", "Articles"), COUNT))
_MISSES = (Label("words", pgettext("column", "Words")), Label("times", pgettext("column", "Times"), COUNT))


def knowledge(reader: Reader) -> tuple[Section, ...]:
    """Articles that helped, that should be looked at, and what nobody has written yet."""
    rows = reader.articles()
    suggested = reader.suggested()
    helped = [{**row, "suggested": suggested.get(row["id"], 0)} for row in rows]
    used = sorted((row for row in helped if row["used"]), key=lambda row: (-row["used"], row["id"]))
    offered = sorted((row for row in helped if row["suggested"]), key=lambda row: (-row["suggested"], row["id"]))
    by_state: dict[str, int] = {}
    for row in rows:
        by_state[row["state"]] = by_state.get(row["state"], 0) + 1
    states = [{"id": state, "articles": number} for state, number in sorted(by_state.items())]
    chart = Chart(
        _("Articles used in replies"), [row["id"] for row in used[:10]], {"replies": [row["used"] for row in used[:10]]}
    )
    return (
        Section(
            "states",
            _("Articles"),
            _STATES,
            states,
            _("no articles"),
        ),
        Section(
            "used",
            _("Used in replies"),
            (*_ARTICLE, _REPLIES),
            used,
            _("no reply named an article"),
            charts=(chart,) if used else (),
        ),
        Section(
            "suggested",
            _("Tickets that an article answers"),
            (*_ARTICLE, Label("suggested", pgettext("column", "Tickets"), COUNT), _REPLIES),
            offered,
            _("no ticket of the period has an article that fits"),
        ),
        Section(
            "stale",
            _("To be looked at again"),
            (*_ARTICLE, Label("review", pgettext("column", "Due"))),
            [r for r in rows if r["stale"]],
            _("no article is stale"),
        ),
        Section(
            "unused",
            _("Published, but not used"),
            _ARTICLE,
            [r for r in rows if r["state"] == "published" and not r["used"]],
            _("every published article was used"),
        ),
        Section(
            "misses",
            _("Searched for without a hit"),
            _MISSES,
            reader.misses(),
            _("every search found something"),
            _("remembered on this machine alone"),
        ),
    )


def problems(reader: Reader) -> tuple[Section, ...]:
    """Problem management: what is open, what is known, what comes again and again."""
    rows = reader.problems()
    heads = (
        Label("id", pgettext("column", "Id"), "id"),
        Label("title", pgettext("column", "Title"), "title"),
        Label("owner", pgettext("column", "Owner")),
        Label("incidents", pgettext("column", "Tickets linked"), COUNT),
        Label("cause_known", pgettext("column", "Cause known")),
        Label("workaround_known", pgettext("column", "Workaround")),
        Label("age", pgettext("column", "Age"), SECONDS),
    )
    live = [row for row in rows if row["state"] != "closed"]
    recurring = reader.recurring()
    tags = (
        Label("id", pgettext("column", "Tag")),
        Label("incidents", pgettext("column", "Incidents"), COUNT),
        Label("before", pgettext("column", "Before"), COUNT),
    )
    drawn = recurring[:10]
    chart = Chart(
        _("Incidents by tag"),
        [row["id"] for row in drawn],
        {n: [row[n] for row in drawn] for n in ("incidents", "before")},
    )
    known = [row for row in reader.articles() if row["type"] == "known-error" and row["state"] != "retired"]
    return (
        Section("live", _("Problems"), heads, live, _("no problem is open")),
        Section(
            "closed",
            _("Closed in the period"),
            heads,
            [r for r in rows if r["state"] == "closed"],
            _("no problem was closed"),
        ),
        Section("known-errors", _("Known errors"), _ARTICLE, known, _("no known errors")),
        Section(
            "recurring",
            _("What recurs"),
            tags,
            recurring,
            _("no incidents with tags"),
            charts=(chart,) if drawn else (),
        ),
        sections.tickets(reader, "incidents", _("Incidents not closed"), _("no incident is open"), 20),
    )
