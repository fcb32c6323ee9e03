"""A verb is declared once: every row says all there is to say, and no other table names verbs."""

from __future__ import annotations

import ast
import importlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import get_args

import pytest

from desk.cli import main
from desk.cli.table import COMMANDS
from desk.domain.changes import notices, sentences, truth
from desk.domain.changes.message import Happened
from desk.domain.model.kinds import KINDS
from desk.domain.model.ticket import Ticket
from desk.domain.rights import moves, rights, ticketverbs, verbs
from desk.domain.rights.verb import ANY, Who
from tests.house.test_rooms import SOURCES
from tests.house.trees import every

TEXTS = {"body", "thread"}
"""What a record has beside its fields."""


def test_a_verb_has_one_row() -> None:
    named = Counter((kind, verb.name) for verb in verbs.VERBS for kind in verb.kinds)
    assert [name for name, count in named.items() if count > 1] == []


def test_its_function_is_there() -> None:
    for verb in verbs.VERBS:
        module, _, name = verb.function.partition(":")
        assert callable(getattr(importlib.import_module(f"desk.{module}"), name)), verb


def test_its_command_is_there() -> None:
    """And the option where it is one."""
    for verb in verbs.VERBS:
        path, _, option = verb.command.partition(" --")
        command = main.load(COMMANDS[path])
        assert not option or f"--{option}" in {o for p in command.params for o in (*p.opts, *p.secondary_opts)}, verb


def test_somebody_may_or_it_says_that_nobody_may() -> None:
    for verb in verbs.VERBS:
        assert verb.right.who in get_args(Who), verb
        assert (verb.right.level in (1, 2, 3)) == (verb.right.who == "staff"), verb
        assert (
            (verb.right.line > 0) == (verb.right.word > 0) == (verb.kinds == (Ticket.kind,) and verb.right.level > 0)
        ), verb


def test_it_has_words() -> None:
    """Its own, or those of the verbs by which history tells it; a seal is a tag, and no commit tells of it."""
    for verb in verbs.VERBS:
        if verb.told_as is None:
            assert verb.words is not None, verb
        assert verb.told_as != () or verb.kinds == ("history",), verb
        for words in (verb.words, *verb.otherwise.values()):
            filled = [text.format(before="b", after="a", rest="r", what="W") for text in words or ()]
            assert all(filled), verb
            assert not filled or "W" in filled[1], verb


def test_it_says_what_it_may_change() -> None:
    for verb in verbs.VERBS:
        told_otherwise = verb.told_as is not None
        assert verb.whole or verb.may or verb.elsewhere or told_otherwise, verb
        for kind in set(verb.kinds) & set(KINDS):
            known = {*KINDS[kind].FIELDS, *TEXTS, ANY}
            assert verb.fields <= known, verb
            assert not any(KINDS[kind].FIELDS[name].fixed for name in verb.fields - {ANY, *TEXTS}), verb
        for name, changed in verb.brings:
            assert set(changed) <= ticketverbs.BY_NAME[name].fields, verb


def test_every_field_of_a_ticket_has_a_verb() -> None:
    """Attachments of a request come and go by hand alone; whatever nobody edits is there from the beginning."""
    always = {"create", "delete", "undo"}
    alone = {name for name in Ticket.FIELDS if set(verbs.changing(Ticket.kind, name)) == always}
    assert alone == {"id", "created", "author", "attachments", "message_id"}


def test_the_verbs_of_a_field() -> None:
    assert verbs.changing("ticket", "owner", "value") == {"assign": "value", "unassign": "value", "escalate": "value"}
    assert set(verbs.changing("ticket", "thread", "named", "entry")) == {"edit", "note", "reply"}
    assert verbs.changing("ticket", "tags", "added", "removed") == {"tag": "added", "untag": "removed"}
    assert verbs.changing("article", "topic", "value") == {"move": "value"}
    assert verbs.changing("staff", "level") == {
        "create": "whole",
        "edit": "named",
        "delete": "whole",
        "undo": "untold",
    }
    assert verbs.changing("staff", "owner", "value") == {}
    assert verbs.may_change("ticket", "reopen") == {
        "state", "closed", "pending_until", "pending_for", "resolution", "owner",
    }  # fmt: skip
    assert verbs.may_change("ticket") == frozenset()
    assert verbs.find("ticket", "ban") is None


def test_what_the_desk_does_alone_nobody_may() -> None:
    assert {"resume", "renew", "warning", "breach", "undelivered"} == verbs.DESKS
    assert verbs.DESKS.isdisjoint(rights.ON_TICKETS)
    assert verbs.DESKS.isdisjoint(moves.MOVES)
    assert set(sentences.TICKET) >= verbs.DESKS


def test_the_places_in_the_documents_are_taken_once() -> None:
    places = [(v.right.line, v.right.word) for v in ticketverbs.ROWS if v.right.line]
    assert len(set(places)) == len(places)
    ranks = sorted(rank for v in ticketverbs.ROWS for heard in v.hears for rank, _, _ in heard.hearers)
    assert all(a < b for a, b in pairwise(ranks))
    assert len(ranks) == len(notices.TABLE)


def test_what_truth_lets_pass_is_in_the_table() -> None:
    whole = {verb.name for verb in verbs.VERBS if verb.whole and verb.told_as is None}
    assert whole == {"create", "delete", "signup", "ban", "unban"}
    events = [Happened(kind, verb.name, "x", None, None) for verb in verbs.VERBS for kind in verb.kinds]
    told = [e._replace(id="x", verb=e.id) for e in events]
    assert {e.verb for e in told if truth.is_whole(e)} == whole
    assert {"problem-closed", "problem-reopened"} == truth.TIDINGS


# -- no other table ----------------------------------------------------------------------------------------------------

ENOUGH = 3
"""So many names of verbs in one literal make a table of verbs."""
TABLES = {"desk.domain.rights.ticketverbs", "desk.domain.rights.recordverbs"}
ELSEWHERE = {
    "desk.cli.table": "the top-level commands, some of them called like verbs",
    "desk.domain.rights.synonyms": "words of other programs, and verbs that a slip of the finger is never answered with",
    "desk.domain.rights.words": "words that records hold, some of them called like verbs",
    "desk.cli.clerk.unfinished": "commands that a text was begun for, by the words that they are typed with",
    "desk.intake.orders": "the commands that a mail may give, by the words that they are typed with",
    "desk.view.look": "colours of words, some of them called like verbs",
    "desk.domain.figures.statistics": "the figure that each event counts for",
    "desk.queries.measuring": "the events at which the backlog changes",
    "desk.queries.reports": "the events that a person's work is counted by",
    "desk.queries.knowledge": "the events after which a text may be another",
}
"""Who may name several verbs all the same, and for what: they count events, and declare nothing."""
NAMES = {verb.name for verb in verbs.VERBS} - set(KINDS) - {name for cls in KINDS.values() for name in cls.FIELDS}
"""Without those that are called like a field or a kind: a table of fields is none of verbs."""


def named(source: str) -> Iterator[list[str]]:
    """The verbs that each literal of several values names: those of a dict by its keys."""
    listed: list[ast.List | ast.Tuple | ast.Set]
    listed = [*every(ast.List, source), *every(ast.Tuple, source), *every(ast.Set, source)]
    literals: list[Sequence[ast.expr | None]] = [node.keys for node in every(ast.Dict, source)]
    for values in (*literals, *(node.elts for node in listed)):
        found = [v.value for v in values if isinstance(v, ast.Constant) and v.value in NAMES]
        if len(found) >= ENOUGH:
            yield found


def test_no_other_table_names_verbs() -> None:
    found = {module: list(named(source)) for module, source in SOURCES.items()}
    assert {m: f for m, f in found.items() if f and m not in {*TABLES, *ELSEWHERE}} == {}
    assert {m for m in ELSEWHERE if not found[m]} == set(), "no longer needed"


@pytest.mark.parametrize(
    "source",
    [
        'X = {"assign": 1, "close": 2, "reply": 3}',
        'X = ("assign", "close", "reply")',
        'f({"assign", "close", "reply"})',
    ],
)
def test_another_table_is_found(source: str) -> None:
    assert list(named(source)) == [["assign", "close", "reply"]]
    assert list(named(source.replace("reply", "open"))) == []
