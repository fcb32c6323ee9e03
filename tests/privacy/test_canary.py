"""No personal words where they can't be taken back: a canary is planted by everything that commits, and looked for in the
commit objects of the whole history, read raw, and in the names of all files that ever were.

Every command has a row: what it does with the canary, or that it commits nothing. A new one without a row fails.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.actions.tickets import lifecycle
from desk.actions.tickets.lifecycle import NewEntry, NewTicket
from desk.cli.table import COMMANDS
from desk.local import mailhost
from desk.mail import threading
from desk.session.session import Session
from tests.beginnings import gather_packs
from tests.conftest import NOW, Runner
from tests.copies import copy_desk
from tests.locale import pseudo
from tests.locale.listening import Listener
from tests.store import indexes

NAME, ADDRESS, PHONE = "Zanthippe Quaxley", "quaxley@zq-mail.example", "+357 99 777123"
TITLE, TEXT, PLACE = "Quibblewort in the ward", "Fizzgigmarrow every morning", "Vexillary Foundation"
CANARIES = ("zanthippe", "quaxley", "zq-mail", "777123", "quibblewort", "fizzgigmarrow", "vexillary")


def _listed(text: str) -> frozenset[str]:
    return frozenset(" ".join(text.split()).split(", "))


READS = _listed(
    """ticket list, ticket show, ticket history, ticket blame, ticket escalations, ticket attachment list, ticket attachment
    save, ticket attachment open, incident list, problem list, problem candidates, problem show, mail outbox, mail show, mail
    drop, mail retry, mail log, mail preview, mail held, mail discard, mail trust, mail test, sla list, caller, today, whoami,
    alias list, alias set, alias delete, filter list, filter save, filter delete, log, search, handover, stats, activity, report,
    response list, response show, response render, kb list, kb show, kb history, kb search, kb suggest, kb topic list, kb
    topic show, department list, department show, staff list, staff show, user list, user show, user bans, group list,
    group show, tag list, tag show, field list, field show, checklist list, checklist show, status, audit verify, audit
    seals, config list, config get, clone, index status, index rebuild, export, maintain, completion, machine list,
    machine show, guard check, guard keys, guard status, guard install, guard hook, guard shell, help, draft list, draft
    resume, draft drop, calendar list, calendar show"""
)
"""Commands that commit nothing; `export` writes the canary, and not into the history; `draft resume` runs another command."""
OF_STAFF = _listed(
    """kb topic create, kb topic edit, kb topic delete, department create, department edit, department delete, staff create,
    staff edit, staff delete, group create, group edit, group delete, tag create, tag edit, tag delete, field create,
    field edit, field delete, config set, calendar import, audit seal, audit cosign, machine create, machine edit, machine
    delete, init, demo"""
)
"""Commands that hold what staff say of the organisation itself, and nothing of requesters."""


STOCK: Mapping[str, dict[str, Any]] = {
    "plain": {},
    "problem": {"tags": ["problem"]},
    "incident": {"tags": ["incident"]},
    "mine": {"requester": "u-stock"},
    "owned": {"owner": "petros"},
    "watched": {"watchers": ["maria"]},
    "closed": {"state": "closed", "closed": NOW},
    "over": {"state": "closed", "closed": NOW, "tags": ["incident"], "major": True},
}
"""Tickets as steps begin with them, and what sets each kind apart."""


class Story:
    """One desk on which everything happens; a step is a command with the canary in it."""

    def __init__(self, desk: Runner, home: Path) -> None:
        self.desk = desk
        self.home = home
        self.clock = iter(range(1000))
        self.stock = dict[str, list[str]]()
        self.set = set[tuple[str, ...]]()
        self.shared = ""

    def made(self, *words: str, **more: Any) -> str:
        """The id of what a command made."""
        return self.desk(*words, "-f", "ids", **more).out.split()[0]

    def ticket(self, *more: str) -> str:
        return self.made("ticket", "create", "--title", TITLE, "--body", TEXT, "--department", "technical", *more)

    def problem(self) -> str:
        return self.ticket("--tag", "problem")

    def taken(self, kind: str = "plain") -> str:
        """A ticket with the canary in it for a step that begins with one, from a stock that one commit brings in."""
        if not self.stock.get(kind):
            self.stock = {each: self._stocked(each) for each in STOCK}
            owner = {"record": "user", "id": "u-stock", "name": NAME, "email": f"stock-{ADDRESS}", "group": "patient"}
            lines = [owner, *(self._described(each, i) for each, ids in self.stock.items() for i in ids)]
            self.desk("import", "-", stdin="".join(json.dumps(line) + "\n" for line in lines))
        return self.stock[kind].pop()

    def _stocked(self, kind: str) -> list[str]:
        left, wanted = self.stock.get(kind, []), 24 if kind == "plain" else 6
        return [*left, *(f"260723-{next(self.clock):04d}" for _ in range(len(left), wanted))]

    def _described(self, kind: str, ticket: str) -> dict[str, Any]:
        said = {"title": TITLE, "body": TEXT, "state": "open", "priority": "low", "author": "maria"}
        return {"record": "ticket", "id": ticket, "department": "technical", "created": NOW, **said, **STOCK[kind]}

    def configured(self, name: str, value: str) -> None:
        """A setting, which several steps need, put once."""
        if (name, value) not in self.set:
            self.set.add((name, value))
            self.desk("config", "set", name, value)

    def user(self) -> str:
        address = f"{next(self.clock)}-{ADDRESS}"
        words = ("--name", NAME, "--email", address, "--phone", PHONE, "--organisation", PLACE, "--group", "patient")
        return self.made("user", "create", *words)

    def article(self) -> str:
        """Staff choose the name."""
        slug = f"how-to-{next(self.clock)}"
        words = ("--type", "faq", "--topic", "faq", "--slug", slug, "--body", TEXT)
        return self.made("kb", "create", "--title", TITLE, *words)

    def hand(self, ticket: str, change: Callable[[str], str]) -> None:
        path = next(self.home.glob(f"records/tickets/**/{ticket}.md"))
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def _attach(story: Story) -> str:
    """A file with the canary in it; how files are called is up to whoever sends them (docs/privacy.md)."""
    path = story.home.parent / "scan.txt"
    path.write_text(f"{NAME} {PHONE}", encoding="utf-8")
    return str(path)


def _create(s: Story) -> None:
    s.ticket("--requester", ADDRESS, "--attach", _attach(s))


def _user(s: Story) -> None:
    s.user()


def _article(s: Story) -> None:
    s.article()


def _reply_with_file(s: Story) -> None:
    s.desk("ticket", "reply", s.taken(), "--body", TEXT, "--attach", _attach(s))


def _edit_entry(s: Story) -> None:
    ticket = s.taken()
    s.desk("ticket", "note", ticket, "--body", TEXT)
    s.desk("ticket", "edit", ticket, "--entry", "1", "--body", NAME)


def _delete_several(s: Story) -> None:
    s.desk("ticket", "delete", s.ticket("--attach", _attach(s)), s.taken())


def _unlink(s: Story) -> None:
    pair = s.taken(), s.taken()
    s.desk("ticket", "link", *pair)
    s.desk("ticket", "unlink", *pair)


def _merge(s: Story) -> None:
    s.desk("ticket", "merge", s.ticket("--attach", _attach(s)), "--into", s.taken())


def _split(s: Story) -> None:
    ticket = s.taken()
    s.desk("ticket", "reply", ticket, "--body", TEXT, "--attach", _attach(s))
    s.desk("ticket", "split", ticket, "--at", "1", "--title", f"{TITLE} too")


def _check(s: Story) -> None:
    ticket = s.taken()
    s.hand(ticket, lambda text: text.replace("\n---\n", f"\nchecklist: ['[ ] call {NAME}', '[ ] {TITLE}']\n---\n", 1))
    s.desk("commit")
    s.desk("ticket", "check", ticket, "1")
    s.desk("ticket", "check", ticket, "1", "--undo")
    s.desk("ticket", "check", ticket, "1", "2")


def _undo(s: Story) -> None:
    ticket = s.taken()
    s.desk("ticket", "edit", ticket, "--title", f"{TITLE} again")
    s.desk("ticket", "undo", ticket)


def _undo_any(s: Story) -> None:
    ticket = s.taken()
    s.desk("ticket", "edit", ticket, "--title", f"{TITLE} again")
    s.desk("undo")


def _resolve(s: Story) -> None:
    problem, incident = s.taken("problem"), s.taken("incident")
    s.desk("ticket", "link", incident, problem, "--as", "caused-by")
    s.desk("problem", "resolve", problem, "--fix", TEXT, "--close-incidents", "--body", TEXT, "--yes")


def _known_error(s: Story) -> None:
    problem = s.problem()
    s.desk("problem", "cause", problem, "--body", TEXT)
    s.desk("problem", "known-error", problem)
    s.desk("ticket", "close", problem)


def _hand(s: Story) -> None:
    """New, changed and deleted by hand, titles, texts and a cause; and an attachment."""
    ticket, problem, gone = s.taken(), s.taken("problem"), s.ticket("--attach", _attach(s))
    s.hand(ticket, lambda text: text.replace(TITLE, f"{TITLE}, and {NAME}"))
    s.desk("commit", "--reason", "spelling")
    s.hand(ticket, lambda text: text.replace(TEXT, f"{TEXT}\n{PHONE}").replace(TITLE, NAME))
    s.hand(problem, lambda text: text.replace("\n---\n", f"\ncause: {TEXT}\n---\n", 1))
    path = next(s.home.glob(f"records/tickets/**/{gone}.md"))
    path.unlink()
    for file in path.with_suffix(".files").iterdir():
        file.unlink()
    new = f"260101-{next(s.clock):04d}"
    other = s.home / f"records/tickets/2026/01/01/{new}.md"
    other.parent.mkdir(parents=True)
    text = next(s.home.glob(f"records/tickets/**/{problem}.md")).read_text(encoding="utf-8").replace(problem, new)
    other.write_text("\n".join(line for line in text.split("\n") if not line.startswith("salt:")), encoding="utf-8")
    s.desk("commit")
    folder = other.with_suffix(".files")
    folder.mkdir()
    (folder / "note.txt").write_text(NAME, encoding="utf-8")
    s.desk("commit")


def _import(s: Story) -> None:
    user, ticket = f"u-{next(s.clock):05d}", f"260102-{next(s.clock):04d}"
    entry = {"kind": "reply", "by": user, "at": "2026-01-03T10:00:00Z", "text": TEXT}
    lines: list[dict[str, Any]] = [
        {"record": "user", "id": user, "name": NAME, "email": f"i-{ADDRESS}", "group": "patient", "phone": PHONE},
        {"record": "ban", "id": "b-0123456789", "email": f"b-{ADDRESS}", "reason": TEXT},
        {"record": "ticket", "id": ticket, "title": TITLE, "state": "closed", "priority": "low", "author": user,
         "department": "technical", "created": "2026-01-02T10:00:00Z", "closed": "2026-01-04T10:00:00Z",
         "body": TEXT, "requester": user, "thread": [entry]},
        {"record": "ticket", "id": f"260102-{next(s.clock):04d}", "title": TITLE, "state": "open", "priority": "low",
         "department": "technical", "created": "2026-01-02T10:00:00Z", "author": user},
        {"record": "article", "id": "imported", "title": TITLE, "topic": "faq", "type": "faq", "state": "draft",
         "language": "en", "body": TEXT},
    ]  # fmt: skip
    given = "".join(json.dumps(line) + "\n" for line in lines)
    s.desk("import", "-", "--history", "--strict", stdin=given)
    assert s.desk("import", "-", "-f", "json", stdin=given).data["known"] == len(lines)


def _purge(s: Story) -> None:
    s.desk("field", "create", "ward", "--type", "text", "--on", "ticket")
    s.ticket("--field", f"ward={TEXT}")
    s.desk("field", "delete", "ward")
    s.desk("field", "purge", "ward")


def _doctor(s: Story) -> None:
    """A ticket from before there was salt."""
    path = next(s.home.glob(f"records/tickets/**/{s.ticket('--attach', _attach(s))}.md"))
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join(line for line in lines if not line.startswith("salt:")), encoding="utf-8")
    (path.with_suffix(".files") / ".salt").unlink()
    subprocess.run(["git", "-C", str(s.home), "commit", "-q", "--amend", "--no-edit", "-a"], check=True)
    before = indexes.head(s.home)
    s.desk("doctor", "--fix")
    assert indexes.head(s.home) != before


def _ban(s: Story) -> None:
    s.desk("user", "ban", f"ban-{ADDRESS}", "--reason", TEXT)


def _signup(s: Story) -> None:
    """By somebody who isn't on the staff, and whom git knows by name and address."""
    words = ("--name", NAME, "--email", f"self-{ADDRESS}", "--group", "patient", "--phone", PHONE)
    for key, value in (("user.name", NAME), ("user.email", f"self-{ADDRESS}")):
        subprocess.run(["git", "-C", str(s.home), "config", key, value], check=True)
    s.desk("user", "signup", *words)


def _sla(s: Story) -> None:
    s.desk("ticket", "pending", s.ticket(), "--until", "2026-07-24")
    s.desk("sla", "check", env={"DESK_NOW": "2026-08-24T06:00:00Z"})


def _sync(s: Story) -> None:
    """Two clones that meet, each with another title and another text for the same ticket."""
    ticket, s.shared = s.taken(), s.taken()
    hub, other = str(s.home.parent / "hub"), str(s.home.parent / "other")
    for words in (("clone", "-q", "--bare", str(s.home), hub), ("-C", str(s.home), "remote", "add", "origin", hub)):
        subprocess.run(["git", *words], check=True)
    copy_desk(s.home, Path(other))
    for place, title in ((other, f"{TITLE} in town"), (str(s.home), f"{TITLE} in the village")):
        s.desk("--desk", place, "ticket", "edit", ticket, "--title", title, "--body", f"{title}: {NAME}")
        s.desk("--desk", place, "sync")


def _mail(subject: str, *more: str) -> str:
    """A mail with the canary in it; each is another one."""
    head = (
        f"From: {NAME} <{ADDRESS}>",
        "To: servicedesk@ncpeh.example",
        f"Subject: {subject}",
        f"Date: {PLACE}",
        *more,
    )
    file = "Content-Type: text/plain; name=scan.txt\nContent-Disposition: attachment\n"
    body = f"--b\n\n{TEXT}\n{NAME} {PHONE}\n--b\n{file}\n{NAME}\n--b--\n"
    return "\n".join((*head, 'Content-Type: multipart/mixed; boundary="b"')) + "\n\n" + body


def _by_mail(s: Story) -> None:
    """A ticket, an answer, and what is no answer."""
    s.configured("mail.machines", "maria@ncpeh.example")
    reference = f"<{next(s.clock)}.{ADDRESS}>"
    _imported(
        s,
        _mail(TITLE, f"Message-ID: {reference}"),
        _mail(f"Re: {TITLE}", f"In-Reply-To: {reference}", f"Message-ID: <{next(s.clock)}.{ADDRESS}>"),
        _mail(TITLE, f"In-Reply-To: {reference}", "Auto-Submitted: auto-replied"),
    )


def _imported(s: Story, *mails: str) -> None:
    """Mails in a mailbox, one after the other."""
    given = "".join(f"From {ADDRESS} Thu Jul 23 06:12:44 2026\n{mail}\n" for mail in mails)
    s.desk("mail", "import", "-", stdin=given)


def _commands_by_mail(s: Story) -> None:
    """Fetching takes mails in by the same function."""
    s.configured("mail.machines", "maria@ncpeh.example")
    ticket = s.taken()
    lines = (f"#tag {TITLE.split(maxsplit=1)[0]}", "#tag incident")  # refused, and carried out
    _imported(s, *(_commanding(s, ticket, line) for line in lines))
    assert s.desk("ticket", "show", ticket, "-f", "json").data["tags"] == ["incident"]


def _commanding(s: Story, ticket: str, line: str) -> str:
    """A mail of staff that answers their own copy, with a command above the canary."""
    for name, value in (("commands", "true"), ("authserv", "mx.ncpeh.example")):
        s.configured(f"mail.{name}", value)
    place = Session(str(s.home), dict(os.environ), datetime.now(UTC)).place
    code = threading.message_id(ticket, "4f9a1c22", "maria@ncpeh.example", mailhost.key(place), "ncpeh.example")
    head = (
        "From: maria@ncpeh.example",
        f"Subject: {TITLE}",
        f"Message-ID: <{next(s.clock)}.{ADDRESS}>",
        f"In-Reply-To: {code}",
        "Authentication-Results: mx.ncpeh.example; dmarc=pass header.from=ncpeh.example",
    )
    return "\n".join(head) + f"\n\n{line}\n{TEXT}\n"


def _release(s: Story) -> None:
    s.configured("mail.machines", "maria@ncpeh.example")
    s.desk("mail", "import", "-", stdin=_mail(f"{TITLE} {next(s.clock)}", "Auto-Submitted: auto-replied"), code=10)
    s.desk("mail", "release", s.desk("mail", "held", "-f", "ids").out.split()[-1], "--as", "new")


def _refused(*command: str) -> Callable[[Story], None]:
    """A message that the server refuses for good, in words that name whom it was for: its ticket gets a note of it."""

    def step(s: Story) -> None:
        program = s.home / ".git/bin/sendmail"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\ncat > /dev/null\necho {NAME} {ADDRESS} {TEXT} >&2\nexit 67\n", encoding="utf-8")
        program.chmod(0o755)
        s.desk("config", "set", "mail.smtp.host", "sendmail")
        subprocess.run(["git", "-C", str(s.home), "config", "desk.mail.host", "true"], check=True)
        s.ticket("--requester", ADDRESS)
        s.desk(*command, code=10, env={"PATH": f"{program.parent}:{os.environ['PATH']}"})

    return step


def _relay(s: Story) -> None:
    """What a colleague pushed to be looked at is taken, over another change of the same ticket, which both have."""
    ticket, other = s.shared, str(s.home.parent / "other")
    for place, title in ((other, f"{TITLE} at night"), (str(s.home), f"{TITLE} by day")):
        s.desk("--desk", place, "ticket", "edit", ticket, "--title", title, "--body", f"{title}: {PHONE}")
    subprocess.run(["git", "-C", other, "push", "-q", "origin", "HEAD:in/maria"], check=True)
    s.desk("guard", "relay")


def _simple(*words: str) -> Callable[[Story], None]:
    """A command on a record of its own: {ticket}, {other}, {user}, {article}, or a ticket of a kind, such as {problem}."""

    def step(s: Story) -> None:
        made: dict[str, Callable[[], str]] = {
            "{ticket}": s.taken, "{other}": s.taken, "{user}": s.user, "{article}": s.article,
            **{f"{{{kind}}}": functools.partial(s.taken, kind) for kind in STOCK if kind != "plain"},
        }  # fmt: skip
        s.desk(*(made[word]() if word in made else word for word in words))

    return step


def _then(*steps: Callable[[Story], None]) -> Callable[[Story], None]:
    def run(s: Story) -> None:
        for step in steps:
            step(s)

    return run


STEPS: Mapping[str, Callable[[Story], None]] = {
    # First where many are taken on one desk: they act on every ticket and every message that is there.
    "sla check": _sla,
    "mail send": _refused("mail", "send"),
    "mail run": _refused("mail", "run"),
    "ticket create": _create,
    "ticket edit": _then(
        _simple("ticket", "edit", "{ticket}", "--title", f"{TITLE} indeed"),
        _simple("ticket", "edit", "{ticket}", "--title", NAME, "--body", PHONE),
        _edit_entry,
    ),
    "next": _then(_simple("ticket", "note", "{ticket}", "--body", TEXT), _simple("next")),
    "ticket assign": _simple("ticket", "assign", "{mine}", "--to", "petros"),
    "ticket unassign": _simple("ticket", "unassign", "{owned}"),
    "ticket escalate": _simple("ticket", "escalate", "{owned}", "--to", "maria"),
    "ticket move": _simple("ticket", "move", "{mine}", "--to", "legal"),
    "ticket classify": _simple("ticket", "classify", "{mine}", "--priority", "high"),
    "ticket tag": _simple("ticket", "tag", "{mine}", "incident"),
    "ticket untag": _simple("ticket", "untag", "{incident}", "incident"),
    "ticket reply": _then(
        _simple("ticket", "reply", "{mine}", "--body", TEXT, "--close"),
        _reply_with_file,
    ),
    "mail import": _by_mail,
    "mail fetch": _commands_by_mail,
    "mail release": _release,
    "ticket note": _simple("ticket", "note", "{mine}", "--body", TEXT),
    "ticket watch": _simple("ticket", "watch", "{mine}"),
    "ticket unwatch": _simple("ticket", "unwatch", "{watched}"),
    "ticket pending": _simple("ticket", "pending", "{mine}", "--for", "requester"),
    "ticket close": _simple("ticket", "close", "{mine}"),
    "ticket reopen": _simple("ticket", "reopen", "{closed}"),
    "ticket delete": _then(
        _simple("ticket", "delete", "{mine}"),
        _delete_several,
    ),
    "ticket major": _simple("ticket", "major", "{incident}"),
    "ticket review": _simple("ticket", "review", "{over}", "--body", TEXT),
    "ticket checklist": _simple("ticket", "checklist", "{mine}", "--from", "incident"),
    "ticket check": _check,
    "ticket undo": _undo,
    "undo": _undo_any,
    "ticket transfer": _simple("ticket", "transfer", "{incident}"),
    "ticket link": _simple("ticket", "link", "{mine}", "{other}"),
    "ticket unlink": _unlink,
    "ticket merge": _merge,
    "ticket split": _split,
    "problem open": _simple("problem", "open", "--title", TITLE, "--from", "{incident}"),
    "problem cause": _simple("problem", "cause", "{problem}", "--body", f"{TEXT}\n{NAME}"),
    "problem workaround": _simple("problem", "workaround", "{problem}", "--body", NAME),
    "problem resolve": _resolve,
    "problem known-error": _known_error,
    "response create": _simple(
        "response", "create", "hello", "--title", "Hello", "--body", "Dear {{ requester.name }}"
    ),
    "response edit": _simple("response", "edit", "hello", "--title", "Good day"),
    "response delete": _simple("response", "delete", "hello"),
    "kb create": _article,
    "kb edit": _simple("kb", "edit", "{article}", "--title", f"{TITLE}, and then"),
    "kb publish": _simple("kb", "publish", "{article}"),
    "kb review": _simple("kb", "review", "{article}", "--submit"),
    "kb retire": _simple("kb", "retire", "{article}"),
    "kb delete": _simple("kb", "delete", "{article}"),
    "user create": _user,
    "user signup": _signup,
    "user edit": _simple("user", "edit", "{user}", "--name", f"{NAME} Jr", "--phone", f"{PHONE} 4"),
    "user delete": _simple("user", "delete", "{user}"),
    "user ban": _ban,
    "user unban": _simple("user", "unban", f"ban-{ADDRESS}"),
    "field purge": _purge,
    "commit": _hand,
    "sync": _sync,
    "doctor": _doctor,
    "guard relay": _relay,
    "import": _import,
}
FIRST = {
    "response edit": "response create",
    "response delete": "response create",
    "user unban": "user ban",
    "guard relay": "sync",
}
"""What must have been done before."""
LEAVES = {path for path, row in COMMANDS.items() if row.target}


def test_every_command_has_a_row() -> None:
    rows = [*STEPS, *READS, *OF_STAFF]
    assert sorted(rows) == sorted(LEAVES)


def in_person(s: Story) -> None:
    """A requester registers, answers, closes and opens again, as by mail or at a portal."""
    user = s.user()
    now = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)
    files = {"scan.txt": NAME.encode()}

    def session() -> Session:
        return Session(str(s.home), dict(os.environ), now, requester=user)

    own = lifecycle.create(session(), NewTicket(TITLE, TEXT, files=files)).change.edits[0].record.id
    lifecycle.reply(session(), [own], NewEntry(lambda _: f"{TEXT} {NAME}"))
    lifecycle.close(session(), [own], resolution="withdrawn")
    lifecycle.reopen(session(), [own])


def canaries(home: Path) -> Iterator[str]:
    """The canaries in commit objects and in file names."""

    def git(*args: str, data: bytes = b"") -> bytes:
        return subprocess.run(["git", "-C", str(home), *args], input=data, capture_output=True, check=True).stdout

    commits = git("rev-list", "--all")
    raw = git("cat-file", "--batch", data=commits) + git("log", "--all", "--format=", "--name-only", "-z")
    assert raw.count(b"\ntree ") == len(commits.split())
    text = raw.decode(errors="replace").lower()
    for word in CANARIES:
        if word in text:
            at = text.index(word)
            yield f"{word}: … {text[max(0, at - 300) : at + 40]} …"


DESKS = 2
"""As many as the steps are dealt out to; nothing else is asked of their number."""


def dealt(number: int) -> list[str]:
    """The steps of a desk: first the one that takes a commit back, for which the index is built anew.

    Whoever signs up is the last: git knows nobody else there afterwards.
    """
    steps = [*STEPS, "in person"][number::DESKS]
    return sorted(steps, key=lambda step: (step == "user signup") - (step == "doctor"))


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pseudo.write(tmp_path_factory.mktemp("locale"))


@pytest.mark.parametrize("number", range(DESKS))
def test_no_canary_in_the_history(desk: Runner, home: Path, catalogues: Path, number: int) -> None:
    """Each step commits; the history of all of them holds no canary, no fault, and is what the index stands for.

    And each speaks the language that it was asked in: nothing is left in English but what is data or typed as it stands.
    The index stays the file that it was: what a step got wrong in it, no other puts right by building it anew.
    """
    listener = Listener(desk, catalogues)
    story, done, files = Story(listener, home), set[str](), set[Path]()
    for step in dealt(number):
        gather_packs(home)
        before = indexes.head(home)
        for name in (FIRST.get(step), step):
            if name is not None and name not in done:
                done.add(name)
                {**STEPS, "in person": in_person}[name](story)
        assert indexes.head(home) != before, f"{step} commits"
        files.add((home / ".git/desk/index.sqlite").readlink())
    assert listener.left == {}
    assert list(canaries(home)) == []
    assert "no fault" in desk("audit", "verify").out
    assert len(files) == 1
    indexes.assert_index_is_exact(home)


def test_the_search_finds_a_canary(desk: Runner, home: Path) -> None:
    """With titles, the same history has them; and so has a reason that staff gave."""
    desk("config", "set", "history.titles", "true")
    story = Story(desk, home)
    story.ticket()
    assert any("quibblewort" in words for words in canaries(home))
    desk("ticket", "close", story.ticket(), "--reason", NAME)
    assert any("zanthippe" in words for words in canaries(home))
