"""What goes back to whoever writes a mail: one acknowledgement, in their language and their thread, and never a loop."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.intake import parsing
from desk.intake.attachments import Limits
from desk.intake.mails import Mail
from tests.beginnings import at_work
from tests.conftest import Result, Runner, copy_of
from tests.mail.conftest import Sending, content
from tests.mailin.conftest import DESK, mail
from tests.post.conftest import Fault, Mailserver

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*login_data.*:DeprecationWarning", "ignore:Requiring AUTH while not requiring TLS.*"
)
Git = Callable[..., str]
PHARMACIST = "Ελένη Νικολάου <eleni@pharmacy.example>"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(400)


@pytest.fixture(scope="module")
def _template(hosting: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A desk that takes mail in as well."""
    top = copy_of(hosting, tmp_path_factory.mktemp("house"))
    with at_work(top, environment) as desk:
        desk("config", "set", "mail.machines", "maria@ncpeh.example")
    return top


@pytest.fixture
def house(sending: Sending) -> Sending:
    return sending


def take(desk: Runner, raw: bytes, *more: str) -> str:
    """Take a mail in; the id of its ticket."""
    [row] = desk(*more, "mail", "import", "-", "-f", "json", stdin=raw).data
    return str(row["ticket"])


def take_all(desk: Runner, *mails: bytes) -> Result:
    """Take in several, as a file of a mail program holds them."""
    head = b"From - Thu Jul 23 09:00:00 2026\n"
    box = b"".join(head + raw.replace(b"\r\n", b"\n") + b"\n" for raw in mails)
    return desk("mail", "import", "-", "-f", "json", stdin=box)


def test_one_acknowledgement_in_the_writer_s_language_and_thread(house: Sending) -> None:
    first = mail(
        PHARMACIST, "Δεν ανοίγει η συνταγή", "Καλημέρα, δεν ανοίγει η συνταγή του ασθενή.", own="<1@pharmacy.example>"
    )
    ticket = take(house.desk, first)
    rows = house.send()
    assert next(r["to"] for r in rows if r["event"] == "create") == "eleni@pharmacy.example"
    acknowledged = next(m for m in house.taken if m.to[0].email == "eleni@pharmacy.example")
    assert acknowledged.language == "el"
    assert acknowledged.headers.raw("auto-submitted") == "auto-replied"
    assert acknowledged.headers.raw("x-auto-response-suppress") == "All"
    assert acknowledged.headers.raw("in-reply-to") == "<1@pharmacy.example>"
    envelope = next(e for e in house.recorder.taken if e.rcpt_tos == ["eleni@pharmacy.example"])
    assert envelope.mail_from in ("", "<>")
    second = mail(
        PHARMACIST, f"Re: [{ticket}]", "Και κάτι ακόμη.", answers=(acknowledged.id,), own="<2@pharmacy.example>"
    )
    assert take(house.desk, second) == ticket
    house.desk("ticket", "reply", ticket, "--body", "Το διορθώσαμε.")
    house.send()
    answer = house.taken[-1]
    assert answer.headers.raw("in-reply-to") == "<2@pharmacy.example>"
    assert answer.references[0] == "<2@pharmacy.example>"
    assert set(answer.references) == {"<1@pharmacy.example>", acknowledged.id, "<2@pharmacy.example>"}
    assert answer.headers.raw("auto-submitted") == ""
    assert house.recorder.taken[-1].mail_from == next(
        m for m in [str(house.recorder.taken[-1].mail_from)] if m.startswith(f"servicedesk+b.{ticket}.")
    )
    assert answer.headers.text("reply-to").startswith(f"servicedesk+{ticket}.")


PROGRAMS = {
    "printer": "Auto-Submitted: auto-generated",
    "backup": "Precedence: bulk",
    "mailer": "X-Auto-Response-Suppress: All",
    "list": "List-Id: <x.example>",
}


def test_programs_are_not_acknowledged(house: Sending) -> None:
    words = ("Toner is low", "Please replace it.")
    mails = [mail(f"A program <{who}@clinic.example>", *words, line) for who, line in PROGRAMS.items()]
    done = take_all(house.desk, *mails, mail(PHARMACIST, "x", "Please help."))
    assert [row["state"] for row in done.data] == ["taken"] * 5
    told = {r["to"] for r in house.send()}
    assert "eleni@pharmacy.example" in told
    assert {to for to in told | set(house.to()) if to.endswith("@clinic.example")} == set()


def test_who_wants_no_acknowledgements_sends_none(house: Sending) -> None:
    house.desk("config", "set", "mail.acknowledge", "false")
    take(house.desk, mail(PHARMACIST, "x", "Please help."))
    rows = house.send()
    assert [(r["state"], r["reason"]) for r in rows if r["to"] == "eleni@pharmacy.example"] == [
        ("dropped", "mails are not acknowledged: mail.acknowledge")
    ]


def test_one_acknowledgement_in_five_minutes(house: Sending) -> None:
    take_all(house.desk, *(mail(PHARMACIST, f"Question {n}", f"This is question {n}.") for n in range(3)))
    rows = [r for r in house.send() if r["to"] == "eleni@pharmacy.example"]
    assert [r["state"] for r in rows] == ["sent", "dropped", "dropped"]


@pytest.fixture
def neighbour(home: Path, tmp_path: Path, house: Sending, smtp: Callable[..., Mailserver]) -> tuple[Path, Sending]:
    """Another desk, which knows ours as a requester."""
    other = tmp_path / "other"
    shutil.copytree(home, other, symlinks=True)
    shutil.rmtree(other / ".git/desk")
    subprocess.run(["git", "-C", str(other), "update-index", "-q", "--refresh"], check=True)
    subprocess.run(["git", "-C", str(other), "checkout", "-q", "HEAD~1", "--", "desk.toml"], check=False)
    found = smtp("none")
    toml = other / "desk.toml"
    toml.write_text(
        re.sub(r"port = \d+", f"port = {found.server.port}", toml.read_text(encoding="utf-8")), encoding="utf-8"
    )
    text = toml.read_text(encoding="utf-8").replace("[mail]", '[mail]\naddress = "help@other.example"')
    if "machines" not in text:
        text = text.replace("[mail]", '[mail]\nmachines = ["maria@ncpeh.example"]')
    toml.write_text(text, encoding="utf-8")
    for words in (
        ("commit", "-q", "-a", "-m", "another desk"),
        ("config", "desk.mail.trust", f"smtp://{found.server.user}@localhost:{found.server.port}"),
    ):
        subprocess.run(["git", "-C", str(other), *words], check=True)

    def run(*args: str, **more: object) -> object:
        return house.desk("--desk", str(other), *args, **more)  # type: ignore[arg-type]

    return other, Sending(run, found)  # type: ignore[arg-type]


STRIPPED = re.compile(rb"(?im)^(auto-submitted|x-[\w-]+|precedence|list-id):[^\n]*\n")


@pytest.mark.parametrize("stripped", [False, True])
def test_two_desks_that_acknowledge_each_other(
    house: Sending,
    neighbour: tuple[Path, Sending],
    stripped: bool,  # noqa: FBT001
) -> None:
    """Whatever a relay between them takes off: it ends after three mails."""
    _other, there = neighbour
    there.desk("mail", "send")
    options = ("--department", "organizational", "--requester", "servicedesk@ncpeh.example")
    there.desk("ticket", "create", "--title", "Your certificate has run out", *options)
    passed = 0
    ends = [(there, house, "servicedesk@ncpeh.example"), (house, there, "help@other.example")]
    for turn in range(8):
        sender, receiver, to = ends[turn % 2]
        before = len(sender.recorder.taken)
        sender.send(at=f"2026-07-23T0{7 + turn // 6}:{turn * 10 % 60:02}:00Z")
        new = [content(e) for e in sender.recorder.taken[before:] if e.rcpt_tos == [to]]
        if not new:
            break
        passed += len(new)
        for raw in new:
            take(receiver.desk, STRIPPED.sub(b"", raw) if stripped else raw)
    assert 1 <= passed <= 3


def test_the_same_words_as_html_with_the_picture_on_top(house: Sending, home: Path) -> None:
    (home / "templates/mail/header.png").write_bytes(PNG)
    house.desk("config", "set", "mail.header_image", "header.png")
    ticket = take(house.desk, mail(PHARMACIST, "x", "Please help."))
    house.desk("ticket", "reply", ticket, "--body", "See <https://ncpeh.example/a?b=1&c=2>\n\n> quoted")
    house.send()
    raw = content(house.recorder.taken[-1])
    assert b"multipart/related" in raw
    assert b"Content-ID: <header@desk>" in raw
    assert b'src=3D"cid:header@desk"' in raw
    (home / "templates/mail/header.png").unlink()
    assert "there is no templates/mail/header.png" in house.desk("mail", "send", code=8).err
    house.desk("config", "set", "mail.html", "false")
    house.desk("ticket", "reply", ticket, "--body", "plain")
    house.send()
    assert b"text/html" not in content(house.recorder.taken[-1])


def test_files_of_an_answer_go_along(house: Sending, home: Path) -> None:
    ticket = take(house.desk, mail(PHARMACIST, "x", "Please help."))
    file = home / ".git/οδηγός νέος.pdf"
    file.write_bytes(b"%PDF" + bytes(range(256)))
    house.desk("ticket", "reply", ticket, "--body", "See the guide.", "--attach", str(file))
    house.send()
    [enclosed] = parsing.parse(content(house.recorder.taken[-1]), ("en", "el"), Limits()).attachments
    assert (enclosed.name, enclosed.data) == ("οδηγός νέος.pdf", file.read_bytes())


def test_who_telephoned_goes_on_by_mail(house: Sending) -> None:
    """By answering what she got; her thanks leave it closed, and when it happens again it is opened again."""

    def got() -> Mail:
        """The newest message to her."""
        house.send()
        return [m for m in house.taken if m.to[0].email == "eleni@pharmacy.example"][-1]

    def answer(message: Mail, text: str) -> dict[str, Any]:
        """As her mail program answers it, and what the ticket is then."""
        to = message.headers.raw("reply-to") or DESK
        raw = mail(PHARMACIST, f"Re: {message.subject}", text, to=to, answers=(message.id,))
        assert take(house.desk, raw) == ticket
        return shown()

    def shown() -> dict[str, Any]:
        return dict(house.desk("ticket", "show", ticket, "-f", "json").data)

    caller = ("--requester", "eleni@pharmacy.example", "--channel", "phone", "--department", "technical")
    ticket = house.desk("ticket", "create", "--title", "No summary", *caller, "-f", "ids").out.strip()
    acknowledged = got()
    now = answer(acknowledged, "I forgot to say: since Monday.")
    assert (now["channel"], now["state"]) == ("phone", "open")
    said = [(e["kind"], e["by"], e["text"]) for e in now["thread"]]
    assert said == [("reply", now["requester"], "I forgot to say: since Monday.")]
    house.desk("ticket", "reply", ticket, "--body", "It is there again.", "--close")
    answered = got()
    assert (answered.id != acknowledged.id, "It is there again." in answered.text) == (True, True)
    now = answer(answered, "Thank you very much!")
    assert (now["state"], [e["kind"] for e in now["thread"]]) == ("closed", ["reply", "reply", "note"])
    now = answer(answered, "It is gone once more, since this morning.")
    assert (now["state"], now["closed"], [e["kind"] for e in now["thread"][3:]]) == ("open", None, ["reply"])
    assert [row["id"] for row in house.desk("ticket", "list", "--all", "-f", "json").data] == [ticket]
    assert "no fault" in house.desk("audit", "verify").out


def test_run_does_both_and_says_nothing_on_a_quiet_day(house: Sending, git: Git) -> None:
    done = house.desk("mail", "run")
    assert (done.out, done.err) == ("", "")
    house.desk(
        "ticket", "create", "--title", "T", "--requester", "new@clinic.example", "--department", "organizational"
    )
    assert "sent to new@clinic.example" in house.desk("mail", "run").out
    house.desk("config", "set", "mail.imap.host", "localhost")
    house.desk("config", "set", "mail.imap.port", "1")
    house.desk(
        "ticket", "create", "--title", "U", "--requester", "other@clinic.example", "--department", "organizational"
    )
    half = house.desk("mail", "run", code=8)
    assert "sent to other@clinic.example" in half.out
    assert "not trusted on this machine" in half.err
    git("config", "desk.mail.host", "false")
    house.desk("mail", "run", code=8)


def test_what_came_back_stops_what_waits(house: Sending) -> None:
    """An address that bounced gets nothing more, until somebody puts it right."""
    ticket = take(house.desk, mail(PHARMACIST, "x", "Please help."))
    house.recorder.faults = [Fault("rcpt", "550 5.1.1 unknown")]
    house.desk("mail", "send", code=10)
    house.recorder.faults = []
    assert "Not delivered to eleni@pharmacy.example" in house.desk("ticket", "show", ticket).out


def test_whoever_may_not_write_is_told_once_a_day(house: Sending) -> None:
    """Where only registered people may write: in the language of the mail, in its thread, once; programs are not answered."""
    house.desk("config", "set", "mail.accept", "registered")

    def refused(raw: bytes) -> None:
        [row] = house.desk("mail", "import", "-", "-f", "json", stdin=raw).data
        assert row["state"] == "rejected"

    def send(day: int) -> list[str]:
        return [str(r["state"]) for r in house.send(at=f"2026-07-{day}T09:00:00Z")]

    refused(mail(PHARMACIST, "Ερώτηση", "Καλημέρα σας, έχω μια ερώτηση.", own="<1@pharmacy.example>"))
    refused(mail("printer@x.example", "Status", "Toner low.", "Auto-Submitted: auto-generated"))
    assert send(23) == ["sent"]
    [told] = house.taken
    assert (told.to[0].email, told.language, told.subject) == (
        "eleni@pharmacy.example", "el", "Το μήνυμά σας δεν έγινε δεκτό",
    )  # fmt: skip
    assert told.headers.raw("in-reply-to") == "<1@pharmacy.example>"
    assert told.headers.raw("auto-submitted") == "auto-replied"
    assert house.recorder.taken[0].mail_from in ("", "<>")
    refused(mail(PHARMACIST, "Ερώτηση", "Και πάλι εγώ."))
    assert send(23) == []
    house.recorder.faults = [Fault("rcpt", "550 5.1.1 no such user")]
    refused(mail("nobody@made-up.example", "Hello", "Is anybody there?"))
    assert send(23) == ["dropped"], "nobody need look at it"
    house.desk("user", "ban", "eleni@pharmacy.example")
    refused(mail(PHARMACIST, "Ερώτηση", "Τρίτη φορά."))
    assert send(24) == []


def test_a_machine_that_sends_nothing_keeps_no_messages_and_says_so(house: Sending, git: Git) -> None:
    """Such a mail taken in elsewhere than on the mail host is refused or shortened alike; the run says that nobody is told."""
    git("config", "desk.mail.host", "false")
    for name, value in (("mail.accept", "registered"), ("mail.max_mb", "1")):
        house.desk("config", "set", name, value)
    petros = mail("petros@ncpeh.example", "Large", "words\n" + ("y" * 70 + "\n") * 16_000)
    done = take_all(house.desk, mail(PHARMACIST, "One", "x"), mail("other@x.example", "Two", "x"), petros)
    assert [row["state"] for row in done.data] == ["rejected", "rejected", "taken"]
    assert done.err.count("nobody was told what") == 1

    def waiting() -> list[str]:
        return [row["event"] for row in house.desk("mail", "outbox", "-f", "json").data if row["event"] != "create"]

    assert waiting() == []
    git("config", "desk.mail.host", "true")
    done = house.desk("mail", "import", "-", "-f", "json", stdin=mail(PHARMACIST, "Three", "x"))
    assert "nobody was told" not in done.err
    assert waiting() == ["refused"]


def test_whoever_wrote_a_mail_that_was_too_large_is_told_once(house: Sending) -> None:
    """In their language and their thread, in place of the acknowledgement; never a program, nor who may have written nothing."""
    for name, value in (("mail.max_mb", "1"), ("mail.authserv", "mx.ncpeh.example")):
        house.desk("config", "set", name, value)
    large = ("0" * 71 + "\n") * 16_000
    parts = f"--b\nContent-Type: text/plain; charset=utf-8\n\n%s\n--b\nContent-Disposition: attachment; filename=a.tif\n\n{large}\n--b--\n"
    mixed = 'Content-Type: multipart/mixed; boundary="b"'
    first = mail(PHARMACIST, "Εικόνα", parts % "Καλημέρα σας, στέλνω την εικόνα.", mixed, own="<1@pharmacy.example>")
    ticket = take(house.desk, first)
    assert take(house.desk, first) == ticket, "it comes once more, and is known"

    def told(at: str = "") -> list[tuple[str, str]]:
        before = len(house.taken)
        house.send(at=at)
        return [
            (m.to[0].email, m.subject) for m in house.taken[before:] if not m.to[0].email.endswith("@ncpeh.example")
        ]

    words = f"[{ticket}] Λείπει ένα μέρος του μηνύματός σας"
    assert told() == [("eleni@pharmacy.example", words)]
    [(message, envelope)] = [
        pair for pair in zip(house.taken, house.recorder.taken, strict=True) if pair[0].subject == words
    ]
    for line in ("όλα εκτός από την αρχή: το μήνυμα είναι", "1,1 MiB", "συνολικά 1 MiB", "«Εικόνα»", "Νικολάου"):
        assert line in message.text
    assert [message.headers.raw(name) for name in ("auto-submitted", "in-reply-to")] == [
        "auto-replied",
        "<1@pharmacy.example>",
    ]
    assert envelope.mail_from in ("", "<>")
    reasons = {
        row["reason"] for row in house.desk("mail", "log", "--out", "-f", "json").data if row["state"] == "dropped"
    }
    assert reasons == {"its writer hears what was left out of it"}
    parts %= "words"
    house.desk("config", "set", "mail.max_mb", "30")
    take(house.desk, mail("long@x.example", "Long", large))
    house.desk("config", "set", "attachment.max_mb", "1")
    for more in (
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "Authentication-Results: mx.ncpeh.example; dmarc=fail header.from=x.example",
    ):
        take(house.desk, mail(f"{more[:2]}@x.example", "x", parts, mixed, more))
    assert {subject.partition("] ")[2] for _, subject in told("2026-07-23T06:20:00Z")} == {
        "We have registered your request"
    }
    assert take(house.desk, mail(PHARMACIST, f"Re: {words}", parts, mixed, answers=(message.id,))) == ticket
    assert told("2026-07-23T06:21:00Z") == [("eleni@pharmacy.example", words)]
    assert "- a.tif (1." in house.taken[-1].text
    assert take(house.desk, mail(PHARMACIST, f"Re: {words}", parts, mixed, answers=(message.id,))) == ticket
    assert told("2026-07-23T06:22:00Z") == [], "a third within five minutes waits"
    assert told("2026-07-23T06:40:00Z") == [("eleni@pharmacy.example", words)]
    assert "no fault" in house.desk("audit", "verify").out


def test_those_of_level_3_hear_of_staff_whom_no_mail_reaches(house: Sending) -> None:
    """By our code for that address alone; once a day, and of a requester nobody but the ticket."""
    create = ("ticket", "create", "--title", "T", "--department", "technical", "--requester", "eleni@pharmacy.example")
    ticket = house.desk(*create, "-f", "ids").out.strip()
    house.send()
    by_address = {m.to[0].email: m for m in house.taken}
    staff = "petros@ncpeh.example"

    def back(named: str, returned: str, own: str) -> bytes:
        parts = (
            f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; {named}\nAction: failed\nStatus: 5.1.1",
            f"Content-Type: text/rfc822-headers\n\nMessage-ID: {returned}",
        )
        body = "".join(f"--b\n{part}\n" for part in parts) + "--b--\n"
        kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
        return mail("MAILER-DAEMON@x.example", "Undelivered", body, kind, own=own)

    theirs = by_address["eleni@pharmacy.example"].id
    [row] = house.desk("mail", "import", "-", "-f", "json", stdin=back(staff, theirs, "<a@x.example>")).data
    assert row["state"] == "dropped", "a code for somebody else proves nothing"
    take(house.desk, back("eleni@pharmacy.example", theirs, "<b@x.example>"))
    take(house.desk, back(staff, by_address[staff].id, "<c@x.example>"))
    take(house.desk, back(staff, by_address[staff].id, "<d@x.example>"))
    before = len(house.taken)
    house.send()
    [told] = [m for m in house.taken[before:] if "comes back" in m.subject]
    assert (told.to[0].email, told.subject) == ("maria@ncpeh.example", f"Mail to {staff} comes back")
    assert f"{staff}: 5.1.1" in told.text
    notes = [entry["text"] for entry in house.desk("ticket", "show", ticket, "-f", "json").data["thread"]]
    assert sum(staff in note for note in notes) == 2
    house.desk("audit", "verify")


def test_staff_hear_of_refused_commands_and_answer_that(house: Sending) -> None:
    """An automatic answer in their thread, at once, however notices are collected; commands may be given in reply to it."""
    ticket = take(house.desk, mail(PHARMACIST, "x", "Please help."))
    house.send()
    notice = next(m for m in house.taken if m.to[0].email.endswith("@ncpeh.example"))
    staff = notice.to[0].email
    for name, value in (("authserv", "mx.ncpeh.example"), ("commands", "true"), ("digest", "daily")):
        house.desk("config", "set", f"mail.{name}", value)
    passed = "Authentication-Results: mx.ncpeh.example; dmarc=pass header.from=ncpeh.example"

    def give(text: str, answered: str, own: str) -> str:
        assert take(house.desk, mail(staff, "Re", text, passed, answers=(answered,), own=own)) == ticket
        return str(house.desk("ticket", "show", ticket, "-f", "json").data["state"])

    assert give("#close\n#tag nothing-of-the-kind\nDone.", notice.id, "<a@ncpeh.example>") == "open"
    assert [r["state"] for r in house.send() if r["event"] == "refused"] == ["sent"]
    told = next(m for m in house.taken if "not carried out" in m.subject)
    assert (told.to[0].email, told.subject) == (staff, f"[{ticket}] Your commands were not carried out")
    assert "there is no tag nothing-of-the-kind" in told.text
    assert told.headers.raw("auto-submitted") == "auto-generated"
    assert told.headers.raw("in-reply-to") == "<a@ncpeh.example>"
    assert give("#close\nDone.", told.id, "<b@ncpeh.example>") == "closed"
    house.desk("audit", "verify")
