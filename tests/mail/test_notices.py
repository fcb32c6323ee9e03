"""Who hears of what: the table, and what stands above it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desk.domain.changes import notices
from desk.domain.changes.notices import Audience, Person
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.fields import parse_time
from desk.domain.model.person import User, requester
from desk.domain.model.record import Entry
from desk.domain.model.ticket import Ticket
from desk.domain.rights.moves import MOVES
from desk.domain.rights.verbs import DESKS
from tests.conftest import NOW, Runner
from tests.mail.conftest import Drafts, Told

Make = Callable[..., str]


def test_requester_and_department_hear_of_a_new_ticket(make: Make, told: Told, anna: str) -> None:
    make("T", "--requester", anna)
    assert told() == {
        (anna, "ticket-created"),
        ("petros", "ticket-new"),
    }  # maria acted; eleni and nikos serve elsewhere


def test_somebody_known_by_address_alone_hears_too(make: Make, drafts: Drafts) -> None:
    make("T", "--requester", "new@clinic.example", "--department", "legal", "--language", "el")
    told = {d["to"]["email"]: d["language"] for d in drafts()}
    assert told == {"new@clinic.example": "el", "eleni@ncpeh.example": "el"}


def test_a_problem_is_internal_and_a_split_is_not(desk: Runner, make: Make, told: Told, anna: str) -> None:
    ticket = make("T", "--requester", anna)
    desk("ticket", "reply", ticket, "--body", "x")
    told()
    desk("ticket", "split", ticket, "--at", "1")
    assert told() == {(anna, "ticket-created"), ("petros", "ticket-new")}
    desk("ticket", "transfer", ticket)
    assert told() == {("petros", "ticket-new")}


def test_whoever_acts_hears_nothing(desk: Runner, make: Make, told: Told) -> None:
    ticket = make("T", "--department", "legal")
    told()
    desk("--as", "eleni", "ticket", "assign", ticket, "--to", "me")
    desk("--as", "eleni", "ticket", "note", ticket, "--body", "x")
    assert told() == set()


def test_away_staff_hear_and_barred_requesters_do_not(desk: Runner, make: Make, told: Told, anna: str) -> None:
    desk("staff", "edit", "petros", "--away")
    ticket = make("T", "--requester", anna)
    other = make("T", "--requester", "spam@clinic.example")
    assert ("petros", "ticket-new") in told()
    desk("user", "ban", "SPAM@clinic.example")
    desk("user", "edit", anna, "--disabled")
    desk("ticket", "close", ticket, other)
    assert told() == set()


def test_nothing_of_a_private_department_goes_out(desk: Runner, make: Make, told: Told, anna: str) -> None:
    desk("department", "create", "board", "--name", "Board", "--private")
    desk("staff", "edit", "eleni", "--department", "board")
    desk("staff", "edit", "petros", "--department", "board", "--department", "technical")
    ticket = make("T")
    desk("ticket", "watch", ticket, "--who", anna)
    desk("staff", "edit", "maria", "--department", "board", "--department", "technical")
    told()
    desk("ticket", "move", ticket, "--to", "board")
    assert told() == {("eleni", "ticket-moved"), ("petros", "ticket-moved")}
    desk("ticket", "reply", ticket, "--body", "x")
    assert told() == set()
    desk("ticket", "unwatch", ticket, "--who", anna)
    assert "private" in desk("ticket", "watch", ticket, "--who", anna, code=5).err


def test_watchers_must_serve(desk: Runner, make: Make, told: Told, git: Callable[..., str]) -> None:
    ticket = make("T")
    assert "serves legal" in desk("ticket", "watch", ticket, "--who", "eleni", code=5).err
    desk("ticket", "watch", ticket, "--who", "petros")
    assert git("log", "-1", "--format=%s").strip() == f"{ticket} watch: petros"
    assert "already" in desk("ticket", "watch", ticket, "--who", "petros", code=5).err
    desk("staff", "edit", "petros", "--department", "legal")
    told()
    desk("ticket", "close", ticket)
    assert told() == set()  # no longer of the department: a watcher who hears nothing
    assert desk("ticket", "history", ticket, "-f", "json").data[1]["to"] == "petros"
    assert "nobody" in desk("ticket", "unwatch", make("U"), code=5).err
    assert "petros" in desk("ticket", "unwatch", ticket, "--who", "petros").out
    assert desk("ticket", "show", ticket, "-f", "json").data["watchers"] == []


def test_consequences_of_the_organisation_are_silent(desk: Runner, make: Make, told: Told, anna: str) -> None:
    make("T", "--department", "legal", "--requester", anna)
    told()
    desk("department", "delete", "legal", "--transfer-to", "technical")
    assert told() == set()


def test_hand_edits_and_imports_are_silent(desk: Runner, make: Make, told: Told, home: Path, anna: str) -> None:
    ticket = make("T", "--requester", anna)
    told()
    path = home / f"records/tickets/2026/07/23/{ticket}.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("state: open", f"state: closed\nclosed: {NOW}"), encoding="utf-8"
    )
    desk("commit")
    line = '{"record":"ticket","id":"260101-AAAA","title":"Old","state":"open","priority":"low","department":"technical","created":"2026-01-01T00:00:00Z"}'
    desk("import", "-", stdin=line)
    assert told() == set()


def test_every_event_of_the_table_can_happen_and_has_its_texts(home: Path) -> None:
    assert {row.event for row in notices.TABLE} == set(notices.MEANING)
    assert set(notices.MEANING) - {"create", "open", "answer", "decide", *DESKS} <= set(MOVES)
    for row in notices.TABLE:
        for language in ("en", "el"):
            assert (home / f"templates/mail/{row.template}.{language}.txt").is_file(), row.template


def test_the_requester_writes() -> None:
    """Mail in comes later; its table is there."""
    at = parse_time(NOW)
    user = User.new(id="u-4f9x2", name="Anna", email="anna@clinic.example")
    before = Ticket.new(
        id="260723-7K3Q",
        title="T",
        state="open",
        priority="low",
        department="legal",
        created=NOW,
        requester=user.id,
        watchers=["u-22222"],
    )
    people = [
        Person("user", user.id, "Anna", "anna@clinic.example", None),
        Person("user", "u-22222", "Bob", "bob@clinic.example", None),
        Person("staff", "eleni", "Eleni", "e@x.example", None, ("legal",)),
        Person("staff", "petros", "Petros", "p@x.example", None, ("legal",)),
    ]
    audience = Audience({p.id: p for p in people}, {}, frozenset())
    for owner, expected in ((None, {"eleni", "petros"}), ("eleni", {"eleni"})):
        ticket = before.evolve(owner=owner)
        after = ticket.evolve(thread=(Entry("reply", user.id, at, "x"),))
        change = Change("reply", requester(user), at, (Edit(ticket, after, (Event("reply"),)),))
        found = notices.notices(change, audience)
        assert {n.to.id for n in found} == expected
        assert {n.template for n in found} == {"ticket-answered"}
