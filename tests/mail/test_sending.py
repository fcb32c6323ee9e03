"""Sending to a real server: each message once, whatever the server says, and what becomes of those that don't go."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desk.domain.model.fields import parse_time, utc_text
from tests.conftest import NOW, Runner
from tests.mail.conftest import Drafts, Sending, content
from tests.post.conftest import Fault

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*login_data.*:DeprecationWarning", "ignore:Requiring AUTH while not requiring TLS.*"
)
Make = Callable[..., str]
Git = Callable[..., str]


@pytest.fixture(scope="session")
def _template(hosting: Path) -> Path:
    return hosting


def later(minutes: float) -> str:
    """So long after the time at which the tests stand."""
    return utc_text(parse_time(NOW) + timedelta(minutes=minutes))


def test_what_waits_is_sent_once(sending: Sending, desk: Runner, make: Make, drafts: Drafts, anna: str) -> None:
    ticket = make("Νέα συνταγή", "--requester", anna)
    desk("ticket", "reply", ticket, "--body", "Καλημέρα σας")
    rows = sending.send()
    assert [(r["state"], r["to"], r["event"]) for r in rows] == [
        ("sent", "anna@clinic.example", "create"),
        ("sent", "petros@ncpeh.example", "create"),
        ("sent", "anna@clinic.example", "reply"),
    ]
    assert drafts() == []
    assert sending.send() == []
    assert sending.to() == ["anna@clinic.example", "petros@ncpeh.example", "anna@clinic.example"]
    first, staff, reply = sending.taken
    assert (first.language, reply.language) == ("el", "el")
    assert reply.subject.startswith(f"[{ticket}] ")
    assert "Καλημέρα σας" in reply.text
    assert reply.headers.raw("in-reply-to") == first.id
    assert reply.headers.raw("auto-submitted") == ""
    assert staff.headers.raw("list-id")
    assert staff.headers.raw("precedence") == "bulk"
    assert b"multipart/alternative" in content(sending.recorder.taken[0])
    log = desk("mail", "log", "--ticket", ticket, "-f", "json").data
    assert [(r["state"], r["event"]) for r in log] == [("sent", "create"), ("sent", "create"), ("sent", "reply")]
    assert "anna@clinic.example" in desk("mail", "log").out
    shown = desk("ticket", "show", ticket)
    assert "sent to anna@clinic.example · 2026-07-23 09:12" in shown.out
    [entry] = desk("ticket", "show", ticket, "-f", "json").data["thread"]
    assert [(m["to"], m["state"]) for m in entry["mail"]] == [("anna@clinic.example", "sent")]


def test_dry_run_tells_and_does_nothing(sending: Sending, desk: Runner, make: Make, drafts: Drafts, anna: str) -> None:
    make("T", "--requester", anna)
    done = desk("mail", "send", "--dry-run")
    assert "would be sent to anna@clinic.example" in done.out
    assert sending.taken == []
    assert len(drafts()) == 2
    assert desk("mail", "log", "-f", "json").data == []


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        (Fault("rcpt", "450 4.2.1 greylisted"), "later", 0),
        (Fault("mail", "421 going down"), "later", 0),
        (Fault("dot", "452 disk full"), "later", 0),
        (Fault("dot", ""), "later", 0),
        (Fault("rcpt", "550 5.1.1 no such user"), "failed", 10),
        (Fault("dot", "554 looks like spam"), "failed", 10),
    ],
)
def test_faults(sending: Sending, desk: Runner, make: Make, anna: str, fault: Fault, state: str, code: int) -> None:
    ticket = make("T", "--requester", anna, "--department", "organizational")
    sending.recorder.faults = [fault]
    [row] = sending.send(code=code)
    assert row["state"] == state
    [waiting] = (
        desk("mail", "outbox", "-f", "json").data
        if state == "later"
        else desk("mail", "outbox", "--held", "-f", "json").data
    )
    assert fault.answer[4:] in (waiting["reason"] or "")
    sending.recorder.faults = []
    before = len(sending.taken)
    # Not before its time, and not without being asked; but who looks after the ticket hears of what failed.
    assert [r["event"] for r in sending.send()] == ([] if state == "later" else ["undelivered"])
    if state == "later":
        assert waiting["next"] == later(1)
        [row] = sending.send(at=later(1))
    else:
        entry = desk("ticket", "show", ticket, "-f", "json").data["thread"][-1]
        assert (entry["kind"], entry["by"]) == ("note", "desk")
        assert fault.answer in entry["text"]
        assert [r["recipient"] for r in desk("mail", "log", "-f", "json").data if r["state"] == "failed"] == [anna]
        desk("audit", "verify")
        desk("mail", "retry", waiting["id"])
        [row, *_] = sending.send()
    assert row["state"] == "sent"
    assert len({m.id for m in sending.taken if m.to[0].email == "anna@clinic.example"}) == 1
    assert len(sending.taken) > before


def test_whoever_sits_down_hears_of_what_is_stopped(
    sending: Sending, desk: Runner, make: Make, home: Path, anna: str
) -> None:
    """On the mail host: in status, the handover and the morning; everywhere: the ticket in lists."""
    none = {"held": 0, "messages_held": 0, "messages_failed": 0}
    assert desk("status", "-f", "json").data["mail"] == none
    assert "mail outbox" not in desk("status").out + desk("handover").out + desk("today").out
    ticket = make("T", "--requester", anna, "--department", "organizational")
    other = make("Other", "--department", "organizational")
    sending.recorder.faults = [Fault("rcpt", "550 5.1.1 no such user")]
    sending.send(code=10)
    for command in ("status", "handover", "today"):
        assert desk(command, "-f", "json").data["mail"] == {**none, "messages_failed": 1}, command
        assert "1 message was refused for good: desk mail outbox --held" in desk(command).out, command
    (home / ".git/desk/mail/held").mkdir()
    for name in "ab":
        (home / f".git/desk/mail/held/{name}.json").touch()
    for command in ("status", "handover", "today"):
        assert "2 mails are held: desk mail held" in desk(command).out, command
    marked = {row["id"]: row["undelivered"] for row in desk("ticket", "list", "-f", "json").data}
    assert marked == {ticket: True, other: False}
    [line] = [line for line in desk("ticket", "list").out.splitlines() if ticket in line]
    assert "BOUNCED" in line
    assert "Not delivered to anna@clinic.example" in desk("ticket", "show", ticket).out
    desk("ticket", "reply", ticket, "--body", "Once more.")
    assert "BOUNCED" not in desk("ticket", "list").out
    sending.send(code=10)
    assert "not delivered to anna@clinic.example" in desk("ticket", "show", ticket).out, "under the answer itself"
    assert "BOUNCED" in desk("ticket", "list").out
    desk("ticket", "reply", ticket, "--body", "By another way.")
    assert "BOUNCED" not in desk("ticket", "list").out
    desk("user", "edit", anna, "--undeliverable", "2026-07-23 5.1.1")
    assert "BOUNCED" in desk("ticket", "list").out
    assert "BOUNCED" in desk("ticket", "list", "-f", "md").out


def test_it_is_tried_less_and_less_often_and_given_up(sending: Sending, desk: Runner, make: Make, anna: str) -> None:
    make("T", "--requester", anna, "--department", "organizational")
    sending.recorder.faults = [Fault("rcpt", "450 try later")]
    minutes = 0.0
    waited = []
    for _ in range(6):
        sending.send(at=later(minutes))
        [row] = desk("mail", "outbox", "-f", "json").data
        next_ = (parse_time(row["next"]) - parse_time(NOW)).total_seconds() / 60
        waited.append(next_ - minutes)
        minutes = next_
    assert waited == [1, 5, 15, 60, 60, 60]
    [row] = sending.send(at=later(3 * 24 * 60), code=10)
    assert row["state"] == "failed"
    assert "tried for three days" in row["reason"]


def test_a_server_that_wants_a_login_costs_no_message(sending: Sending, desk: Runner, make: Make, anna: str) -> None:
    make("T", "--requester", anna)
    sending.recorder.faults = [Fault("mail", "530 5.7.0 log in first")]
    assert "takes no mail from us: 530" in desk("mail", "send", code=10).err
    sending.recorder.faults = []
    assert len(sending.send()) == 2


def test_only_the_mail_host_sends_and_only_to_servers_it_agreed_to(
    sending: Sending, desk: Runner, make: Make, git: Git, anna: str
) -> None:
    make("T", "--requester", anna)
    git("config", "--unset", "desk.mail.trust")
    assert "not trusted on this machine" in desk("mail", "send", code=8).err
    git("config", "desk.mail.host", "false")
    assert "not the desk's mail host" in desk("mail", "send", code=8).err
    assert sending.taken == []
    assert sending.recorder.logins == []


def test_a_rehearsal_goes_elsewhere(
    sending: Sending, make: Make, git: Git, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("T", "--requester", anna)
    git("config", "desk.mail.redirect", "tester@ncpeh.example")
    assert {r["state"] for r in sending.send()} == {"sent"}
    assert sending.to() == ["tester@ncpeh.example"] * 2
    assert "[anna@clinic.example]" in sending.taken[0].subject
    git("config", "--unset", "desk.mail.redirect")
    make("U", "--requester", anna, "--department", "organizational")
    monkeypatch.setenv("DESK_MAIL_REDIRECT", "other@ncpeh.example")
    sending.send()
    assert sending.to()[2:] == ["other@ncpeh.example"]


def test_who_gets_nothing(sending: Sending, desk: Runner, make: Make, anna: str) -> None:
    """Whoever was barred since, deleted, is nobody, or is the desk itself; a ticket that is gone is not told of."""
    banned = make("T", "--requester", "banned@clinic.example", "--department", "organizational")
    robot = make("T", "--requester", "noreply@clinic.example", "--department", "organizational")
    own = make("T", "--requester", "servicedesk+x@ncpeh.example", "--department", "organizational")
    gone = make("T", "--requester", anna, "--department", "organizational")
    desk("user", "ban", "banned@clinic.example", "--reason", "spam")
    desk("ticket", "delete", gone, "--reason", "spam")
    rows = {r["ticket"]: r for r in sending.send()}
    assert {r["state"] for r in rows.values()} == {"dropped"}
    assert "banned" in rows[banned]["reason"]
    assert "never written to" in rows[robot]["reason"]
    assert "never written to" in rows[own]["reason"]
    assert "deleted" in rows[gone]["reason"]
    assert sending.taken == []
    assert desk("mail", "outbox", "-f", "json").data == []
    assert {r["state"] for r in desk("mail", "log", "--out", "-f", "json").data} == {"dropped"}


def test_an_address_that_was_put_right_since(sending: Sending, desk: Runner, make: Make, anna: str) -> None:
    make("T", "--requester", anna, "--department", "organizational")
    desk("user", "edit", anna, "--email", "a.georgiou@clinic.example")
    sending.send()
    assert sending.to() == ["a.georgiou@clinic.example"]


def test_many_to_one_person_become_one(sending: Sending, desk: Runner, make: Make, anna: str) -> None:
    ticket = make("T", "--requester", anna, "--department", "organizational")
    for number in range(12):
        desk("ticket", "reply", ticket, "--body", f"answer {number}")
    rows = sending.send()
    assert [r["state"] for r in rows] == ["sent"] * 10 + ["later"] * 3
    assert sending.send(at=later(5)) == []
    thread = desk("ticket", "show", ticket, "-f", "json").data["thread"]
    assert [len(entry["mail"]) for entry in thread] == [1] * 9 + [0] * 3
    [row] = sending.send(at=later(10))
    assert (row["state"], row["event"]) == ("sent", "digest")
    thread = desk("ticket", "show", ticket, "-f", "json").data["thread"]
    assert {m["state"] for entry in thread for m in entry["mail"]} == {"sent"}
    assert [len(entry["mail"]) for entry in thread] == [1] * 12
    text = sending.taken[-1].text
    assert all(f"answer {n}" in text for n in range(9, 12))
    assert sending.send(at=later(30)) == []


def test_digests_for_staff(sending: Sending, desk: Runner, make: Make) -> None:
    desk("config", "set", "mail.digest", "hourly")
    first, second = make("One"), make("Two")
    desk("ticket", "tag", first, "incident")
    desk("ticket", "major", first)
    assert [(r["state"], r["event"]) for r in sending.send()] == [("sent", "major")]
    [row] = sending.send(at="2026-07-23T07:00:00Z")
    assert row["event"] == "digest"
    mail = sending.taken[-1]
    assert mail.subject.startswith("2 ")
    assert first in mail.text
    assert second in mail.text
    assert mail.headers.raw("x-desk-ticket") == ""
    make("Three")
    [row] = sending.send("--no-digest")
    assert row["event"] == "create"
    desk("staff", "edit", "petros", "--digest", "off")
    make("Four")
    [row] = sending.send()
    assert row["event"] == "create"
    desk("staff", "edit", "petros", "--digest", "daily")
    make("Five")
    make("Six")
    assert sending.send() == []
    assert [r["next"] for r in desk("mail", "outbox", "-f", "json").data] == ["2026-07-24T04:00:00Z"] * 2
    [row] = sending.send(at="2026-07-24T04:00:00Z")
    assert row["event"] == "digest"


def test_an_address_that_mail_came_back_from(sending: Sending, desk: Runner, make: Make, anna: str) -> None:
    """What is for it is held until somebody puts it right; the ticket says so."""
    ticket = make("T", "--requester", anna, "--department", "organizational")
    desk("user", "edit", anna, "--undeliverable", "2026-07-23 5.1.1")
    [row] = sending.send()
    assert (row["state"], "came back" in row["reason"]) == ("held", True)
    assert sending.send() == []
    assert "2026-07-23 5.1.1" in desk("ticket", "show", ticket).out
    assert [r["state"] for r in desk("mail", "outbox", "--held", "-f", "json").data] == ["held"]
    desk("user", "edit", anna, "--undeliverable", "")
    assert [r["state"] for r in sending.send()] == ["sent"]


def test_per_minute_and_limit(sending: Sending, desk: Runner, make: Make) -> None:
    desk("config", "set", "mail.smtp.per_minute", "2")
    for number in range(4):
        make(f"T{number}", "--requester", f"a{number}@clinic.example", "--department", "organizational")
    assert len(sending.send("--limit", "1")) == 1
    done = desk("mail", "send")
    assert done.out.count("sent to") == 1
    assert "2 messages wait" in done.err
    assert len(sending.send(at=later(2))) == 2


def test_what_others_committed_is_told_here(
    sending: Sending, desk: Runner, make: Make, git: Git, home: Path, tmp_path: Path, anna: str
) -> None:
    """A colleague's clone tells nobody; its commits are told when they reach the mail host, once, whoever rebases."""
    ticket, mine = (make("T", "--requester", anna, "--department", "organizational") for _ in range(2))
    sending.send()
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", str(home), str(other)], check=True)
    desk("--desk", str(other), "ticket", "reply", ticket, "--body", "from elsewhere")
    desk("--desk", str(other), "ticket", "close", ticket)
    desk("--desk", str(other), "ticket", "undo", ticket)
    assert not (other / ".git/desk/outbox").exists()
    desk("ticket", "reply", mine, "--body", "told at once")
    git("pull", "-q", "--rebase", str(other), "main")
    rows = sending.send()
    assert sorted(r["event"] for r in rows) == ["reply", "reply"]
    assert sorted("from elsewhere" in m.text for m in sending.taken[2:]) == [False, True]
    assert sending.send() == []
    (home / "hand.txt").write_text("x", encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "by hand")
    assert sending.send() == []
    # A rebase of what was sent already: the commits are others, and nobody hears of them again.
    desk("ticket", "reply", mine, "--body", "sent before")
    assert [r["event"] for r in sending.send()] == ["reply"]
    desk("--desk", str(other), "ticket", "reply", ticket, "--body", "elsewhere again")
    git("pull", "-q", "--rebase", str(other), "main")
    [row] = sending.send()
    assert (row["event"], "elsewhere again" in sending.taken[-1].text) == ("reply", True)


def test_a_history_that_was_replaced_is_not_told_from_its_beginning(
    sending: Sending, desk: Runner, make: Make, home: Path, anna: str
) -> None:
    make("T", "--requester", anna)
    (home / ".git/desk/mail/cursor").write_text("a" * 40 + " -\n", encoding="ascii")
    for path in (home / ".git/desk/outbox").glob("*.json"):
        path.unlink()
    assert "no longer has commit" in desk("mail", "send").err
    assert sending.taken == []


def test_the_state_of_a_message_is_kept_whole(sending: Sending, make: Make, home: Path, anna: str) -> None:
    """A file that says nonsense says nothing."""
    make("T", "--requester", anna, "--department", "organizational")
    [path] = (home / ".git/desk/outbox").glob("*.json")
    for junk in ("", "[]", json.dumps({"state": "waiting"}), '{"state": 1, "tries": "x"}'):
        path.with_suffix(".state").write_text(junk, encoding="utf-8")
    assert len(sending.send()) == 1
    assert list((home / ".git/desk/outbox").iterdir()) == []


def test_who_is_never_written_to_and_where_answers_come(sending: Sending, desk: Runner, anna: str) -> None:
    """A blocked address hears nothing; with addresses of their own, answers and what comes back name the ticket."""
    for plus in (True, False):
        if not plus:
            desk("config", "set", "mail.plus", "false")
        desk("ticket", "create", "--title", "T", "--department", "technical", "--requester", anna)
        sending.send(at="2026-07-23T06:20:00Z" if plus else "2026-07-23T07:20:00Z")
        envelope = sending.recorder.taken[-1]
        assert ("+" in str(envelope.mail_from)) is plus
        assert (b"\nReply-To: " in content(envelope).replace(b"\r\n", b"\n")) is plus
    before = sending.to().count("anna@clinic.example")
    desk("config", "set", "mail.blocked", "@clinic.example")
    desk("ticket", "create", "--title", "T", "--department", "technical", "--requester", anna)
    sending.send(at="2026-07-23T08:20:00Z")
    assert sending.to().count("anna@clinic.example") == before == 2
