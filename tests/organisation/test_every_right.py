"""The table of rights, every row of it, through the command line: each level, own and foreign department, public and
private, a ticket of one's own or not; with the real commands on a ticket of its own each.
"""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from desk.codec import records as codec_records
from desk.domain.model.fields import parse_time
from desk.domain.model.record import Entry
from desk.domain.model.ticket import Ticket
from desk.domain.rights.rights import RIGHTS, Right
from desk.store.snapshot import ALPHABET
from tests.beginnings import gather_packs
from tests.conftest import NOW, Runner, runner
from tests.copies import copy_desk
from tests.organisation.test_rights import CASES as BY_COMMAND

TICKET_RIGHTS = [(right, verb) for right in RIGHTS if right.kind == "ticket" for verb in right.verbs]
ACTORS = {"one": 1, "two": 2, "three": 3}
HELPERS = ("helper", "other")
"""They serve every department, so that work can be given to them."""
DEPARTMENTS = {
    ("own", False): "technical",
    ("own", True): "board",
    ("foreign", False): "legal",
    ("foreign", True): "audit",
}
PLACES = [("own", False), ("foreign", False), ("foreign", True)]
"""Whose department, and whether whoever acts wrote the ticket."""


class Case(NamedTuple):
    """One cell of the table, with a ticket for it, and the others that the command needs."""

    verb: str
    handle: str
    serves: bool
    wrote: bool
    private: bool
    ticket: str
    partner: str


def cases() -> Iterator[Case]:
    for day, (right, verb) in enumerate(TICKET_RIGHTS):  # so that no folder is large
        date = f"26{1 + day // 28:02}{1 + day % 28:02}"
        ids = (f"{date}-A{b}{c}{d}" for b, c, d in itertools.product(ALPHABET, repeat=3))
        for handle, (where, wrote), private in itertools.product(ACTORS, PLACES, (False, True)):
            serves = where == "own"
            if serves or wrote or right.allows(ACTORS[handle], serves=False, wrote=False):
                yield Case(verb, handle, serves, wrote, private, next(ids), next(ids))
            else:  # a ticket that all of them are refused stays as it is
                yield Case(
                    verb, handle, serves, wrote, private, f"{date}-{'RP'[private]}AAA", f"{date}-{'RP'[private]}BBB"
                )


CASES = list(cases())


PARTNERS = ("link", "unlink", "merge")
"""Verbs that need a second ticket, in the same place."""


def department(case: Case) -> str:
    return DEPARTMENTS["own" if case.serves else "foreign", case.private]


def records(case: Case) -> list[Ticket]:
    """The ticket in the state that the verb starts from, and its partner."""
    at = parse_time(NOW)
    values: dict[str, Any] = {
        "id": case.ticket, "title": "T", "state": "open", "priority": "low", "department": department(case),
        "author": case.handle if case.wrote else "helper", "created": NOW,
    }  # fmt: skip
    partner = Ticket.new(**{**values, "id": case.partner})
    more: dict[str, dict[str, Any]] = {
        "unassign": {"owner": "helper"},
        "escalate": {"owner": "other"},
        "major": {"tags": ["incident"], "owner": "helper"},
        "major-off": {"tags": ["incident"], "major": True},
        "review": {"tags": ["incident"], "major": True, "state": "closed", "closed": NOW},
        "check": {"checklist": ["[ ] Call"]},
        "uncheck": {"checklist": ["[x] Call"]},
        "untag": {"tags": ["incident"]},
        "reopen": {"state": "closed", "closed": NOW},
        "unlink": {"links": [f"relates {case.partner}"]},
        "unwatch": {"watchers": list(ACTORS)},
        "cause": {"tags": ["problem"]},
        "workaround": {"tags": ["problem"]},
        "resolve": {"tags": ["problem"]},
    }
    if case.verb == "unlink":
        partner = partner.evolve(links=[f"relates {case.ticket}"])
    ticket = Ticket.new(**{**values, **more.get(case.verb, {})})
    ticket = ticket.evolve(thread=(Entry("note", case.handle, at, "Seen."),))
    return [ticket, partner] if case.verb in PARTNERS else [ticket]


def words(case: Case) -> tuple[str, ...]:
    """The command of a case."""
    own = case.ticket
    given = {
        "create": ("create", "--title", "T", "--department", department(case)),
        "assign": ("assign", own, "--to", "helper"),
        "escalate": ("escalate", own, "--to", "helper"),
        "escalate-up": ("escalate", own, "--up"),
        "major-off": ("major", own, "--off"),
        "review": ("review", own, "--body", "x"),
        "checklist": ("checklist", own, "--from", "incident"),
        "check": ("check", own, "1"),
        "uncheck": ("check", own, "1", "--undo"),
        "classify": ("classify", own, "--priority", "high"),
        "tag": ("tag", own, "incident"),
        "untag": ("untag", own, "incident"),
        "reply": ("reply", own, "--body", "x"),
        "note": ("note", own, "--body", "x"),
        "edit-reply": ("edit", own, "--entry", "1", "--body", "y"),
        "edit": ("edit", own, "--title", "U"),
        "link": ("link", own, case.partner),
        "unlink": ("unlink", own, case.partner),
        "move": ("move", own, "--to", "semantic"),
        "merge": ("merge", own, "--into", case.partner),
        "split": ("split", own, "--at", "1"),
        "cause": ("cause", own, "--body", "x"),
        "workaround": ("workaround", own, "--body", "x"),
    }
    return given.get(case.verb, (case.verb, own))


def noun(case: Case) -> str:
    return "problem" if case.verb in ("cause", "workaround", "resolve") else "ticket"


@pytest.fixture(scope="module")
def stage(_template: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A desk with every ticket of every case in it."""
    top = tmp_path_factory.mktemp("rights") / "desk"
    copy_desk(_template, top)
    served = ", ".join([*DEPARTMENTS.values(), "semantic"])
    for handle, level in {**ACTORS, **dict.fromkeys(HELPERS, 3)}.items():
        departments = served if handle in HELPERS else "technical, board"
        text = f"id: {handle}\nname: {handle}\nemail: {handle}@ncpeh.example\nlevel: {level}\ndepartments: [{departments}]\n"
        (top / f"records/staff/{handle}.yaml").write_text(text, encoding="utf-8")
    for name in ("board", "audit"):
        text = f"id: {name}\nname: {name}\nprivate: true\nescalation: helper\n"
        (top / f"records/departments/{name}.yaml").write_text(text, encoding="utf-8")
    for name in ("technical", "legal"):
        with (top / f"records/departments/{name}.yaml").open("a", encoding="utf-8") as file:
            file.write("escalation: helper\n")
    for ticket in {t.id: t for case in CASES for t in records(case)}.values():
        path = top / ticket.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(codec_records.encode(ticket))
    for command in (["add", "."], ["commit", "-q", "-m", "stage"]):
        subprocess.run(["git", "-C", os.fspath(top), *command], check=True, env=environment)
    return top


@pytest.fixture
def on_stage(stage: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:
    monkeypatch.chdir(stage)
    gather_packs(stage)
    return runner(capsys, monkeypatch)


ALONE = ("create", "edit-reply", *PARTNERS)
"""Verbs whose command doesn't do the same to several tickets."""
MADE = ("create", "split", "transfer")
"""Verbs whose command names the tickets that it has made."""


@pytest.mark.parametrize(("right", "verb"), TICKET_RIGHTS, ids=[v for _, v in TICKET_RIGHTS])
def test_rights_on_tickets(on_stage: Runner, right: Right, verb: str) -> None:
    """Each is refused by itself; what somebody may do is done in one command, which nothing that is refused would end well."""
    cases = [case for case in CASES if case.verb == verb]
    may = [c for c in cases if right.allows(ACTORS[c.handle], serves=c.serves, wrote=c.wrote)]
    refused = [c for c in cases if c not in may]
    allowed = [once for _, group in itertools.groupby(may, key=lambda c: c.handle) for once in at_once(verb, [*group])]
    for ticket in dict.fromkeys(c.ticket for c in (*refused, *allowed)) if verb == "undo" else ():
        on_stage("--as", "helper", "ticket", "classify", ticket, "--priority", "high")
    for case in refused:
        done = on_stage("--as", case.handle, noun(case), *words(case), code=None)
        assert done.code == 5, f"{case}\n{done.out}{done.err}"
    for case in allowed:
        done = on_stage("--as", case.handle, noun(case), *words(case), "-f", "ids", code=None)
        assert done.code == 0, f"{case}\n{done.out}{done.err}"
        ids, wanted = done.out.split(), case.ticket.split(",")
        assert len(ids) == len(wanted) if verb in MADE else ids == wanted


def at_once(verb: str, theirs: list[Case]) -> list[Case]:
    """What one person may do, in as few commands as there are for it."""
    if verb == "create":  # of nothing: whoever wrote it doesn't come into it
        return list({department(case): case for case in theirs}.values())
    return theirs if verb in ALONE else [theirs[0]._replace(ticket=",".join(c.ticket for c in theirs))]


@pytest.mark.parametrize("verb", ["close", "reply"])
def test_one_ticket_that_is_refused_ends_what_is_done_to_several(on_stage: Runner, verb: str) -> None:
    links = [case for case in CASES if case.verb == "link" and case.handle == "one"]
    own, foreign = (next(case for case in links if case.serves is serves) for serves in (True, False))
    both = own._replace(verb=verb, ticket=f"{own.partner},{foreign.partner}")
    assert on_stage("--as", "one", "ticket", *words(both), code=5).out == ""


@pytest.mark.parametrize("private", [False, True])
def test_users_tickets_stay_public(on_stage: Runner, *, private: bool) -> None:
    """The column `public`: what would bring a user's ticket into a private department is refused, for every level."""
    where = DEPARTMENTS["own", private]
    code = 5 if private else 0
    user = ("--requester", "anna@clinic.example")
    theirs = ours = ""
    for handle in ACTORS:

        def new(department: str, *more: str, code: int = 0, handle: str = handle) -> str:
            words = ("create", "--title", "T", "--department", department, *more, "-f", "ids")
            return on_stage("--as", handle, "ticket", *words, code=code).out.strip()

        made = new(where, *user, code=code)
        if made or not theirs:  # what is refused to one stays as it is for the next
            theirs, ours = made or new("technical", *user), new(where)
        for words in (("merge", theirs, "--into", ours), ("move", theirs, "--to", where))[: 1 + private]:
            on_stage("--as", handle, "ticket", *words, code=code)


def test_every_level_differs_somewhere() -> None:
    """The table says what rule 2 says: 1 tickets and users, 2 also knowledge, 3 also staff and settings."""
    levels = {r.kind: r.level for r in RIGHTS if r.verbs != ("delete",)}
    tried = {kind.rpartition(" ")[2]: needed for kind, (needed, *_) in BY_COMMAND.items()}
    # Whoever may run `desk sla check`, mend or import is tried in tests/sla, tests/care and tests/tools.
    assert {
        **tried,
        **{kind: levels[kind] for kind in (*KNOWLEDGE, "settings")},
        "ticket": 1,
        "sla": 1,
        "history": 3,
        "desk": 3,
    } == levels
    assert {k for k, v in levels.items() if v == 1} == {"ticket", "user", "ban", "sla"}
    assert {k for k, v in levels.items() if v == 2} == {"topic", "article", "response", "checklist", "field"}
    assert {k for k, v in levels.items() if v == 3} == {
        "staff",
        "department",
        "group",
        "tag",
        "machine",
        "settings",
        "history",
        "desk",
    }


LEVELS = {"nikos": 1, "eleni": 2, "maria": 3}


def test_right_to_seal_history(desk: Runner) -> None:
    needed = next(r.level for r in RIGHTS if "seal" in r.verbs)
    for handle, level in LEVELS.items():
        desk("--as", handle, "audit", "seal", code=0 if level >= needed else 5)


KNOWLEDGE = {
    "topic": ("kb/{who}/topic.yaml", "id: {who}\ntitle: New\n"),
    "article": ("kb/faq/of-{who}.md", "---\nid: of-{who}\ntitle: New\ntopic: faq\nlanguage: en\n---\n\nText\n"),
    "response": ("templates/responses/{who}.en.md", "---\nid: {who}.en\ntitle: New\nlanguage: en\n---\n\nText\n"),
    "checklist": (
        "templates/checklists/{who}.en.md",
        "---\nid: {who}.en\ntitle: New\nlanguage: en\n---\n\n- [ ] Call\n",
    ),
}


def test_rights_on_files_written_by_hand(desk: Runner, home: Path) -> None:
    """Articles are written in an editor: `desk commit` keeps the rights."""
    for kind, (who, level) in itertools.product(KNOWLEDGE, LEVELS.items()):
        needed = next(r.level for r in RIGHTS if r.kind == kind)
        path, text = (words.format(who=who) for words in KNOWLEDGE[kind])
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, encoding="utf-8")
        desk("--as", who, "commit", path, code=0 if level >= needed else 5)


def test_rights_on_settings_edited_by_hand(desk: Runner, home: Path) -> None:
    text = (home / "desk.toml").read_text(encoding="utf-8")
    needed = next(r.level for r in RIGHTS if r.kind == "settings")
    for who, level in LEVELS.items():
        (home / "desk.toml").write_text(text.replace("limit = 50 ", f"limit = {40 + level} "), encoding="utf-8")
        desk("--as", who, "commit", "desk.toml", code=0 if level >= needed else 5)
