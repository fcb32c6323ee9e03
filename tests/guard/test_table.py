"""Every row of the guard's table, honest and forged, through git push."""

from __future__ import annotations

import os
from pathlib import Path

from desk.domain.model.ticket import Ticket
from tests.audit.forge import MARIA, PETROS, STRANGER, said
from tests.guard.conftest import Guarded, refused

FUTURE = "2099-01-01T00:00:00Z"


def test_commits_by_whoever_pushes_them(guarded: Guarded) -> None:
    """Honest ones stand; without the right, with a false message, with a broken record, or against a rule they don't."""
    ticket = guarded.create()
    guarded.desk("ticket", "reply", ticket, "--body", "yes")
    assert guarded.push() == ""
    assert guarded.tip == guarded.git("rev-parse", "HEAD")

    path = Ticket.path_of(ticket)
    guarded.forger.swap(path, "department: technical", "department: legal")
    guarded.commit(
        said("move", "nikos", f"Desk-Ticket: {ticket}", "Desk-From: technical", "Desk-To: legal"),
        ("N", "nikos@ncpeh.example"),
    )
    refused(
        guarded.push(who="nikos"),
        "nikos may not move",
        "nothing was taken; your commits are safe",
        "as pushed by nikos",
    )
    guarded.back()

    guarded.forger.swap(path, "title: A ticket", "title: Another")
    guarded.commit(said("tag", "maria", f"Desk-Ticket: {ticket}", "Desk-To: incident"))
    guarded.forger.swap("records/staff/maria.yaml", "level: 3", "level: 1")
    guarded.commit("nobody of level 3 is left")
    (guarded.home / path).write_text("no record\n", encoding="utf-8")
    guarded.commit("by hand")
    refused(guarded.push(), "tags: by the message they are incident", "nobody of level 3 was left", "line must be ---")


def test_commits_by_somebody_else(guarded: Guarded) -> None:
    """A colleague's commit needs their signature, or a machine that may bring it."""
    guarded.create(who="petros", department="technical")
    honest = guarded.git("rev-parse", "HEAD")
    refused(guarded.push(who="maria"), "maria pushes a commit by petros", "desk machine edit NAME --may relay")
    assert guarded.push(who="petros") == ""
    server = guarded.server / "desk/identity"
    asked = server.stat().st_mtime_ns

    guarded.desk("machine", "create", "relay1", "--may", "relay", "--description", "between two forges")
    assert guarded.push() == ""
    guarded.create(who="petros")
    assert guarded.push(who="relay1") == ""
    guarded.create()
    refused(guarded.push(who="mallory"), "neither staff of this desk nor a machine")
    refused(guarded.push(who=""), "nobody can tell who pushes this")
    assert honest != guarded.tip
    assert server.stat().st_mtime_ns == asked, "git is asked once who the server is, and not with each push"


def test_what_nobody_of_the_staff_made(guarded: Guarded) -> None:
    """Mails of requesters, and what desk does as time passes, come from machines that may bring them."""
    guarded.desk("machine", "create", "mailhost", "--may", "mail")
    guarded.desk("machine", "create", "printer")
    guarded.desk("machine", "create", "clock", "--may", "sla")
    guarded.desk("ticket", "create", "--title", "soon", "--department", "technical")
    ticket = guarded.git("log", "-1", "--format=%s").split()[0]
    assert guarded.push() == ""
    path = Ticket.path_of(ticket)
    file = guarded.home / path
    file.write_text(file.read_text().replace("---\n", "---\n", 1).replace("created:", "paused: 60\ncreated:", 1))
    guarded.commit(said("renew", "desk", f"Desk-Ticket: {ticket}"), ("Desk", "desk@ncpeh.example"))
    refused(guarded.push(who="maria"), "maria pushes a commit by desk")
    refused(guarded.push(who="printer"), "printer pushes a commit by desk")
    guarded.back()

    # The honest one: what waited comes back by itself.
    guarded.desk("ticket", "pending", ticket, "--until", "2026-07-24")
    assert guarded.push() == ""
    guarded.run("--desk", str(guarded.home), "sla", "check", env={"DESK_NOW": "2026-07-25T09:00:00Z"})
    assert guarded.git("log", "-1", "--format=%an") == "NCPeH Cyprus contact point"
    refused(guarded.push(who="printer"), "printer pushes a commit by desk")
    assert guarded.push(who="clock") == ""


def test_dates(guarded: Guarded) -> None:
    guarded.create()
    guarded.git("commit", "-q", "--amend", "--no-edit", "--date", FUTURE)
    guarded.create()
    guarded.git("commit", "-q", "--amend", "--no-edit", "--date", "2001-01-01T00:00:00Z")
    refused(guarded.push(), "minutes ahead of this server", "is not when it was registered")
    guarded.back()
    guarded.desk("tag", "create", "blue")
    guarded.git("commit", "-q", "--amend", "--no-edit", "--date", "2001-01-01T00:00:00Z")
    assert guarded.push() == ""


def test_by_hand(guarded: Guarded) -> None:
    """Commits of plain git stand for their author, as desk commit would; or not at all, where the desk says so."""
    ticket = guarded.create()
    assert guarded.push() == ""
    guarded.forger.swap(Ticket.path_of(ticket), "title: A ticket", "title: By hand")
    guarded.commit("a better title")
    refused(guarded.push(who="petros"), "petros pushes a commit by maria")
    assert guarded.push() == ""
    guarded.forger.swap(Ticket.path_of(ticket), "title: By hand", "title: Once more")
    guarded.commit("once more", STRANGER)
    refused(guarded.push(), "not on the staff")
    guarded.back()
    guarded.desk("config", "set", "guard.by_hand", "false")
    assert guarded.push() == ""
    guarded.forger.swap(Ticket.path_of(ticket), "title: By hand", "title: Once more")
    guarded.commit("once more")
    refused(guarded.push(), "guard.by_hand")


def test_the_branch(guarded: Guarded) -> None:
    first = guarded.tip
    guarded.create()
    assert guarded.push() == ""
    refused(guarded.push("--force", f"{first}:main"), "history would be rewritten", "desk sync")
    refused(guarded.push(":main"), "never deleted")
    others = ("refs/heads/other", "refs/replace/" + first, "refs/notes/commits", "refs/tags/v1", "refs/desk/pushes")
    refs = (f"HEAD:{ref}" for ref in (*others, "refs/heads/in/petros"))
    words = (f"{ref} is nothing that this desk keeps" for ref in others)
    refused(guarded.push(*refs), *words, "in/petros is for petros alone")
    guarded.create("to be looked at")
    assert guarded.push("HEAD:refs/heads/in/maria") == ""
    # Being in an inbox makes nothing judged: the desk's own branch is asked all the same.
    guarded.forger.swap("records/staff/petros.yaml", "level: 1", "level: 3")
    guarded.commit("up", PETROS)
    refused(guarded.push("HEAD:refs/heads/in/petros", who="petros"), "petros may not change staff records")
    refused(guarded.push("HEAD:main", who="petros"), "petros may not change staff records")


def test_seals(guarded: Guarded) -> None:
    guarded.create()
    guarded.desk("audit", "seal", "--name", "one", "--no-sign")
    refused(guarded.push("seal/one", who="eleni"), "eleni may not seal")
    refused(guarded.push("seal/one"), "not in the history that the server has", "git push origin main seal/one")
    guarded.create()
    guarded.desk("audit", "seal", "--name", "next", "--no-sign")
    refused(guarded.push("HEAD:main", "seal/next"), "the seal before it, seal/one, is missing")
    assert guarded.push("HEAD:main", "seal/one", "seal/next") == ""
    assert guarded.git("tag", at=guarded.server).split() == ["seal/next", "seal/one"]
    text = guarded.git("cat-file", "tag", "seal/one").replace("Seal-Commits: ", "Seal-Commits: 9").partition("\n\n")[2]
    guarded.forger.git("tag", "-a", "--cleanup=verbatim", "-F", "-", "seal/false", data=text)
    refs = (":refs/tags/seal/one", "HEAD:refs/tags/seal/two", "seal/false")
    refused(guarded.push(*refs), "a seal is never moved or deleted", "not a seal that desk made", "counts 9")


def test_refs_of_one_signer_and_of_one_machine(guarded: Guarded) -> None:
    """What is signed under a seal is for its signer to push, and a mail host's own ref for that machine."""
    guarded.desk("audit", "seal", "--name", "one", "--no-sign")
    guarded.desk("machine", "create", "mailhost", "--may", "mail")
    guarded.desk("machine", "create", "printer")
    assert guarded.push("HEAD:main", "seal/one") == ""
    guarded.git("tag", "-a", "-m", "seen", "cosign/one/petros", "seal/one^{commit}")
    of_one = "refs/desk/mail/mailhost is for that machine alone"
    said_ = guarded.push("cosign/one/petros", "HEAD:refs/desk/mail/mailhost")
    refused(said_, "is for petros to sign, and maria pushes", of_one)
    refused(guarded.push("HEAD:refs/desk/mail/mailhost", who="printer"), of_one)
    assert guarded.push("cosign/one/petros", who="petros") == ""
    refused(guarded.push(":refs/tags/cosign/one/petros", who="petros"), "never moved or deleted")
    assert guarded.push("HEAD:refs/desk/mail/mailhost", who="mailhost") == ""


def test_files(guarded: Guarded) -> None:
    """Nothing but plain files of the desk, small enough, with names that every system can tell apart."""
    (guarded.home / "notes.txt").write_text("mine")
    (guarded.home / "kb/faq/link.md").symlink_to("/etc/passwd")
    guarded.commit("a file of mine, and a link")
    guarded.git("update-index", "--add", "--cacheinfo", f"160000,{guarded.tip},kb/sub")
    guarded.forger.git("commit", "-q", "-m", "sub")
    refused(guarded.push(), "notes.txt: not a file of the desk", "mode 120000", "mode 160000")
    guarded.back()
    guarded.desk("config", "set", "attachment.max_mb", "1")
    (guarded.home / "records/tags/malta.yaml").write_text("id: malta\n")
    guarded.commit("a tag")
    assert guarded.push() == ""
    ticket = guarded.create()
    folder = guarded.home / Ticket.path_of(ticket).replace(".md", ".files")
    folder.mkdir()
    (folder / "scan.pdf").write_bytes(os.urandom(1_100_000))
    guarded.commit("a large file")
    (guarded.home / "records/tags/Malta.yaml").write_text("id: malta\n")
    guarded.commit("the tag's twin")
    refused(guarded.push(), "MiB, and 1 are allowed", "some systems take for the same name")


def test_merges(guarded: Guarded, tmp_path: Path) -> None:
    """One that is what its sides give stands; with one more line it doesn't."""
    ticket, other = guarded.create(), tmp_path / "other"
    guarded.git("clone", "-q", str(guarded.home), str(other), at=tmp_path)
    guarded.git("config", "user.name", MARIA[0], at=other)
    guarded.desk("ticket", "reply", ticket, "--body", "from one")
    assert guarded.push() == ""
    guarded.desk("ticket", "reply", ticket, "--body", "from two", at=other)
    guarded.desk("sync", "--no-push", at=other)
    path = other / Ticket.path_of(ticket)
    honest = guarded.git("rev-parse", "HEAD", at=other)
    path.write_text(path.read_text().replace("from one", "from One"))
    guarded.git("commit", "-q", "-a", "--amend", "--no-edit", at=other)
    home, guarded.home = guarded.home, other
    refused(guarded.push(), "the merge is not what its sides give")
    guarded.git("reset", "-q", "--hard", honest)
    assert guarded.push() == ""
    guarded.home = home
    assert guarded.tip == honest


def test_a_merge_of_clones_that_had_met_each_other(guarded: Guarded, tmp_path: Path) -> None:
    """Two bases: what they come to is worked out while git holds the push back, and no ref of the server may move."""
    ticket, home, other = guarded.create(), guarded.home, tmp_path / "other"
    guarded.git("clone", "-q", str(home), str(other), at=tmp_path)
    for town, title in ((home, "One"), (other, "Two")):
        guarded.desk("ticket", "edit", ticket, "--title", title, "--body", title, at=town)
        guarded.git("clone", "-q", "--bare", str(town), str(tmp_path / f"of-{town.name}"), at=tmp_path)
    for town, before in ((home, other), (other, home)):
        guarded.git("remote", "add", "before", str(tmp_path / f"of-{before.name}"), at=town)
        guarded.git("remote", "add", "now", str(before), at=town)
        guarded.desk("sync", "before", "--no-push", at=town)
        guarded.desk("ticket", "note", ticket, "--body", f"after {before.name}", at=town)
    guarded.desk("sync", "now", "--no-push")
    assert len(guarded.git("merge-base", "--all", "HEAD^1", "HEAD^2").split()) == 2
    honest = guarded.git("rev-parse", "HEAD")
    guarded.forger.swap(Ticket.path_of(ticket), "after other", "after nobody")
    guarded.git("commit", "-q", "-a", "--amend", "--no-edit")
    refused(guarded.push(), "the merge is not what its sides give")
    guarded.git("reset", "-q", "--hard", honest)
    assert guarded.push() == ""
    assert guarded.git("for-each-ref", "--format=%(refname)", at=guarded.server) == "refs/heads/main"
    assert guarded.desk("guard", "check", "HEAD^2", "HEAD").startswith("3 commits: nothing")


def test_check_says_the_same(guarded: Guarded) -> None:
    guarded.create(who="petros")
    assert "nothing stands against it" in guarded.desk("guard", "check", "HEAD~1", "HEAD", "--pusher", "petros")
    said_ = guarded.desk("guard", "check", "HEAD~1", "HEAD", "--pusher", "maria", code=7)
    assert "maria pushes a commit by petros" in said_
    assert "nothing stands against it" in guarded.desk("guard", "check", "HEAD~1", "HEAD")


def test_an_id_used_again(guarded: Guarded) -> None:
    """Whenever the record went: of what went before the push, the index and git are asked."""
    ticket = guarded.create()
    guarded.desk("ticket", "delete", ticket)
    assert guarded.push() == ""
    path = Ticket.path_of(ticket)
    was = guarded.git("show", f"HEAD~1:{path}") + "\n"
    (guarded.home / path).parent.mkdir(parents=True, exist_ok=True)
    (guarded.home / path).write_text(was.replace("title: A ticket", "title: Another"))
    guarded.commit("another one in its place")
    refused(guarded.push(), "was used before")
    guarded.back()
    guarded.git("revert", "--no-edit", "HEAD")
    # A department that tickets refer to, and one that holds those of users.
    guarded.desk("ticket", "create", "--title", "T", "--department", "legal", "--requester", "anna@clinic.example")
    assert guarded.push() == ""
    guarded.forger.swap("records/departments/legal.yaml", "name:", "private: true\nname:")
    guarded.commit("for staff only")
    refused(guarded.push(), "legal")
    guarded.back()
    (guarded.home / "records/departments/legal.yaml").unlink()
    guarded.commit("no more")
    refused(guarded.push(), "legal")
