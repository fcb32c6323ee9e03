"""Reports about what the desk knows: articles, and problems."""

from __future__ import annotations

from desk.domain.figures.report import Chart, Label, Section
from desk.domain.figures.statistics import COUNT, SECONDS
from desk.reports import sections
from desk.reports.reader import Reader

_ARTICLE = (
    Label("id", "Article"),
    Label("title", "Title", "title"),
    Label("topic", "Topic"),
    Label("state", "State"),
)


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
        "Articles used in replies", [row["id"] for row in used[:10]], {"replies": [row["used"] for row in used[:10]]}
    )
    return (
        Section("states", "Articles", (Label("id", "State"), Label("articles", "Articles", COUNT)), states, "no articles"),
        Section("used", "Used in replies", (*_ARTICLE, Label("used", "Replies", COUNT)), used, "no reply named an article",
                charts=(chart,) if used else ()),
        Section("suggested", "Tickets that an article answers",
                (*_ARTICLE, Label("suggested", "Tickets", COUNT), Label("used", "Replies", COUNT)),
                offered, "no ticket of the period has an article that fits"),
        Section("stale", "To be looked at again", (*_ARTICLE, Label("review", "Due")), [r for r in rows if r["stale"]],
                "no article is stale"),
        Section("unused", "Published, but not used", _ARTICLE, [r for r in rows if r["state"] == "published" and not r["used"]],
                "every published article was used"),
        Section("misses", "Searched for without a hit", (Label("words", "Words"), Label("times", "Times", COUNT)), reader.misses(),
                "every search found something", "remembered on this machine alone"),
    )  # fmt: skip


def problems(reader: Reader) -> tuple[Section, ...]:
    """Problem management: what is open, what is known, what comes again and again."""
    rows = reader.problems()
    heads = (
        Label("id", "Id", "id"), Label("title", "Title", "title"), Label("owner", "Owner"),
        Label("incidents", "Tickets linked", COUNT),
        Label("cause_known", "Cause known"), Label("workaround_known", "Workaround"), Label("age", "Age", SECONDS),
    )  # fmt: skip
    live = [row for row in rows if row["state"] != "closed"]
    recurring = reader.recurring()
    tags = (Label("id", "Tag"), Label("incidents", "Incidents", COUNT), Label("before", "Before", COUNT))
    drawn = recurring[:10]
    chart = Chart(
        "Incidents by tag",
        [row["id"] for row in drawn],
        {n: [row[n] for row in drawn] for n in ("incidents", "before")},
    )
    known = [row for row in reader.articles() if row["type"] == "known-error" and row["state"] != "retired"]
    return (
        Section("live", "Problems", heads, live, "no problem is open"),
        Section(
            "closed",
            "Closed in the period",
            heads,
            [r for r in rows if r["state"] == "closed"],
            "no problem was closed",
        ),
        Section("known-errors", "Known errors", _ARTICLE, known, "no known errors"),
        Section(
            "recurring", "What recurs", tags, recurring, "no incidents with tags", charts=(chart,) if drawn else ()
        ),
        sections.tickets(reader, "incidents", "Incidents not closed", "no incident is open", 20),
    )
