"""Commands of staff at the top of a mail: what they do, what refuses them, and who gives none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from desk.domain.model.ticket import Ticket
from desk.intake import orders
from desk.local import outbox
from tests.mailin.conftest import Inbox, mail
from tests.mailin.test_writers import ANNA, ELENI, FORWARDED, PASSED, PETROS

pytestmark = pytest.mark.usefixtures("people")


class People(NamedTuple):
    anna: str
    ticket: str


@pytest.fixture(scope="module")
def people(inbox: Inbox) -> Iterator[People]:
    inbox.settle('authserv = ["mx.ncpeh.example"]', "commands = true", 'smtp.host = "sendmail"')
    inbox.git("config", "desk.mail.host", "true")
    anna = inbox.register("Anna", ANNA)
    yield People(anna, inbox.open("No summary", anna))
    assert inbox.faults() == []


def _told(inbox: Inbox) -> list[dict[str, Any]]:
    """The answers that refuse commands, which are then gone."""
    place = inbox.session(None).place
    folder = place.own(outbox.FOLDER)
    found = [one for i in outbox.ids(folder) if (one := outbox.read(folder, i)) and one["event"] == "refused"]
    for one in found:
        outbox.drop(folder, str(one["id"]))
    return found


def _by(inbox: Inbox, ticket: str, text: str, *more: str, who: str = PETROS) -> bytes:
    """A mail that answers one's own copy, and is vouched for."""
    return mail(who, f"Re: [{ticket}]", text, PASSED, *more, answers=(inbox.code(ticket, who),))


def _state(ticket: Ticket) -> tuple[str, str | None, set[str], list[str]]:
    return ticket.state, ticket.owner, set(ticket.tags), [e.kind for e in ticket.thread]


QUOTED = "\n\nOn Thu, 23 Jul 2026, Service Desk wrote:\n> a\n> #tag network\n> b\n> c\n> d"


@pytest.mark.parametrize(
    ("text", "state", "owner", "tags", "kinds", "entry", "verb"),
    [
        ("#close", "closed", None, set(), [], "", "close"),
        ("#CLOSE" + QUOTED, "closed", None, set(), [], "", "close"),
        ("\n #Assign ME \n\n#tag Incident\nMalta looks into it.", "open", "petros", {"incident"}, ["note"],
         "Malta looks into it.", "note"),
        ("#note\n#assign petros\n#close\nDone by phone.\n#tag incident", "closed", "petros", set(), ["note"],
         "Done by phone.\n#tag incident", "note"),
        ("#reply\n#close\n\nHere it is." + QUOTED, "closed", None, set(), ["reply"], "Here it is.", "reply"),
        ("#tag incident\n#tag INCIDENT Security\n#assign me\n#assign me", "open", "petros", {"incident", "security"}, [], "",
         "assign"),
        ("# Heading\n#close", "open", None, set(), ["note"], "# Heading\n#close", "note"),
        ("#12 is the one\n#close", "open", None, set(), ["note"], "#12 is the one\n#close", "note"),
        ("Hello,\n#close", "open", None, set(), ["note"], "Hello,\n#close", "note"),
        ("> #close\n\nNot yet.", "open", None, set(), ["note"], "Not yet.", "note"),
        ("> as you said\n\n#close", "open", None, set(), ["note"], "#close", "note"),
    ],
)  # fmt: skip
def test_the_lines_at_the_top_are_carried_out(
    inbox: Inbox, people: People, text: str, state: str, owner: str | None, tags: set[str], kinds: list[str],
    entry: str, verb: str,
) -> None:  # fmt: skip
    ticket = inbox.open("Another", people.anna)
    before, raw = inbox.tip(), _by(inbox, ticket, text)
    done = inbox.take(raw)
    after = inbox.ticket(ticket)
    parent, author, message = inbox.head("%P%n%ae%n%B").split("\n", 2)
    assert (done.state, done.ticket, parent) == ("taken", ticket, before)
    assert _state(after) == (state, owner, tags, kinds), after.thread
    assert [e.text for e in after.thread] == ([entry] if entry else [])
    assert author == PETROS
    assert "Desk-Mail: " in message
    assert f"Desk-Verb: {verb}" in message
    made = inbox.tip()
    again = inbox.take(raw)
    assert (again.state, again.ticket, inbox.tip()) == ("known", ticket, made)
    assert _told(inbox) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#close\n#asign me\nText.", "#asign me is no command by mail"),
        ("#close now\nText.", "#close now is not how it is written: #close"),
        ("#close\n#assign nobody", "nobody"),
        ("#close\n#tag nothing-like-it\nText.", "nothing-like-it"),
        ("#assign me\n#assign eleni\nText.", "one owner, not me and eleni"),
        ("#assign\nText.", "#assign me|HANDLE"),
        ("#close\n#tag incident problem\nText.", "an incident and a problem at once"),
        ("#assign eleni\n#close\nText.", "eleni"),  # serves another department
        ("#note\n#reply\n#close\nText.", "not both"),
        ("#reply\n#close", "the reply is empty"),
        ("#reply\n#close" + QUOTED, "the reply is empty"),
        ("#a{x}{0} {b}\nText.", "#a{x}{0} {b} is no command"),
        ("\n".join(["#close"] * 11), "at most 10 commands"),
    ],
)
def test_what_is_refused_leaves_nothing_half_done(inbox: Inbox, people: People, text: str, why: str) -> None:
    before, was = inbox.tip(), inbox.ticket(people.ticket)
    raw = _by(inbox, people.ticket, text)
    done = inbox.take(raw)
    after = inbox.ticket(people.ticket)
    assert (done.state, done.doing, inbox.head("%P")) == ("taken", "note", before)
    assert _state(after)[:3] == _state(was)[:3]
    [*_others, last] = after.thread
    assert (len(after.thread), last.kind, last.by) == (len(was.thread) + 1, "note", "petros")
    kept = text.partition("\n\nOn Thu")[0]
    assert last.text.startswith(f"{kept}\n\n[not done: ")
    assert why in last.text
    [answer] = _told(inbox)
    assert (answer["to"]["id"], answer["ticket"], answer["template"]) == ("petros", people.ticket, "commands-refused")
    assert why in answer["variables"]["reply"]["text"]
    assert inbox.take(raw).state == "known"
    assert _told(inbox) == []


def test_rights_and_states_are_those_of_every_day(inbox: Inbox, people: People) -> None:
    done = inbox.take(_by(inbox, people.ticket, "#close\nNot mine.", who=ELENI))
    assert done.state == "held", "no right to a note either: nothing of it is lost"
    assert "eleni may not note" in done.reasons[-1]
    assert [t["to"]["id"] for t in _told(inbox)] == ["eleni"]
    ticket = inbox.open("Closed", people.anna)
    inbox.take(_by(inbox, ticket, "#assign me\n#close"))
    inbox.take(_by(inbox, ticket, "#close\n#reply\nOnce more."))
    assert [(e.kind, "it is closed" in e.text) for e in inbox.ticket(ticket).thread] == [("note", True)]
    assert len(_told(inbox)) == 1
    open_one = inbox.open("Mine", people.anna)
    inbox.take(_by(inbox, open_one, "#assign me"))
    inbox.take(_by(inbox, open_one, "#assign me\n#tag incident"))
    assert _told(inbox) == [], "already so is no refusal where there is more"
    inbox.take(_by(inbox, open_one, "#assign me"))
    assert "is so already" in inbox.ticket(open_one).thread[-1].text
    assert len(_told(inbox)) == 1


@pytest.mark.parametrize(
    ("who", "header", "own", "kind"),
    [
        (ANNA, "Authentication-Results: mx.ncpeh.example; dmarc=pass header.from=clinic.example", 1, "reply"),
        (PETROS, "X-Nothing: x", 1, "note"),
        (PETROS, "Authentication-Results: elsewhere.example; dmarc=pass header.from=ncpeh.example", 1, "note"),
        (PETROS, PASSED, 0, "note"),
        (PETROS, f"X-Desk-Command: close\r\n{PASSED}", 0, "note"),
    ],
)
def test_who_gives_no_commands(inbox: Inbox, people: People, who: str, header: str, own: int, kind: str) -> None:
    """Requesters, whoever nobody vouches for, and whoever answers no copy of their own: the lines are text."""
    was = inbox.ticket(people.ticket)
    answers = (inbox.code(people.ticket, who),) if own else ()
    text = "#close\n#nonsense\nPlease."
    done = inbox.take(mail(who, f"Re: [{people.ticket}]", text, header, answers=answers))
    after = inbox.ticket(people.ticket)
    assert (_state(after)[:3], after.thread[-1].kind, after.thread[-1].text) == (_state(was)[:3], kind, text)
    assert any("stay text" in str(reason) for reason in done.reasons) == (who == PETROS)
    assert _told(inbox) == []


def test_forged_automatic_passed_on_and_somebody_else_s_copy(inbox: Inbox, people: People) -> None:
    was = _state(inbox.ticket(people.ticket))[:3]
    forged = mail(
        PETROS, "Re", "#close", "Authentication-Results: mx.ncpeh.example; dmarc=fail header.from=ncpeh.example",
        answers=(inbox.code(people.ticket, PETROS),),
    )  # fmt: skip
    assert inbox.take(forged).state == "held"
    assert inbox.take(_by(inbox, people.ticket, "#close", "Auto-Submitted: auto-replied")).state == "dropped"
    for raw in (
        mail(PETROS, "Fwd: x", f"#close\n{FORWARDED}", PASSED, answers=(inbox.code(people.ticket, PETROS),)),
        mail(PETROS, "Re", "#close", PASSED, answers=(inbox.code(people.ticket, ANNA),)),
    ):
        assert inbox.take(raw).ticket == people.ticket
        assert inbox.ticket(people.ticket).thread[-1].text.startswith("#close")
    assert _state(inbox.ticket(people.ticket))[:3] == was
    opened = inbox.ticket(inbox.take(mail(PETROS, "A new one", "#close\nText.", PASSED)).ticket)
    assert (opened.state, opened.body) == ("open", "#close\nText.")
    assert _told(inbox) == []


def test_files_and_html_come_along(inbox: Inbox, people: People) -> None:
    ticket = inbox.open("With a file", people.anna)
    body = (
        "--b\nContent-Type: text/html; charset=utf-8\n\n<p>#close</p><p>#assign me</p>\n"
        "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\nsome lines\n--b--\n"
    )
    inbox.take(_by(inbox, ticket, body, "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"'))
    after = inbox.ticket(ticket)
    assert _state(after) == ("closed", "petros", set(), ["note"])
    assert (after.thread[0].attachments, after.thread[0].text) == (("log.txt",), "[no text]")


def test_they_are_off_by_default_and_with_staff_by_mail(inbox: Inbox, people: People) -> None:
    inbox.set("mail.commands", "false")
    was = _state(inbox.ticket(people.ticket))[:3]
    inbox.take(_by(inbox, people.ticket, "#close"))
    assert (_state(inbox.ticket(people.ticket))[:3], inbox.ticket(people.ticket).thread[-1].text) == (was, "#close")
    inbox.set("mail.commands", "true")
    inbox.set("mail.staff", "off")
    assert inbox.take(_by(inbox, people.ticket, "#close")).state == "rejected"
    inbox.set("mail.staff", "reply")
    inbox.take(_by(inbox, people.ticket, "#tag incident\nIt is being mended."))
    assert inbox.ticket(people.ticket).thread[-1].kind == "reply"
    inbox.take(_by(inbox, people.ticket, "#tag no-such-tag\nIt is mended."))
    assert inbox.ticket(people.ticket).thread[-1].kind == "note", "nothing goes to the requester of what was refused"
    inbox.take(_by(inbox, people.ticket, "#note\nBut not yet for good."))
    assert inbox.ticket(people.ticket).thread[-1].kind == "note"
    inbox.set("mail.staff", "note")
    assert len(_told(inbox)) == 1


def test_the_audit_knows_what_a_mail_may_be_told(inbox: Inbox, people: People) -> None:
    """Nothing but what its settings allow then, to whoever has a code: whatever a mail host commits in their name."""
    ticket, before = inbox.open("Audited", people.anna), inbox.tip()
    inbox.set("mail.commands", "false")
    inbox.set("mail.commands", "true")
    inbox.take(_by(inbox, ticket, "#assign me\n#tag incident\n#close\nDone."))
    assert inbox.faults(before) == []
    made = inbox.tip()
    message = inbox.head("%B")
    inbox.git("commit", "--amend", "-q", "-m", message.replace("Desk-Joined: token\n", ""))
    assert inbox.faults(before) == ["rights: a mail doesn't assign tickets"]
    inbox.git("reset", "-q", "--hard", made)
    inbox.git("rebase", "-q", "--onto", "HEAD~2", "HEAD~1")
    assert inbox.session().config["mail.commands"] is False
    assert inbox.faults(before) == ["rights: a mail doesn't assign tickets"]
    inbox.undo()
    inbox.set("mail.commands", "true")


def test_lines_are_parted_from_text() -> None:
    assert orders.split("") == orders.Parted((), "")
    assert orders.split("\n\n#close\n\n \n#tag a") == orders.Parted(("#close", "#tag a"), "")
    assert orders.split("#κλείσε\nText\n#close") == orders.Parted(("#κλείσε",), "Text\n#close")
    assert orders.read(["#TAG A b", "#Assign ME", "#close"]) == orders.Orders("", "me", ("a", "b"), closes=True)
