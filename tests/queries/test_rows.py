"""Rows have exactly the keys that their types say, whatever the desk holds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from desk.domain.model import rows
from desk.domain.model.kinds import KINDS
from desk.domain.model.query import Query
from desk.domain.model.ticket import Ticket
from desk.git import place as git_place
from desk.index.index import Index
from desk.local import misses
from desk.queries import events, handover, knowledge, problems, tickets, usage
from desk.store.store import Store
from tests.conftest import Runner


@pytest.fixture
def store(desk: Runner, home: Path) -> Store:
    """A desk with a problem, its incident and its known error, a checklist half done, and a commit made by hand."""
    created = desk(
        "ticket", "create", "--title", "No printing", "--tag", "incident", "--department", "technical", "-f", "ids"
    )
    incident = created.out.split()[0]
    problem = desk("ticket", "transfer", incident, "--title", "Printers fail", "-f", "json").json["data"]
    ids = [row["id"] for row in (problem if isinstance(problem, list) else [problem])]
    made = next(i for i in (*ids, *desk("problem", "list", "-f", "ids").out.split()) if i != incident)
    desk("problem", "cause", made, "--body", "The driver.")
    desk("problem", "known-error", made)
    desk("ticket", "checklist", incident, "--from", "incident")
    desk("ticket", "check", incident, "1")
    return Store(git_place.find(str(home), os.environ))


def fits(found: Iterable[Mapping[str, Any]], of: type) -> None:
    """Each row has the keys of the type, in whatever order, and values of its types."""
    listed = list(found)
    assert listed
    hints = get_type_hints(of)
    for row in listed:
        assert row.keys() == hints.keys()
        for name, hint in hints.items():
            allowed = tuple(getattr(one, "__origin__", one) for one in (get_args(hint) if _is_union(hint) else (hint,)))
            assert isinstance(row[name], allowed), f"{of.__name__}.{name}: {row[name]!r}"


def _is_union(hint: Any) -> bool:
    return type(hint).__name__ in ("UnionType", "Union", "_UnionGenericAlias")


def test_rows_are_what_they_say(store: Store) -> None:
    index: Index = store.index
    page = tickets.tickets(index, Query())
    fits(page.rows, rows.TicketRow)
    assert page.rows[0].keys() == Ticket.FIELDS.keys() | {"kind", "responded", "replies", "notes"}
    fits(index.articles(), rows.ArticleRow)
    assert index.articles()[0].keys() == KINDS["article"].FIELDS.keys()
    incident = next(row["id"] for row in page.rows if row["kind"] == "incident")
    fits(tickets.history(index, "ticket", incident), rows.HistoryRow)
    fits(events.log(index, events.Wanted()), rows.LogRow)
    fits(events.events(index, events.Sought()), rows.ActivityRow)
    fits(events.commits(index, [str(index.commit)]).values(), rows.CommitFacts)
    fits(handover.events(index, "2000-01-01T00:00:00Z", None, ()), rows.HandoverRow)
    record = store.read("ticket", incident)
    assert isinstance(record, Ticket)
    fits(tickets.steps(index, record), rows.StepRow)
    causes = problems.causes(index, record.links)
    fits(causes, rows.CauseRow)
    fits(causes[0]["known_errors"], rows.KnownErrorRow)
    fits(problems.incidents(index, causes[0]["id"]), rows.TicketRow)
    fits((row for found in knowledge.group_articles(index).values() for row in found), rows.ArticleRow)


def test_what_was_searched_in_vain(desk: Runner, store: Store) -> None:
    desk("kb", "search", "xyzzy")
    found = usage.misses(store.place, (0, 2**40))
    fits(found, rows.MissRow)
    assert [row["times"] for row in found] == [1]
    assert misses.load(store.place)
