"""desk audit verify: each kind of forgery is found, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.domain.model.ticket import Ticket
from tests.audit.conftest import Registered
from tests.audit.forge import MARIA, PETROS, STRANGER, Forger, said
from tests.conftest import Make, Runner

Faults = Callable[..., list[tuple[str, str]]]
LEGAL = ("--department", "legal")


@pytest.fixture(scope="session")
def _template(registered: Registered) -> Path:
    return registered.top


@pytest.fixture
def forger(home: Path) -> Forger:
    return Forger(home)


@pytest.fixture
def faults(desk: Runner) -> Faults:
    """Check and problem of every fault; the exit code agrees."""

    def run(*words: str, level: str = "fault") -> list[tuple[str, str]]:
        result = desk("audit", "verify", *words, "-f", "json", code=None)
        found = result.data["findings"]
        assert result.code == (7 if any(f["level"] == "fault" for f in found) else 0)
        return [(f["check"], f["problem"]) for f in found if f["level"] == level]

    return run


def test_an_honest_desk(desk: Runner, make: Make, faults: Faults) -> None:
    ticket = make("One", "--requester", "a@x.example", "--tag", "incident")
    desk("--as", "petros", "ticket", "reply", ticket, "--body", "x", "--close")
    assert faults() == []
    result = desk("audit", "verify", "-f", "json")
    assert list(result.data) == "id since seal commits changes seals faults remarks findings".split()  # noqa: SIM905
    assert (result.data["commits"], result.data["since"], result.data["faults"]) == (5, None, 0)
    assert [f["check"] for f in result.data["findings"]] == ["by-hand", "dates", "committers"]
    out = desk("audit", "verify").out
    assert out.endswith("checked 5 commits from the beginning: no fault, 3 remarks\n")
    assert "1 commit in the name of petros came from the machine of maria" in out


FORGED: list[tuple[str, tuple[str, ...], tuple[str, str], str]] = [
    # verb, lines of the message, what is changed in the ticket, what is found
    ("assign", ("Desk-To: eleni",), ("department:", "owner: petros\ndepartment:"), "owner: the message says eleni, it is petros"),
    ("classify", ("Desk-From: medium", "Desk-To: high"), ("priority: low", "priority: high"), "priority: the message says it was medium, it was low"),
    ("classify", ("Desk-From: low", "Desk-To: medium"), ("priority: low", "priority: high"), "priority: the message says medium, it is high"),
    ("note", (), ("priority: low", "priority: high"), "thread: the message tells of 1 note, there are no new entries"),
    ("close", ("Desk-From: open", "Desk-To: closed"), ("priority: low", "priority: high"), "state: the message says closed, it is open"),
    ("tag", ("Desk-To: incident",), ("author:", "tags: [problem]\nauthor:"), "tags: by the message they are incident, they are problem"),
    ("edit", ("Desk-To: body",), ("title: One", "title: Two"), "the message says that body was changed, it wasn't"),
    ("edit", ("Desk-From: One", "Desk-To: Three"), ("title: One", "title: Two"), "title: the message says 'Three', it is 'Two'"),
    ("create", ("Desk-To: technical",), ("title: One", "title: Two"), "the message says create, but it was there before"),
    ("delete", ("Desk-From: One",), ("title: One", "title: Two"), "the message says delete, but it is still there"),
    ("merge", ("Desk-To: 260723-AAAA",), ("title: One", "title: Two"), "the message says it was merged into 260723-AAAA, it was not merged"),
    ("pending", ("Desk-From: open", "Desk-To: pending until 2026-08-01"),
     ("state: open", "state: pending\npending_until: 2026-12-24"), "state: the message says 'pending until 2026-08-01', it is 'pending until 2026-12-24'"),
]  # fmt: skip


def test_false_trailers(desk: Runner, ticket: str, forger: Forger) -> None:
    made = set()
    tickets = [f"260723-AAA{letter}" for letter, _ in zip("ABCDEFGHJKMN", FORGED, strict=True)]
    for name in tickets:
        text = (forger.home / Ticket.path_of(ticket)).read_text(encoding="utf-8").replace(ticket, name)
        (forger.home / Ticket.path_of(name)).write_text(text, encoding="utf-8")
    forger.commit("by hand")
    for one, (verb, lines, change, problem) in zip(tickets, FORGED, strict=True):
        forger.ticket(one, *change)
        commit = forger.commit(said(verb, "maria", f"Desk-Ticket: {one}", *lines))
        made.add((commit, "trailers", problem))
    found = desk("audit", "verify", "-f", "json", code=7).data["findings"]
    assert made - {(f["commit"], f["check"], f["problem"]) for f in found if f["level"] == "fault"} == set()


def test_what_a_message_leaves_out(make: Make, ticket: str, forger: Forger, faults: Faults) -> None:
    one, two = ticket, make("Two")
    forger.ticket(one, "priority: low", "priority: high\nimpact: high")
    forger.ticket(two, "priority: low", "priority: high")
    forger.swap("desk.toml", "limit = 50", "limit = 60")
    told = said(
        "classify", "maria", f"Desk-Ticket: {one}", "Desk-From: low", "Desk-To: high", "Desk-Ticket: 260723-AAAA"
    )
    forger.commit(told.replace("classify", "260723-BBBB classify", 1))
    assert sorted(faults()) == [
        ("trailers", "impact was changed, and the message doesn't tell"),
        ("trailers", "list.limit was changed from 50 to 60, the message doesn't tell"),
        ("trailers", "the message tells of classify on ticket/260723-AAAA, which this commit doesn't change"),
        ("trailers", "the subject speaks of 260723-BBBB, the trailers don't"),
        ("trailers", f"ticket/{two} was changed, and the message doesn't name it"),
    ]


def test_a_false_setting(desk: Runner, forger: Forger, faults: Faults) -> None:
    desk("config", "set", "list.limit", "60")
    assert faults() == []
    forger.swap("desk.toml", "limit = 60", "limit = 70")
    forger.commit(said("config", "maria", "Desk-Record: settings/list.limit", "Desk-From: 60", "Desk-To: 65"))
    assert faults() == [("trailers", "list.limit: the message says 60 → 65, it is 60 → 70")]


def test_somebody_else_signed(ticket: str, forger: Forger, faults: Faults) -> None:
    forger.ticket(ticket, "title: One", "title: Two")
    forger.commit(said("edit", "maria", f"Desk-Ticket: {ticket}", "Desk-From: One", "Desk-To: Two"), PETROS)
    assert faults() == [
        ("actors", "the message names maria as the actor, the author's address is petros@ncpeh.example")
    ]


def test_a_stranger(ticket: str, forger: Forger, faults: Faults) -> None:
    forger.ticket(ticket, "title: One", "title: Two")
    forger.commit("by hand", STRANGER)
    forger.ticket(ticket, "title: Two", "title: One")
    forger.commit(said("edit", "mallory", f"Desk-Ticket: {ticket}", "Desk-From: Two", "Desk-To: One"), STRANGER)
    who = "Mallory <mallory@elsewhere.example>"
    assert faults() == [
        ("actors", f"made by {who}, who was not on the staff at that time"),
        ("actors", "made by mallory, who was not on the staff at that time"),
    ]


def test_without_the_right(desk: Runner, make: Make, ticket: str, forger: Forger, faults: Faults) -> None:
    ticket, mine = make("One", *LEGAL), ticket
    forger.ticket(ticket, "title: One", "title: Two")
    forger.commit(said("edit", "petros", f"Desk-Ticket: {ticket}", "Desk-From: One", "Desk-To: Two"), PETROS)
    forger.ticket(ticket, "title: Two", "title: One")
    forger.commit("by hand", PETROS)
    forger.swap("records/staff/petros.yaml", "level: 1", "level: 3")
    forger.commit(said("edit", "petros", "Desk-Record: staff/petros", "Desk-To: level"), PETROS)
    desk("audit", "verify", code=7)
    (forger.home / Ticket.path_of(mine)).unlink()
    forger.commit(said("delete", "petros", f"Desk-Ticket: {mine}", "Desk-From: One"), PETROS)
    assert [(c, p.partition(":")[0]) for c, p in faults()] == [
        ("rights", f"petros may not edit {ticket}"),
        ("rights", f"petros may not commit {ticket}"),
        ("rights", "petros may not change staff records"),
    ]


def test_what_desk_itself_does_not_do(desk: Runner, make: Make, forger: Forger, faults: Faults) -> None:
    """It brings tickets back and takes owners off who have left; whom people made the coordinator stays."""
    ticket = make("T", "--tag", "incident")
    desk("ticket", "major", ticket, "--coordinator", "maria")
    forger.ticket(ticket, "coordinator: maria\n", "")
    forger.commit(said("major", "desk", f"Desk-Ticket: {ticket}", "Desk-From: maria"))
    assert faults() == [("rights", "desk itself doesn't change coordinator")]


def test_rights_are_those_of_that_day(desk: Runner, ticket: str, faults: Faults) -> None:
    """What was allowed stays allowed when the person leaves, and what wasn't is not made good by a later promotion."""
    desk("--as", "petros", "ticket", "note", ticket, "--body", "x")
    desk("staff", "edit", "petros", "--department", "legal")
    desk("staff", "delete", "petros")
    desk("department", "delete", "semantic", "--transfer-to", "technical")
    assert faults() == []


def test_a_split_that_is_taken_back_and_done_again_and_again(desk: Runner, make: Make, faults: Faults) -> None:
    ticket = make()
    for text in ("one", "two"):
        desk("--as", "petros", "ticket", "note", ticket, "--body", text)
    desk("--as", "petros", "ticket", "split", ticket, "--at", "2")
    for _ in range(5):  # whoever may split may take that back, at whatever level
        desk("--as", "petros", "ticket", "undo", ticket)
    assert faults() == []


def test_a_requester_leaves(desk: Runner, ticket: str, forger: Forger, faults: Faults) -> None:
    person = desk(
        "user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient", "-f", "ids"
    ).out.strip()
    desk("user", "delete", person)
    assert faults() == []
    forger.ticket(ticket, "created: 2026", "created: 2025")
    forger.commit(said("edit", "maria", f"Desk-Ticket: {ticket}", "Desk-To: created"))
    [(check, problem)] = faults()
    assert check == "records"
    assert "created can't be changed" in problem


def test_words_of_another(desk: Runner, ticket: str, forger: Forger, faults: Faults) -> None:
    desk("--as", "petros", "ticket", "reply", ticket, "--body", "I promise nothing.")
    forger.ticket(ticket, "I promise nothing.", "I promise everything.")
    forger.commit(said("edit", "maria", f"Desk-Ticket: {ticket}", "Desk-To: reply 1"))
    path = forger.home / Ticket.path_of(ticket)
    path.write_text(
        path.read_text(encoding="utf-8") + "\n## Reply by petros, 2026-07-24T07:00:00Z\n\nYes.\n", encoding="utf-8"
    )
    forger.commit(said("reply", "maria", f"Desk-Ticket: {ticket}"))
    assert faults() == [
        ("rights", "entry 1 of the thread was changed: only its author may, while it is the last"),
        ("rights", "maria may not write a reply in the name of petros"),
    ]


def test_an_invalid_record_in_the_past(desk: Runner, ticket: str, forger: Forger, faults: Faults) -> None:
    sound = (forger.home / Ticket.path_of(ticket)).read_text(encoding="utf-8")
    forger.ticket(ticket, "state: open", "state: [")
    forger.commit("broken")
    (forger.home / Ticket.path_of(ticket)).write_text(sound, encoding="utf-8")
    forger.commit("mended")
    forger.ticket(ticket, "department: technical", "department: nowhere")
    forger.commit("moved to nowhere")
    (forger.home / Ticket.path_of(ticket)).write_text(sound, encoding="utf-8")
    forger.commit("and back")
    desk("doctor")
    found = [p for c, p in faults() if c == "records"]
    assert len(found) == 2
    assert found[0].startswith("line ")
    assert found[1].endswith("department: there is no department nowhere")


def test_rules_about_several_records(desk: Runner, make: Make, forger: Forger, faults: Faults) -> None:
    desk("tag", "create", "malta")
    make("One", "--tag", "malta")
    make("Two", "--requester", "a@x.example", *LEGAL)
    (forger.home / "records/tags/malta.yaml").unlink()
    forger.commit("a tag in use")
    forger.swap("records/departments/legal.yaml", "name: ", "private: true\nname: ")
    forger.commit("a private department with users' tickets")
    forger.swap("records/departments/legal.yaml", "private: true\n", "default: true\n")
    forger.commit("a second default")
    forger.swap("records/staff/petros.yaml", "petros@", "maria@")
    forger.commit("an address twice")
    forger.swap("records/staff/maria.yaml", "level: 3", "level: 2")
    forger.commit("nobody of level 3")
    assert [p for c, p in faults() if c == "rules"] == [
        "tag malta was deleted while a record referred to it",
        "legal became private while it held a user's ticket",
        "2 departments were the default one: legal, operation-services",
        "maria@ncpeh.example became the address of maria and of petros",
        "nobody of level 3 was left on the staff",
    ]


def test_an_id_used_again(desk: Runner, ticket: str, forger: Forger, faults: Faults) -> None:
    desk("ticket", "delete", ticket)
    forger.git("revert", "--no-edit", "HEAD")
    assert faults() == []
    desk("ticket", "delete", ticket)
    path = forger.home / Ticket.path_of(ticket)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        forger.git("show", f"HEAD~1:{Ticket.path_of(ticket)}").replace("One", "Other") + "\n", encoding="utf-8"
    )
    forger.commit(said("create", "maria", f"Desk-Ticket: {ticket}", "Desk-To: technical"))
    assert faults() == [("rights", f"the id {ticket} was used before, and ids are never reused")]


def test_dates_out_of_order_are_no_fault(ticket: str, forger: Forger, faults: Faults) -> None:
    forger.ticket(ticket, "title: One", "title: Two")
    forger.commit("long ago", at="2001-01-01T00:00:00Z", committed="2001-01-01T00:00:00Z")
    forger.ticket(ticket, "title: Two", "title: Three")
    forger.commit("to come", at="2027-01-01T00:00:00Z", committed="2026-12-01T00:00:00Z")
    assert faults() == []
    dates = [p for c, p in faults(level="remark") if c == "dates"]
    assert dates[-3] == "committed, by its date, before the commit it follows"
    assert dates[-2].startswith("dated ")
    assert dates[-1] == "dated 31 days after it was committed"


def test_merges(desk: Runner, ticket: str, forger: Forger, faults: Faults) -> None:
    forger.git("checkout", "-q", "-b", "side")
    desk("ticket", "classify", ticket, "--priority", "high")
    forger.git("checkout", "-q", "main")
    desk("ticket", "edit", ticket, "--title", "Two")
    forger.git("merge", "-q", "--no-edit", "side")
    assert faults() == []
    forger.git("checkout", "-q", "-b", "other", "HEAD~1")
    desk("ticket", "note", ticket, "--body", "x")
    forger.git("checkout", "-q", "main")
    forger.git("merge", "-q", "--no-commit", "--no-ff", "other")
    forger.ticket(ticket, "title: Two", "title: Neither")
    forger.git("add", "-A")
    forger.git("commit", "-q", "-m", "merge")
    assert faults() == []
    assert ("history", f"the merge says of ticket/{ticket} what neither side said") in faults(level="remark")
    who = {"GIT_AUTHOR_NAME": STRANGER[0], "GIT_AUTHOR_EMAIL": STRANGER[1]}
    merge = forger.git("commit-tree", "-p", "HEAD^1", "-p", "HEAD^2", "-m", "a stranger's", "HEAD^{tree}", env=who)
    forger.git("reset", "-q", "--hard", merge)
    assert [c for c, _ in faults()] == ["actors"]


def test_a_history_that_hides_something(forger: Forger, faults: Faults) -> None:
    head = forger.git("rev-parse", "HEAD")
    forger.git("replace", head, "HEAD~1")
    root = forger.git("commit-tree", "-m", "another beginning", "HEAD^{tree}")
    forger.git("replace", "-d", head)
    forger.git("merge", "-q", "--no-edit", "--allow-unrelated-histories", root)
    assert [c for c, _ in faults()] == ["history"]
    forger.git("replace", head, "HEAD~1")
    for pack in (False, True):  # a ref is a file of its own, or a line among others
        if pack:
            forger.git("--no-replace-objects", "pack-refs", "--all", "--prune")
            assert not (forger.home / ".git/refs/replace" / head).exists()
        assert [c for c, _ in faults()] == ["repository", "history"]


def test_imports(desk: Runner, ticket: str, forger: Forger, faults: Faults) -> None:
    line = '{"id": "200101-AAAA", "title": "Old", "state": "closed", "closed": "2020-01-02T00:00:00Z", "priority": "low", "department": "technical", "author": "petros", "created": "2020-01-01T00:00:00Z", "body": "x"}'
    desk("import", "-", stdin=line)
    assert faults() == []
    forger.ticket(ticket, "title: One", "title: Two")
    told = said("edit", "petros", f"Desk-Ticket: {ticket}", "Desk-From: One", "Desk-To: Two", "Desk-Import: petros")
    forger.commit(told, PETROS)
    [found] = faults()
    assert found[0] == "rights"
    assert "petros may not change settings records" in found[1]


def test_a_part_of_an_import(desk: Runner, forger: Forger, faults: Faults) -> None:
    """An import makes a commit for each thing that happened: whoever looks at the later ones alone finds no fault in them."""
    told = {"by": "petros", "at": "2020-01-01T01:00:00Z", "body": "y"}
    made = {"id": "200101-AAAA", "title": "Old", "priority": "low", "department": "technical", "author": "petros"}
    made |= {"state": "open", "created": "2020-01-01T00:00:00Z", "body": "x"}
    thread = [{**told, "kind": "reply"}, {**told, "kind": "note", "at": "2020-01-01T02:00:00Z"}]
    before = forger.git("rev-parse", "HEAD")
    desk("import", "--history", "-", stdin=json.dumps({**made, "thread": thread}))
    each = forger.git("rev-list", f"{before}..HEAD").split()
    assert len(each) == 3
    for oid in each[1:]:
        desk("audit", "verify", "--since", oid)
    # What was changed here since is no import's to go on with.
    forger.ticket("200101-AAAA", "title: Old", "title: New")
    ours = forger.commit("by hand", MARIA)
    lines = ("Desk-Ticket: 200101-AAAA", "Desk-From: New", "Desk-To: Old", "Desk-Import: maria")
    forger.ticket("200101-AAAA", "title: New", "title: Old")
    forger.commit(said("close", "maria", *lines), MARIA)
    assert any("changes none" in text for _check, text in faults("--since", ours))


def test_an_unknown_verb_is_looked_at(ticket: str, forger: Forger, faults: Faults) -> None:
    forger.ticket(ticket, "title: One", "title: Two")
    forger.commit(said("sing", "maria", f"Desk-Ticket: {ticket}", "Desk-From: One", "Desk-To: La"))
    assert faults() == []
    assert ("trailers", "a verb that this version of desk doesn't know: sing (La)") in faults(level="remark")


def test_an_article_moves_to_another_topic(home: Path, forger: Forger, faults: Faults) -> None:
    new = home / "kb/known-errors/which-countries.md"
    text = (home / "kb/faq/which-countries.md").read_text(encoding="utf-8").replace("topic: faq", "topic: known-errors")
    (home / "kb/faq/which-countries.md").unlink()
    new.write_text(text, encoding="utf-8")
    lines = ("Desk-Record: article/which-countries", "Desk-From: faq", "Desk-To: known-errors")
    forger.commit(said("move", "maria", *lines))
    assert faults() == []
    forger.git("revert", "--no-edit", "HEAD")
    assert faults() == []


def test_since(desk: Runner, ticket: str, forger: Forger) -> None:
    forger.ticket(ticket, "title: One", "title: Two")
    bad = forger.commit("by a stranger", STRANGER)
    desk("ticket", "note", ticket, "--body", "x")
    desk("audit", "verify", code=7)
    found = desk("audit", "verify", "--since", bad, "-f", "json").data
    assert (found["commits"], found["since"]) == (1, bad)
    desk("audit", "verify", "--since", "nothing", code=3)
    assert MARIA
