"""Forged histories, a few lines each, with what an auditor must be told of them."""

from __future__ import annotations

import os
import subprocess
import zlib
from collections.abc import Callable
from typing import NamedTuple, cast

from desk.audit import seals
from desk.codec import places
from desk.domain.knowledge import articles
from desk.domain.model.article import Article
from desk.git.place import find
from tests.audit.cast import ANNA, AT, DESK, GHOST, MALLORY, MARIA, NIKOS, PETROS, Scene

FAULT, REMARK = "fault", "remark"


class Forged(NamedTuple):
    """A forged history: what it does, and the least that the audit must say, of a finding with these words in it."""

    name: str
    do: Callable[[Scene], object]
    level: str
    words: str
    args: tuple[str, ...] = ()


CASES: list[Forged] = []


def forged(
    words: str = "", level: str = FAULT, *args: str
) -> Callable[[Callable[[Scene], object]], Callable[[Scene], object]]:
    """Puts a history among the cases, under the name of its function."""

    def add(do: Callable[[Scene], object]) -> Callable[[Scene], object]:
        CASES.append(Forged(do.__name__, do, level, words, args))
        return do

    return add


# -- merges by git (1.1) -----------------------------------------------------------------------------------------------


def _branch(scene: Scene, at: str = "HEAD") -> None:
    scene.git("checkout", "-q", "-b", "side", at)


def _merge(scene: Scene, who: tuple[str, str] = MALLORY, *args: str, message: str = "Merge") -> None:
    """The side joins main, by whatever strategy; main is checked out afterwards."""
    scene.as_(who, "merge", "-q", "--no-ff", "-m", message, *args)
    scene.git("checkout", "-q", "-B", "main")
    scene.git("branch", "-q", "-D", "side")


@forged("may not delete")
def a_merge_drops_everything(scene: Scene) -> None:
    _branch(scene, scene.commits[0] + "~1")
    scene.as_(PETROS, "commit", "-q", "--allow-empty", "-m", "n")
    _merge(scene, PETROS, "-s", "ours", "main")


@forged("lost an entry")
def a_merge_keeps_an_old_version_of_one_file(scene: Scene) -> None:
    _branch(scene, scene.commits[1])
    scene.as_(PETROS, "commit", "-q", "--allow-empty", "-m", "n")
    scene.as_(PETROS, "merge", "-q", "--no-ff", "--no-commit", "main")
    scene.git("checkout", scene.commits[1], "--", scene.path("T").relative_to(scene.home).as_posix())
    scene.as_(PETROS, "commit", "-q", "-m", "Merge")
    scene.git("checkout", "-q", "-B", "main")
    scene.git("branch", "-q", "-D", "side")


@forged("lost an entry")
def a_merge_keeps_an_old_version_from_its_second_parent(scene: Scene) -> None:
    _branch(scene, scene.commits[1])
    scene.as_(PETROS, "commit", "-q", "--allow-empty", "-m", "n")
    scene.git("checkout", "-q", "main")
    scene.as_(PETROS, "merge", "-q", "--no-ff", "--no-commit", "side")
    scene.git("checkout", scene.commits[1], "--", scene.path("T").relative_to(scene.home).as_posix())
    scene.as_(PETROS, "commit", "-q", "-m", "Merge")
    scene.git("branch", "-q", "-D", "side")


@forged("staff")
def a_merge_brings_a_level_back(scene: Scene) -> None:
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.hand(MARIA, "up")
    _branch(scene)
    scene.git("checkout", "-q", "main")
    scene.swap("staff/mallory", ("level: 3", "level: 1"))
    scene.hand(MARIA, "down")
    scene.git("checkout", "-q", "side")
    scene.as_(MALLORY, "commit", "-q", "--allow-empty", "-m", "n")
    _merge(scene, MALLORY, "-s", "ours", "main")


@forged("tells")
def a_merge_tells_of_a_verb(scene: Scene) -> None:
    _branch(scene)
    scene.as_(MALLORY, "commit", "-q", "--allow-empty", "-m", "n")
    scene.git("checkout", "-q", "main")
    scene.as_(MARIA, "commit", "-q", "--allow-empty", "-m", "m")
    _merge(scene, MALLORY, "side", message=f"Merge\n\nDesk-Verb: close\nDesk-Actor: mallory\nDesk-Ticket: {scene.l}")


@forged("may not")
def a_merge_changes_a_foreign_ticket(scene: Scene) -> None:
    _branch(scene)
    scene.as_(MALLORY, "commit", "-q", "--allow-empty", "-m", "n")
    scene.git("checkout", "-q", "main")
    scene.as_(MARIA, "commit", "-q", "--allow-empty", "-m", "m")
    scene.as_(MALLORY, "merge", "-q", "--no-ff", "--no-commit", "side")
    scene.swap("L", ("title: The contract", "title: Void"))
    scene.git("add", "-A")
    scene.as_(MALLORY, "commit", "-q", "-m", "Merge")
    scene.git("branch", "-q", "-D", "side")


# -- imports (1.2) -----------------------------------------------------------------------------------------------------


@forged("import")
def an_importer_makes_herself_level_3(scene: Scene) -> None:
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.told("edit", "maria", "Desk-Record: staff/mallory", "Desk-To: level", "Desk-Import: maria")


@forged("import")
def an_importer_rewrites_replies(scene: Scene) -> None:
    scene.swap("T", ("I promise nothing.", "I promise everything."))
    scene.told("edit", "petros", "Desk-Ticket: {T}", "Desk-To: reply 1", "Desk-Import: maria")


@forged("import")
def an_importer_writes_into_a_ticket_that_was_there(scene: Scene) -> None:
    scene.entry("T", "Reply", "petros", "I approve the payment.")
    scene.told("reply", "petros", "Desk-Ticket: {T}", "Desk-Import: maria")


@forged("import")
def an_importer_is_somebody_elses_machine(scene: Scene) -> None:
    _new(scene, "260101-AAAA", "author: petros\ncreated: 2026-01-01T00:00:00Z")
    scene.told("create", "petros", "Desk-Ticket: 260101-AAAA", "Desk-To: technical", "Desk-Import: maria")


def _new(scene: Scene, ticket: str, lines: str, text: str = "x", department: str = "technical") -> None:
    path = f"records/tickets/20{ticket[:2]}/{ticket[2:4]}/{ticket[4:6]}/{ticket}.md"
    head = f"id: {ticket}\ntitle: Made up\nstate: open\npriority: low\ndepartment: {department}\n"
    scene.write(path, f"---\n{head}{lines}\n---\n\n{text}\n")


# -- the desk itself (1.3) ---------------------------------------------------------------------------------------------


@forged("desk itself")
def desk_closes_a_foreign_ticket(scene: Scene) -> None:
    _closed(scene, "2026-07-23T06:12:44Z", "L")
    scene.told("close", "desk", "Desk-Ticket: {L}", "Desk-From: open", "Desk-To: closed")


@forged("desk itself")
def desk_resumes_what_is_open(scene: Scene) -> None:
    scene.swap("L", ("state: open", "state: pending\npending_until: 2027-01-01"))
    scene.told("resume", "desk", "Desk-Ticket: {L}", "Desk-From: open", "Desk-To: pending until 2027-01-01")


@forged("desk itself")
def desk_takes_an_owner_off(scene: Scene) -> None:
    scene.run("ticket", "assign", scene.t, "--to", "maria")
    scene.swap("T", ("owner: maria\n", ""))
    scene.told("unassign", "desk", "Desk-Ticket: {T}", "Desk-From: maria")


@forged("work in hand isn't deleted")
def an_owned_ticket_is_deleted(scene: Scene) -> None:
    scene.run("ticket", "assign", scene.t, "--to", "maria")
    scene.drop("T")
    scene.hand(MARIA)


@forged("due")
def desk_moves_a_due_time(scene: Scene) -> None:
    _levels(scene)
    due = _due(scene)
    scene.swap("T", (f"due: {due}", "due: 2036-07-30T06:12:44Z"))
    scene.told("renew", "desk", "Desk-Ticket: {T}", f"Desk-From: {due}", "Desk-To: 2036-07-30T06:12:44Z", who=DESK)


@forged("sla")
def desk_takes_a_breach_back(scene: Scene) -> None:
    _breached(scene)
    _without_breach(scene)
    scene.told("renew", "desk", "Desk-Ticket: {T}", who=DESK)


def _levels(scene: Scene) -> None:
    """Service levels in force, and a ticket of the desk that has them."""
    scene.t = str(
        scene.run("ticket", "create", "-f", "ids", "--department", "technical", "--title", "Late").out
    ).strip()
    assert "\ndue: " in scene.text("T"), scene.text("T")


def _due(scene: Scene) -> str:
    return scene.text("T").partition("\ndue: ")[2].partition("\n")[0]


def _breached(scene: Scene) -> None:
    _levels(scene)
    scene.run("sla", "check", env={"DESK_NOW": "2027-07-23T06:12:44Z"})
    assert "breach" in scene.text("T")


def _without_breach(scene: Scene) -> None:
    head, _, rest = scene.text("T").partition("\nsla:")
    lines = rest.split("\n")
    kept = lines[1:]
    while kept and kept[0].startswith(("-", " ")):
        kept = kept[1:]
    scene.write("T", "\n".join([head, *kept]))


# -- verbs that hide (1.4) ---------------------------------------------------------------------------------------------


@forged("created")
def an_unknown_verb_changes_when_it_was_registered(scene: Scene) -> None:
    scene.swap("T", ("created: 2026", "created: 2025"))
    scene.told("frobnicate", "mallory", "Desk-Ticket: {T}")


@forged("", REMARK)
def an_unknown_verb_changes_the_title(scene: Scene) -> None:
    scene.swap("T", ("title: The ticket", "title: Mine"), ("priority: low", "priority: high"))
    scene.told("frobnicate", "mallory", "Desk-Ticket: {T}")


@forged("may not")
def an_unknown_verb_changes_a_level(scene: Scene) -> None:
    scene.swap("staff/petros", ("level: 1", "level: 3"))
    scene.told("frobnicate", "mallory", "Desk-Record: staff/petros")


@forged("own level")
def an_unknown_verb_changes_her_own_level(scene: Scene) -> None:
    scene.swap("staff/nikos", ("level: 3", "level: 2"))
    scene.told("frobnicate", "nikos", "Desk-Record: staff/nikos", who=NIKOS)


@forged("ban")
def a_ban_of_a_ticket(scene: Scene) -> None:
    scene.swap("T", ("title: The ticket", "title: Mine"), ("created: 2026", "created: 2025"))
    scene.told("ban", "mallory", "Desk-Ticket: {T}")


@forged("signup")
def a_signup_of_a_ticket(scene: Scene) -> None:
    scene.swap("T", ("title: The ticket", "title: Mine"))
    scene.told("signup", "mallory", "Desk-Ticket: {T}")


@forged("ban")
def a_ban_of_a_staff_member(scene: Scene) -> None:
    scene.swap("staff/petros", ("level: 1", "level: 2"))
    scene.told("ban", "maria", "Desk-Record: staff/petros", who=MARIA)


@forged("", REMARK)
def an_unknown_verb_on_an_article(scene: Scene) -> None:
    scene.swap("kb/how-to/how-to-restart.md", ("Press the button.", "Pull the plug."))
    scene.told("frobnicate", "anna", "Desk-Record: article/how-to-restart", who=ANNA)


@forged("may not")
def an_unknown_verb_on_an_article_by_level_1(scene: Scene) -> None:
    scene.swap("kb/how-to/how-to-restart.md", ("Press the button.", "Pull the plug."))
    scene.told("frobnicate", "mallory", "Desk-Record: article/how-to-restart")


@forged("x-key")
def a_layout_hides_a_key(scene: Scene) -> None:
    scene.key("T", "x-key: approved by maria")
    scene.told("edit", "mallory", "Desk-Ticket: {T}", "Desk-To: layout")


@forged("undo")
def an_undo_of_nothing(scene: Scene) -> None:
    scene.swap("T", ("title: The ticket", "title: Mine"))
    scene.told("undo", "mallory", "Desk-Ticket: {T}", "Desk-To: told you")


# -- undo, split, merge of tickets (1.5) -------------------------------------------------------------------------------


@forged("undo")
def an_undo_of_words_of_others(scene: Scene) -> None:
    path = scene.path("T").relative_to(scene.home).as_posix()
    scene.git("checkout", scene.commits[0], "--", path)
    scene.told("undo", "mallory", "Desk-Ticket: {T}", f"Desk-To: merge {scene.commits[1][:10]}")


@forged("undo")
def an_undo_of_a_commit_outside_history(scene: Scene) -> None:
    text = scene.text("T")
    scene.swap("T", ("I promise nothing.", "I promise everything."))
    scene.hand(MALLORY)
    scene.write("T", text + "\n")
    dangling = scene.hand(MALLORY)
    scene.git("reset", "-q", "--hard", "HEAD~2")
    scene.swap("T", ("I promise nothing.", "I promise everything."))
    scene.told("undo", "mallory", "Desk-Ticket: {T}", f"Desk-To: merge {dangling[:10]}")


@forged("undo")
def an_undo_of_an_older_change(scene: Scene) -> None:
    scene.run("ticket", "classify", scene.t, "--priority", "high")
    done = scene.git("rev-parse", "HEAD")
    scene.run("ticket", "note", scene.t, "--body", "Seen by maria.")
    scene.git("checkout", f"{done}~1", "--", scene.path("T").relative_to(scene.home).as_posix())
    scene.told("undo", "mallory", "Desk-Ticket: {T}", f"Desk-To: classify {done[:10]}")


@forged("undo")
def an_undo_that_calls_it_something_else(scene: Scene) -> None:
    scene.run("ticket", "reply", scene.t, "--body", "By maria.")
    done = scene.git("rev-parse", "HEAD")
    scene.git("checkout", f"{done}~1", "--", scene.path("T").relative_to(scene.home).as_posix())
    scene.told("undo", "mallory", "Desk-Ticket: {T}", f"Desk-To: split {done[:10]}")


@forged("entry")
def a_split_lets_an_entry_vanish(scene: Scene) -> None:
    text = scene.text("T")
    head, _, _rest = text.partition("\n## Reply by maria")
    _new(scene, "260723-SPKT", f"author: mallory\ncreated: 2026-07-23T06:12:44Z\nlinks: [relates {scene.t}]")
    scene.write("T", f"{head}\n")
    scene.key("T", "links: [relates 260723-SPKT]")
    scene.told(
        "split", "mallory", "Desk-Ticket: {T}", "Desk-To: 260723-SPKT",
        "Desk-Ticket: 260723-SPKT", "Desk-Effect: create", "Desk-To: technical",
    )  # fmt: skip


@forged("carried")
def a_merge_of_tickets_forges_a_note(scene: Scene) -> None:
    scene.run("ticket", "merge", scene.own, "--into", scene.t, code=0)
    scene.git("reset", "-q", "--soft", "HEAD~1")
    scene.swap("T", ("My own", "Maria approves the payment"))
    scene.told(
        "merge", "mallory", "Desk-Ticket: {OWN}", "Desk-To: {T}", "Desk-Also: close", "Desk-From: open", "Desk-To: closed",
        "Desk-Ticket: {T}", "Desk-From: {OWN}",
    )  # fmt: skip


# -- objects (1.7) -----------------------------------------------------------------------------------------------------


def _unpack(scene: Scene) -> None:
    """Every object in a file of its own; the packs are there again when the history is over."""
    for pack in (scene.home / ".git/objects/pack").glob("*.pack"):
        content = pack.read_bytes()
        for file in (pack, *pack.parent.glob(f"{pack.stem}.*")):
            if file.exists():
                scene.keep(file)
                file.unlink()
        subprocess.run(["git", "-C", str(scene.home), "unpack-objects", "-q"], input=content, check=True)


@forged("fsck", FAULT, "--full")
def an_object_is_not_what_its_name_says(scene: Scene) -> None:
    scene.swap("T", ("It fails.", "It fails now."))
    scene.hand(MARIA)  # git itself makes a file of each object; desk one pack
    text = scene.text("T").replace("I promise nothing.", "I promise anything").encode()
    name = scene.git("rev-parse", f"HEAD:{scene.path('T').relative_to(scene.home).as_posix()}")
    _unpack(scene)
    path = scene.home / ".git/objects" / name[:2] / name[2:]
    scene.keep(path)
    path.unlink()
    path.write_bytes(zlib.compress(b"blob %d\0" % len(text) + text))


@forged("graft")
def grafts(scene: Scene) -> None:
    path = scene.home / ".git/info/grafts"
    path.parent.mkdir(exist_ok=True)
    scene.keep(path)
    path.write_text(f"{scene.git('rev-parse', 'HEAD')} {scene.commits[0]}\n", encoding="utf-8")


# -- times (1.8) -------------------------------------------------------------------------------------------------------


def _closed(scene: Scene, at: str, name: str = "OWN") -> None:
    scene.swap(name, ("state: open", "state: closed"))
    scene.key(name, f"closed: {at}")


@forged("closed")
def closed_years_before_the_commit(scene: Scene) -> None:
    _closed(scene, "2020-01-01T00:00:00Z")
    scene.told("close", "mallory", "Desk-Ticket: {OWN}", "Desk-From: open", "Desk-To: closed")


@forged("closed")
def closed_years_after_the_commit_by_hand(scene: Scene) -> None:
    _closed(scene, "2099-01-01T00:00:00Z")
    scene.hand()


@forged("closed")
def the_closing_time_of_a_closed_ticket(scene: Scene) -> None:
    scene.run("ticket", "close", scene.own)
    scene.swap("OWN", ("closed: 2026-07-23T06:12:44Z", "closed: 2026-07-22T06:12:44Z"))
    scene.hand()


@forged("entry")
def a_reply_of_another_year(scene: Scene) -> None:
    scene.entry("T", "Reply", "mallory", "I answered at once.", "2020-01-01T00:00:00Z")
    scene.told("reply", "mallory", "Desk-Ticket: {T}")


@forged("entry")
def a_reply_to_come(scene: Scene) -> None:
    scene.entry("T", "Reply", "mallory", "I shall.", "2099-01-01T00:00:00Z")
    scene.hand()


@forged("created")
def registered_last_year(scene: Scene) -> None:
    _new(scene, "250723-AAAA", "author: mallory\ncreated: 2025-07-23T06:12:44Z")
    scene.told("create", "mallory", "Desk-Ticket: 250723-AAAA", "Desk-To: technical")


@forged("due")
def a_due_time_moves_with_a_note(scene: Scene) -> None:
    _levels(scene)
    scene.swap("T", (f"due: {_due(scene)}", "due: 2036-07-30T06:12:44Z"))
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", "Desk-Ticket: {T}")


@forged("sla")
def a_breach_goes_with_a_note(scene: Scene) -> None:
    _breached(scene)
    _without_breach(scene)
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", "Desk-Ticket: {T}")


@forged("sla")
def a_breach_goes_by_hand(scene: Scene) -> None:
    _breached(scene)
    _without_breach(scene)
    scene.hand()


@forged("due")
def a_due_time_goes_by_hand(scene: Scene) -> None:
    _levels(scene)
    scene.swap("T", (f"due: {_due(scene)}\n", ""))
    scene.hand()


@forged("due")
def a_due_time_of_a_classification(scene: Scene) -> None:
    _levels(scene)
    scene.swap("T", ("priority: low", "priority: high"), (f"due: {_due(scene)}", "due: 2036-07-30T06:12:44Z"))
    scene.told("classify", "mallory", "Desk-Ticket: {T}", "Desk-From: low", "Desk-To: high")


@forged("pauses")
def a_pause_that_never_was(scene: Scene) -> None:
    _levels(scene)
    scene.key("T", "pauses:\n- 2026-07-23T06:12:44Z 2026-07-24T06:12:44Z")
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", "Desk-Ticket: {T}")


# -- dates (1.9) -------------------------------------------------------------------------------------------------------


@forged("date", REMARK)
def the_last_second_of_9999(scene: Scene) -> None:
    scene.hand(MARIA, at="@253402300799 +0000")


@forged("date", REMARK)
def the_first_second_of_10000(scene: Scene) -> None:
    scene.hand(MARIA, at="@253402300800 +0000")


def _raw(scene: Scene, author: str, committer: str = "0 +0000") -> None:
    tree, parent = scene.git("rev-parse", "HEAD^{tree}"), scene.git("rev-parse", "HEAD")
    who = f"{MARIA[0]} <{MARIA[1]}>"
    text = f"tree {tree}\nparent {parent}\nauthor {who} {author}\ncommitter {who} {committer}\n\nx\n"
    oid = scene.object("commit", text.encode())
    scene.git("reset", "-q", "--hard", oid)


@forged("date", REMARK)
def a_date_beyond_64_bits(scene: Scene) -> None:
    _raw(scene, "99999999999999999999 +0000")


@forged("date", REMARK)
def a_negative_date(scene: Scene) -> None:
    _raw(scene, "-99999999999 +0000")


# -- words in new tickets, attachments (1.10, 1.11) --------------------------------------------------------------------


@forged("name of maria")
def a_new_ticket_with_words_of_maria(scene: Scene) -> None:
    lines = "author: mallory\ncreated: 2026-07-23T06:12:44Z"
    _new(scene, "260723-AAAA", lines, "x\n\n## Reply by maria, 2026-07-23T06:12:44Z\n\nYes, I approve the payment.")
    scene.told("create", "mallory", "Desk-Ticket: 260723-AAAA", "Desk-To: technical")


@forged("name of maria")
def a_new_ticket_by_hand_with_words_of_maria(scene: Scene) -> None:
    lines = "author: mallory\ncreated: 2026-07-23T06:12:44Z"
    _new(scene, "260723-AAAA", lines, "x\n\n## Reply by maria, 2026-07-23T06:12:44Z\n\nYes, I approve the payment.")
    scene.hand()


@forged("report.pdf")
def an_attachment_is_swapped(scene: Scene) -> None:
    scene.write(scene.attachment("T", "report.pdf"), b"%PDF of mallory")
    scene.hand()


@forged("report.pdf")
def an_attachment_is_swapped_beside_a_note(scene: Scene) -> None:
    scene.write(scene.attachment("T", "report.pdf"), b"%PDF of mallory")
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", "Desk-Ticket: {T}")


@forged("report.pdf")
def an_attachment_is_deleted(scene: Scene) -> None:
    scene.drop(scene.attachment("T", "report.pdf"))
    scene.hand()


@forged("report.pdf")
def an_attachment_is_deleted_beside_a_note(scene: Scene) -> None:
    scene.drop(scene.attachment("T", "report.pdf"))
    scene.entry("T", "Note", "mallory", "x")
    scene.told("note", "mallory", "Desk-Ticket: {T}")


@forged("plain file")
def an_attachment_is_a_link(scene: Scene) -> None:
    path = scene.path(scene.attachment("T", "passwd"))
    path.symlink_to("/etc/passwd")
    scene.hand()


@forged("executable")
def an_attachment_is_executable(scene: Scene) -> None:
    scene.write(scene.attachment("OWN", "run.sh"), "#!/bin/sh\n")
    scene.path(scene.attachment("OWN", "run.sh")).chmod(0o755)
    scene.hand()


@forged("executable")
def a_record_is_executable(scene: Scene) -> None:
    scene.path("T").chmod(0o755)
    scene.hand()


@forged("plain file")
def an_attachment_is_a_repository(scene: Scene) -> None:
    head = scene.git("rev-parse", "HEAD")
    scene.git("update-index", "--add", "--cacheinfo", f"160000,{head},{scene.attachment('T', 'sub')}")
    scene.as_(MALLORY, "commit", "-q", "-m", "sub")


# -- names (1.12) ------------------------------------------------------------------------------------------------------


@forged("nobody", REMARK)
def in_marias_name_from_a_machine_of_nobody(scene: Scene) -> None:
    scene.machine(GHOST)
    scene.run("--as", "maria", "staff", "edit", "mallory", "--level", "3")
    scene.machine(MARIA)


@forged("address")
def an_address_of_her_own_in_marias_record(scene: Scene) -> None:
    scene.swap("staff/maria", ("level: 3", "emails: [ghost@nowhere.example]\nlevel: 3"))
    scene.told("edit", "maria", "Desk-Record: staff/maria", "Desk-To: emails", who=GHOST)


# -- approvals (1.13) --------------------------------------------------------------------------------------------------

_ARTICLE = "kb/how-to/how-to-restart.md"


def _digest(scene: Scene) -> str:
    return articles.digest(cast("Article", places.decode_at(_ARTICLE, "", scene.text(_ARTICLE).encode())))


@forged("approve")
def her_own_text_approved(scene: Scene) -> None:
    scene.swap(_ARTICLE, ("Press the button.", "Pull the plug."))
    scene.hand(ANNA)
    scene.run("kb", "review", "how-to-restart", "--submit")
    digest = _digest(scene)
    scene.key(_ARTICLE, "approved_by: anna")
    scene.told("approve", "anna", "Desk-Record: article/how-to-restart", f"Desk-To: {digest}", who=ANNA)


@forged("approv")
def approved_in_the_name_of_maria(scene: Scene) -> None:
    scene.swap(_ARTICLE, ("Press the button.", "Pull the plug."))
    scene.key(_ARTICLE, "approved_by: maria")
    scene.told("edit", "anna", "Desk-Record: article/how-to-restart", "Desk-To: body approved_by", who=ANNA)


@forged("approve")
def a_text_approved_that_is_another(scene: Scene) -> None:
    scene.run("kb", "review", "how-to-restart", "--submit")
    scene.key(_ARTICLE, "approved_by: anna")
    scene.told("approve", "anna", "Desk-Record: article/how-to-restart", "Desk-To: 0123456789abcdef", who=ANNA)


# -- level 3 without the department (1.14) -----------------------------------------------------------------------------


@forged("may not")
def a_doctor_rewrites_a_foreign_ticket(scene: Scene) -> None:
    scene.swap("T", ("title: The ticket", "title: Gone"))
    scene.told(
        "doctor", "nikos", "Desk-Ticket: {T}", "Desk-Effect: edit", "Desk-From: The ticket", "Desk-To: Gone", who=NIKOS
    )


@forged("may not")
def tags_go_beside_a_description(scene: Scene) -> None:
    scene.run("tag", "create", "malta")
    scene.run("ticket", "tag", scene.t, "malta")
    scene.write("tags/malta", "id: malta\ndescription: x\n")
    scene.swap("T", ("tags: [malta]\n", ""))
    scene.told(
        "edit", "nikos", "Desk-Record: tag/malta", "Desk-To: description", "Desk-Ticket: {T}", "Desk-Effect: untag",
        "Desk-From: malta", who=NIKOS,
    )  # fmt: skip


@forged("may not")
def another_tag_goes_with_a_tag(scene: Scene) -> None:
    for tag in ("malta", "gozo"):
        scene.run("tag", "create", tag)
    scene.run("ticket", "tag", scene.t, "gozo")
    scene.drop("tags/malta")
    scene.swap("T", ("tags: [gozo]\n", ""))
    scene.told(
        "delete", "nikos", "Desk-Record: tag/malta", "Desk-From: malta", "Desk-Ticket: {T}", "Desk-Effect: untag",
        "Desk-From: gozo", who=NIKOS,
    )  # fmt: skip


@forged("may not")
def an_owner_goes_beside_another_department(scene: Scene) -> None:
    scene.run("ticket", "assign", scene.t, "--to", "maria")
    scene.swap("staff/petros", ("level: 1", "level: 2"))
    scene.swap("T", ("owner: maria\n", ""))
    scene.told(
        "edit", "nikos", "Desk-Record: staff/petros", "Desk-To: level", "Desk-Ticket: {T}", "Desk-Effect: unassign",
        "Desk-From: maria", who=NIKOS,
    )  # fmt: skip


# -- not told at all (1.15) --------------------------------------------------------------------------------------------


@forged("workflows", REMARK)
def a_stranger_outside_the_desk(scene: Scene) -> None:
    scene.write(".github/workflows/steal.yml", "on: push\n")
    scene.hand(GHOST)


@forged("swp", REMARK)
def left_overs_among_records(scene: Scene) -> None:
    scene.write("records/.evil.swp", "x")
    scene.git("add", "-f", "records/.evil.swp")
    scene.hand(MARIA)


@forged("templates/mail")
def a_mail_text_under_another_verb(scene: Scene) -> None:
    path = next((scene.home / "templates/mail").iterdir())
    path.write_text(path.read_text(encoding="utf-8") + "x", encoding="utf-8")
    scene.run("ticket", "note", scene.l, "--body", "x")
    scene.git("reset", "-q", "--soft", "HEAD~1")
    scene.told("note", "maria", "Desk-Ticket: {L}", who=MARIA)


@forged("list.limit")
def settings_without_a_word(scene: Scene) -> None:
    scene.swap("desk.toml", ("limit = 50", "limit = 60"))
    scene.told("config", "maria", who=MARIA)


@forged("problem")
def tidings_that_are_made_up(scene: Scene) -> None:
    scene.told(
        "close", "mallory", "Desk-Record: article/how-to-restart", "Desk-Effect: problem-closed", f"Desk-To: {scene.l}"
    )


# -- hand edits (C2) ---------------------------------------------------------------------------------------------------


@forged("used before")
def a_staff_handle_used_again(scene: Scene) -> None:
    scene.run("staff", "delete", "eleni")
    scene.write("staff/eleni", "id: eleni\nname: Somebody Else\nemail: else@ncpeh.example\nlevel: 3\n")
    scene.hand(MARIA)


@forged("can't be in secret")
def a_users_ticket_moves_into_a_private_department(scene: Scene) -> None:
    scene.run("department", "create", "secret", "--name", "Secret", "--private")
    scene.run("staff", "edit", "petros", "--department", "technical", "--department", "secret")
    scene.t = str(
        scene.run(
            "ticket", "create", "-f", "ids", "--department", "technical", "--title", "X", "--requester", "a@x.example"
        ).out
    ).strip()
    scene.swap("T", ("department: technical", "department: secret"))
    scene.hand(PETROS)


@forged("gitattributes")
def attributes_among_records(scene: Scene) -> None:
    # For a file that isn't there: git may read any other one again, and would refuse to encode it.
    scene.write("records/.gitattributes", "260723-ZZZZ.md working-tree-encoding=UTF-16\n")
    scene.git("config", "core.safecrlf", "false")
    scene.hand(ANNA)


@forged("ban")
def a_ban_in_another_name(scene: Scene) -> None:
    scene.write("records/bans/b-1.yaml", "id: b-1\n")
    scene.hand(MALLORY)


# -- seals (1.6) -------------------------------------------------------------------------------------------------------


def _sealed(scene: Scene, who: tuple[str, str], name: str = "2026-11-30", previous: str = "none") -> None:
    place = find(str(scene.home), os.environ)
    head = scene.git("rev-parse", "HEAD")
    measured = seals.measure(place, head)
    every = {s.name: s for s in seals.seals(place)}
    text = seals.text("Seal", None, head, measured, previous=every.get(previous), verified="no")
    scene.as_(who, "tag", "-a", "--cleanup=verbatim", "-F", "-", f"seal/{name}", data=text)


@forged("level 3")
def a_seal_by_level_1(scene: Scene) -> None:
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.hand()
    _sealed(scene, ("Mallory", "mallory@else.example"))


@forged("level")
def a_seal_by_who_made_herself_level_3(scene: Scene) -> None:
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.hand()
    _sealed(scene, MALLORY)


@forged("chain")
def a_seal_beside_the_chain(scene: Scene) -> None:
    scene.run("audit", "seal", "--no-verify", "--name", "first")
    scene.swap("staff/mallory", ("level: 1", "level: 3"))
    scene.hand()
    _sealed(scene, MARIA)


__all__ = ["AT", "CASES", "FAULT", "REMARK", "Forged", "forged"]
