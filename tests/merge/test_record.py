"""One record that both sides changed: each field by its rule, whichever side asks."""

from __future__ import annotations

from typing import Any

import pytest

from desk.domain.merge.merging import weave_lines
from desk.domain.model.fields import utc_text
from desk.domain.model.kinds import KINDS
from tests.merge.sides import at, common, meet, met, note, side, ticket

T = ticket()


@pytest.mark.parametrize(
    ("base", "earlier", "later", "met", "told"),
    [
        ({"tags": ["a", "b"]}, {"tags": ["a", "c"]}, {"tags": ["a", "b", "d"]}, {"tags": ("a", "c", "d")}, []),
        ({}, {"watchers": ["maria"]}, {"watchers": ["petros"]}, {"watchers": ("maria", "petros")}, []),
        ({"attachments": ["x"]}, {"attachments": None}, {"attachments": ["x", "y"]}, {"attachments": ("y",)}, []),
        (
            {},
            {"state": "closed", "closed": "2026-07-23T07:00:00Z", "resolution": "solved"},
            {"state": "pending", "pending_for": "requester"},
            {"state": "pending", "pending_for": "requester", "closed": None, "resolution": None},
            ["state: pending (petros), not closed (maria)"],
        ),
        (
            {"state": "pending", "pending_for": "requester"},
            {"state": "open", "pending_for": None},
            {"state": "closed", "pending_for": None, "closed": "2026-07-23T07:00:00Z", "resolution": "solved"},
            {"state": "open", "closed": None, "resolution": None},
            ["state: open (maria), not closed (petros)"],
        ),
        (
            {},
            {"owner": "maria"},
            {"owner": "petros"},
            {"owner": "maria"},
            ["owner: maria (maria), not petros (petros)"],
        ),
        (
            {"owner": "maria"},
            {"owner": None},
            {"owner": "petros"},
            {"owner": "petros"},
            ["owner: petros (petros), not nothing (maria)"],
        ),
        (
            {},
            {"priority": "high", "impact": "high"},
            {"priority": "medium", "urgency": "high"},
            {"priority": "medium", "impact": None, "urgency": "high"},
            [
                "priority: priority=medium impact=nothing urgency=high (petros), not priority=high impact=high urgency=nothing (maria)"
            ],
        ),
        (
            {"tags": ["incident"]},
            {"tags": ["incident"], "major": True, "coordinator": "maria"},
            {"tags": ["incident", "malta"]},
            {"major": True, "coordinator": "maria", "tags": ("incident", "malta")},
            [],
        ),
        (
            {"checklist": ["[ ] one", "[x] two", "[ ] three"]},
            {"checklist": ["[x] one", "[x] two", "[ ] three", "[ ] four"]},
            {"checklist": ["[ ] one", "[ ] two", "[x] five"]},
            {"checklist": ("[x] one", "[ ] two", "[x] five", "[ ] four")},
            [],
        ),
        ({}, {"title": "A"}, {"title": "B"}, {"title": "B"}, ["title: B (petros), not A (maria)"]),
        ({}, {"language": "el"}, {"title": "B"}, {"language": "el", "title": "B"}, []),
        (
            {"fields": {"room": 1}},
            {"fields": {"room": 2, "car": "no"}},
            {"fields": {"room": 3}},
            {"fields": {"car": "no", "room": 3}},
            ["fields.room: 3 (petros), not 2 (maria)"],
        ),
        (
            {},
            {"sla": ["breach respond 2026-07-23T08:00:00Z"]},
            {"sla": ["warning respond 2026-07-23T08:00:00Z"]},
            {"sla": ("warning respond 2026-07-23T08:00:00Z", "breach respond 2026-07-23T08:00:00Z")},
            [],
        ),
        (
            {},
            {"pauses": ["2026-07-23T08:00:00Z 2026-07-23T09:00:00Z"]},
            {"pauses": ["2026-07-23T08:30:00Z 2026-07-23T10:00:00Z"]},
            {"pauses": ("2026-07-23T08:00:00Z 2026-07-23T10:00:00Z",)},
            [],
        ),
    ],
)
def test_fields_of_tickets(
    base: dict[str, Any], earlier: dict[str, Any], later: dict[str, Any], met: dict[str, Any], told: list[str]
) -> None:
    start = T.evolve(**base)
    found, decisions = meet(start, start.evolve(**earlier), start.evolve(**later))
    assert {name: getattr(found, name) for name in met} == met
    assert decisions == told


def test_a_first_reply_that_was_in_time_was_not_missed() -> None:
    """One side noted it as missed, and the other had sent it; of a reply that came too late it stays."""
    missed = f"breach respond {utc_text(at(10))}"
    late = T.evolve(sla=[missed], thread=(note("Late.", 20, "petros", "reply"),))
    for when, told in ((5, ()), (10, ()), (15, (missed,))):
        early = T.evolve(thread=(note("Early.", when, "maria", "reply"),))
        for pair in ((early, late), (late, early)):
            found, decisions = meet(T, *pair)
            assert (found.sla, decisions, len(found.thread)) == (told, [], 2)
    assert meet(T, late, late)[0].sla == (missed,)
    assert meet(late, late, late.evolve(title="B"))[0].sla == (missed,)


def test_of_one_second_the_higher_priority_stays() -> None:
    found, told = meet(T, T.evolve(priority="high"), T.evolve(priority="medium"), minutes=(1, 1))
    assert found.priority == "high"
    assert told == ["priority: high (maria), not medium (petros)"]


def test_a_major_incident_stays_one() -> None:
    base = T.evolve(tags=["incident"], major=True, coordinator="maria")
    found, told = meet(base, base.evolve(coordinator="petros"), base.evolve(major=None, coordinator=None))
    assert (found.major, found.coordinator) == (True, "petros")
    assert len(told) == 1
    found, told = meet(base, base, base.evolve(tags=None, major=None, coordinator=None))
    assert (found.major, told) == (False, [])


def test_a_text_is_woven_by_line_and_a_beaten_one_kept_as_a_note() -> None:
    base = ticket(body="one\ntwo\nthree\n", cause="It broke.")
    found, told = meet(base, base.evolve(body="ONE\ntwo\nthree\n"), base.evolve(body="one\ntwo\nTHREE\n"))
    assert (found.body, told) == ("ONE\ntwo\nTHREE\n", [])
    found, told = meet(base, base.evolve(cause="Rust."), base.evolve(cause="Sun."))
    assert found.cause == "Sun."
    assert told == ["cause: Sun. (petros), not Rust. (maria)"]
    [kept] = found.thread
    assert (kept.kind, kept.by, kept.text) == ("note", "maria", "Rust.")
    assert dict(kept.meta) == {"from": "sync", "field": "cause"}


def test_unknown_keys_meet_by_key() -> None:
    def with_extra(**extra: Any) -> Any:
        return type(T)(T.values, extra=extra)

    found, told = meet(with_extra(a=1), with_extra(a=2, b=1), with_extra(a=3, c=1))
    assert found.extra == {"a": 3, "b": 1, "c": 1}
    assert told == ["extra.a: 3 (petros), not 2 (maria)"]


def test_due_times_are_those_of_the_side_that_counts_as_both_do() -> None:
    base = T.evolve(due="2026-07-24T06:00:00Z")
    found, told = meet(base, base.evolve(priority="high", due="2026-07-23T08:00:00Z"), base.evolve(title="New"))
    assert (found.due.hour, found.title, told) == (8, "New", [])


# -- threads -----------------------------------------------------------------------------------------------------------


def test_replies_of_both_sides_stand_in_the_order_of_their_times() -> None:
    old = note("old", 0)
    base = ticket(thread=(old,))
    ours = base.evolve(thread=(old, note("b", 2), note("d", 4)))
    theirs = base.evolve(thread=(old, note("a", 1, "petros"), note("c", 3, "petros")))
    found, told = meet(base, ours, theirs)
    assert [e.text for e in found.thread] == ["old", "a", "b", "c", "d"]
    assert told == []


def test_a_reply_stays_behind_what_was_there_when_it_was_written() -> None:
    old = note("old", 60)
    base = ticket(thread=(old,))
    slow = base.evolve(thread=(old, note("by a slow clock", 1)))
    found, _ = meet(base, slow, base.evolve(thread=(old, note("new", 61, "petros"))))
    assert [e.text for e in found.thread] == ["old", "by a slow clock", "new"]


def test_an_edited_entry_counts_and_of_two_the_later() -> None:
    old, other = note("old", 0), note("other", 1)
    base = ticket(thread=(old, other))
    one, two = old._replace(text="one"), old._replace(text="two")
    found, told = meet(base, base.evolve(thread=(one, other)), base.evolve(thread=(old, other, note("new", 2))))
    assert [e.text for e in found.thread] == ["one", "other", "new"]
    found, told = meet(base, base.evolve(thread=(one, other)), base.evolve(thread=(two, other)))
    assert [e.text for e in found.thread] == ["two", "other"]
    assert told == ["note 1: two (petros), not one (maria)"]


def test_an_entry_taken_back_here_and_edited_there_stays() -> None:
    old, other = note("old", 0), note("other", 1)
    base = ticket(thread=(old, other))
    edited = base.evolve(thread=(old, other._replace(text="better")))
    assert [e.text for e in meet(base, base.evolve(thread=(old,)), edited)[0].thread] == ["old", "better"]
    more = base.evolve(thread=(old, other, note("more", 2)))
    assert [e.text for e in meet(base, base.evolve(thread=(old,)), more)[0].thread] == ["old", "more"]


def test_one_mail_fetched_twice_is_one_entry() -> None:
    ours = T.evolve(thread=(note("Hello", 1, "u-1", "reply", **{"message-id": "<m@x>"}),))
    theirs = T.evolve(thread=(note("Hello!", 2, "u-1", "reply", **{"message-id": "<m@x>"}), note("else", 3)))
    assert [e.text for e in meet(T, ours, theirs)[0].thread] == ["Hello", "else"]


def test_two_entries_of_one_second_are_two() -> None:
    found, _ = meet(T, T.evolve(thread=(note("a", 1),)), T.evolve(thread=(note("b", 1),)))
    assert [e.text for e in found.thread] == ["a", "b"]


# -- people and texts --------------------------------------------------------------------------------------------------


def test_who_was_erased_stays_erased() -> None:
    user = KINDS["user"].new(id="u-1", name="Anna", email="a@x.example", group="patients")
    left = KINDS["user"].new(id="u-1", disabled=True, registered=False)
    found, told = meet(user, left, user.evolve(phone="99"))
    assert found == left
    assert told == ["deletion: deleted (maria), not changed (petros)"]


def test_of_two_who_were_erased_both_sides_keep_the_same() -> None:
    start = common()
    left, right = (KINDS["user"].new(id="u-1", disabled=True, registered=False, language=lang) for lang in ("el", "en"))
    met(start, side(common(left), 1, "maria", start), side(common(right), 1, "petros", start))


def test_what_both_have_made_is_one_record() -> None:
    cls = KINDS["tag"]
    found, told = meet(None, cls.new(id="malta", color="#111111"), cls.new(id="malta", description="the island"))
    assert (found.color, found.description, told) == ("#111111", "the island", [])


@pytest.mark.parametrize(
    ("base", "one", "two", "woven"),
    [
        ("", "a", "b", None),
        ("a\nb\nc", "a\nb\nc\nd", "x\na\nb\nc", "x\na\nb\nc\nd"),
        ("a\nb\nc", "a\nc", "a\nb\nc\n", "a\nc\n"),
        ("a\nb\nc", "a\nB\nc", "a\nB\nc", "a\nB\nc"),
        ("a\nb\nc", "a\nB\nc", "a\nb\nC", None),
        ("a\na\na", "a\na", "a\na\na\nb", None),
    ],
)
def test_texts_are_woven_alike_from_both_sides(base: str, one: str, two: str, woven: str | None) -> None:
    assert weave_lines(base, one, two) == weave_lines(base, two, one) == woven


def test_a_text_too_long_to_compare_counts_as_changed_whole() -> None:
    old = [f"line {n}" for n in range(3000)]
    one, two = ["first", *(f"{line} a" for line in old)], [*(f"{line} b" for line in old), "last"]
    assert weave_lines("\n".join(old), "\n".join(one), "\n".join(two)) is None
