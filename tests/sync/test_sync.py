"""Clones that meet at a hub: everything comes together, and nothing is said that isn't so."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.git import remote
from tests.store.indexes import assert_sound, head
from tests.sync.conftest import Brought, Clone, acquainted
from tests.terminals import start

Towns = Callable[..., list[Clone]]


def test_nothing_to_do(towns: Towns) -> None:
    [one] = towns(1)
    found = one.sync()
    assert (found["fetched"], found["pushed"], found["merge"]) == (0, 0, None)
    assert "same commit" in one("sync").out


def test_ahead_and_behind_make_no_merge(towns: Towns) -> None:
    one, two = towns(2)
    ticket = one.create("From one town")
    found = one.sync()
    assert (found["fetched"], found["pushed"], found["merge"], found["published"]) == (0, 1, None, True)
    found = two.sync()
    assert (found["fetched"], found["pushed"], found["merge"]) == (1, 0, None)
    assert two.show(ticket)["title"] == "From one town"
    assert head(two.home) == head(one.home)
    assert_sound(two.home)


def test_replies_of_two_towns_to_one_ticket(brought: Brought) -> None:
    one, two, (ticket, _) = brought(acquainted)
    one("ticket", "reply", ticket, "--body", "from one")
    two("ticket", "reply", ticket, "--body", "from two")
    one.sync()
    found = two.sync()
    assert (found["fetched"], found["pushed"], found["merged"], found["decided"]) == (1, 1, 1, [])
    assert [e["text"] for e in two.show(ticket)["thread"]] == ["from one", "from two"]
    one.sync()
    assert one.tree == two.tree
    assert one.git("log", "-1", "--format=%P").split() == [
        one.git("rev-parse", "HEAD^1"),
        two.git("rev-parse", "HEAD^2"),
    ]
    for town in (one, two):
        assert_sound(town.home)


def test_a_decision_is_told_in_the_history(brought: Brought) -> None:
    one, two, (ticket, _) = brought(acquainted)
    one("ticket", "assign", ticket, "--to", "maria")
    two("ticket", "assign", ticket, "--to", "petros")
    two.sync()
    found = one.sync()
    assert found["decided"] == [
        {
            "kind": "ticket",
            "id": ticket,
            "field": "owner",
            "kept": "maria",
            "by": "maria",
            "lost": "petros",
            "lost_by": "petros",
        }
    ]
    assert one.show(ticket)["owner"] == "maria"
    row = one("ticket", "history", ticket, "-f", "json").data[-1]
    assert (row["verb"], row["from"], row["to"]) == ("decide", "owner petros (petros)", "owner maria (maria)")
    assert "Desk-Merge: 1" in one.git("log", "-1", "--format=%B")


def test_looked_at_then_merged_here_then_pushed(towns: Towns) -> None:
    """A dry run changes nothing; without a push the merge stays here."""
    one, two = towns(2)
    one.create()
    one.sync()
    two.create()
    hub = one.home.with_name("hub")
    before = two.git("for-each-ref", "refs/heads", "refs/desk")
    found = two.sync("--dry-run")
    assert (found["fetched"], found["pushed"], found["merge"], found["published"]) == (1, 1, None, False)
    assert two.git("for-each-ref", "refs/heads", "refs/desk") == before
    assert "to fetch 1 commit, to merge 0 files changed on both sides, to push 1 commit" in two("sync", "--dry-run").out
    found = two.sync("--no-push")
    assert (found["published"], found["pushed"]) == (False, 0)
    assert found["merge"] == head(two.home)
    assert (hub / "refs/heads/main").read_text().strip() == head(one.home)
    assert two.sync()["pushed"] == 2


def test_hand_edits_in_the_way(brought: Brought) -> None:
    one, two, (ticket, other) = brought(acquainted)
    one("ticket", "note", ticket, "--body", "changed")
    one.sync()
    paths = {t: next(two.home.glob(f"records/tickets/*/*/*/{t}.md")) for t in (ticket, other)}
    paths[ticket].write_text(paths[ticket].read_text() + "\n## edited\n")
    error = two.sync(code=6)
    assert ticket in error["message"]
    assert "desk commit" in error["hint"]
    two("commit")
    paths[other].write_text(paths[other].read_text() + "\nelsewhere\n")
    assert two.sync()["published"]
    assert paths[other].read_text().endswith("elsewhere\n")
    assert [e["text"] for e in two.show(ticket)["thread"]] == ["changed"]


def test_a_server_that_refuses(towns: Towns, tmp_path: Path) -> None:
    [one] = towns(1)
    hook = tmp_path / "hub/hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'not today' >&2\nexit 1\n")
    hook.chmod(0o755)
    one.create()
    before = head(one.home)
    error = one.sync(code=5)
    assert "not today" in error["message"]
    assert head(one.home) == before


def test_a_server_that_isnt_there(towns: Towns) -> None:
    [one] = towns(1)
    one.git("remote", "set-url", "origin", "/nowhere/at/all")
    error = one.sync(code=9)
    assert "origin can't be reached" in error["message"]


def test_another_desk_is_refused(towns: Towns, tmp_path: Path) -> None:
    [one] = towns(1)
    other = tmp_path / "other"
    one.run("init", str(other), "--empty", env={"DESK_NOW": "2026-07-24T06:00:00Z"})
    one.git("remote", "set-url", "origin", str(other))
    error = one.sync(code=9)
    assert "no beginning in common" in error["message"]


@pytest.mark.parametrize(
    ("remotes", "args", "code"), [([], (), 2), (["a", "b"], (), 2), (["a"], (), 0), (["a", "b"], ("b",), 0)]
)
def test_which_remote(towns: Towns, tmp_path: Path, remotes: list[str], args: tuple[str, ...], code: int) -> None:
    [one] = towns(1)
    one.git("remote", "remove", "origin")
    for name in remotes:
        one.git("remote", "add", name, str(tmp_path / "hub"))
    one.sync(*args, code=code)


def test_a_lost_race_is_run_again(towns: Towns, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = towns(2)
    mine = two.create("Two")
    theirs = one.create("One")
    push = remote.push
    raced: list[bool] = []

    def slow(*args: object) -> remote.Pushed:
        if not raced:
            raced.append(True)
            one.git("push", "-q", "origin", "main")
        return push(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(remote, "push", slow)
    monkeypatch.setattr(remote, "wait", lambda *_: None)
    assert two.sync()["published"]
    assert {two.show(t)["title"] for t in (mine, theirs)} == {"One", "Two"}
    assert two.git("rev-list", "--count", "--merges", "HEAD") == "1"
    assert_sound(two.home)


def test_two_clones_that_met_each_other_at_once(brought: Brought, tmp_path: Path) -> None:
    """Each takes the other's branch as it was before either merged: the same tree twice, and later two bases."""
    one, two, (ticket, _) = brought(acquainted)
    one("ticket", "edit", ticket, "--title", "One", "--body", "a")
    two("ticket", "edit", ticket, "--title", "Two", "--body", "b")
    for town, other in ((one, two), (two, one)):
        before = tmp_path / f"before-{town.home.name}"
        subprocess.run(["git", "clone", "-q", "--bare", str(town.home), str(before)], check=True)
        other.git("remote", "add", "before", str(before))
        other.git("remote", "add", "other", str(town.home))
    merges = [town.sync("before", "--no-push")["merge"] for town in (one, two)]
    assert merges[0] != merges[1]
    assert one.tree == two.tree
    one("ticket", "note", ticket, "--body", "after")
    two("ticket", "note", ticket, "--body", "as well")
    assert one.sync("other", "--no-push")["decided"] == []
    assert len(one.git("merge-base", "--all", "HEAD^1", "HEAD^2").split()) == 2
    shown = one.show(ticket)
    assert (shown["title"], shown["body"]) == ("Two", "b")
    assert [e["text"] for e in shown["thread"]] == ["a", "after", "as well"]
    assert_sound(one.home)
    audit = one("audit", "verify", "--full", "-f", "json").data["findings"]
    assert [f for f in audit if f["level"] == "fault" or f["check"] == "history"] == []


def test_a_clone_to_work_in(brought: Brought, tmp_path: Path) -> None:
    one, _, (ticket, _) = brought(acquainted)
    folder = tmp_path / "larnaca"
    data = one.run("clone", str(tmp_path / "hub"), str(folder), "-f", "json").data
    assert (data["id"], data["commit"]) == ("larnaca", head(one.home))
    two = Clone(folder, one.run, one.tick, "petros")
    assert two.show(ticket)["title"] == "A ticket"
    assert two.git("config", "core.quotepath") == "false"
    two("ticket", "note", ticket, "--body", "seen")
    assert two.sync()["pushed"] == 1
    assert_sound(folder)
    one.run("clone", str(tmp_path / "hub"), str(folder), code=5)


def test_a_clone_of_what_is_no_desk(towns: Towns, tmp_path: Path) -> None:
    [one] = towns(1)
    for address, code in ((str(tmp_path / "nowhere"), 9), ("ext::sh -c true", 9)):
        one.run("clone", address, str(tmp_path / "new"), code=code)
        assert not (tmp_path / "new").exists()
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    subprocess.run(["git", "-C", str(other), "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    one.run("clone", str(other), str(tmp_path / "new"), code=8)
    assert not (tmp_path / "new").exists()


def test_who_lost_a_decision_is_told(brought: Brought) -> None:
    """Once, by the clone that made the merge; whoever ran it knows."""
    one, two, (ticket, other) = brought(acquainted)
    one("ticket", "assign", ticket, "--to", "maria")
    two("ticket", "assign", ticket, "--to", "petros")
    two("ticket", "edit", other, "--title", "as two has it")
    one("ticket", "edit", other, "--title", "as one has it")
    two.sync()
    one.sync()
    told = [row for row in one("mail", "outbox", "-f", "json").data if row["event"] == "decide"]
    assert {row["ticket"] for row in told} == {ticket, other}
    assert all("petros@ncpeh.example" in row["to"] for row in told)
    assert "in place of yours" in one("mail", "show", told[0]["id"]).out
    shown = one("ticket", "history", ticket).out
    assert "decide" in shown
    assert "as two has it" not in one.git("log", "-1", "--format=%B")
    said = one("log", "--ticket", ticket).out
    assert "kept owner maria (maria), not owner petros (petros)" in said
    two.sync()
    assert [row for row in two("mail", "outbox", "-f", "json").data if row["event"] == "decide"] == []


def test_two_tickets_of_one_id_are_told_apart_in_the_history(towns: Towns) -> None:
    one, two = towns(2)
    made = one.create("first")
    path = next(one.home.glob(f"records/tickets/*/*/*/{made}.md"))
    twin = two.home / path.relative_to(one.home)
    twin.parent.mkdir(parents=True, exist_ok=True)
    twin.write_text(
        path.read_text().replace("title: first", "title: second").replace("author: maria", "author: petros")
    )
    two("commit")
    one.sync()
    [renamed] = two.sync()["renamed"]
    assert renamed["old"] == made
    assert f"another ticket is {made}" in two("log", "--ticket", renamed["new"]).out


def test_status_says_of_others(towns: Towns) -> None:
    """Nothing for a desk that meets nobody; then what isn't published, and how long ago another one was met."""
    one, two = towns(2)
    assert one("status", "-f", "json").data["met"] is None
    one.sync()
    assert "Met origin just now" in one("status").out
    one.create()
    found = one("status", "-f", "json").data["met"]
    assert (found["remote"], found["unpublished"], found["late"]) == ("origin", 1, False)
    assert "1 commit not published, met origin just now: desk sync" in one("status").out
    one.sync("--dry-run")
    assert one("status", "-f", "json").data["met"]["unpublished"] == 1
    file = one.home / ".git/desk/met"
    remote, ref, at = file.read_text().split()
    file.write_text(f"{remote} {ref} {int(at) - 7200}\n")
    one("config", "set", "sync.warn", "90")
    assert "met origin 2 hours ago: desk sync" in one("status").out
    assert one("status", "-f", "json").data["met"]["late"]
    two("status")


def test_seals_come_along(brought: Brought) -> None:
    """A seal that somebody pushed is there after a sync; one that is here is never replaced."""
    one, two, _ = brought(acquainted)
    one("audit", "seal", "--name", "first", "--no-sign")
    one.git("push", "-q", "origin", "seal/first")
    two.sync()
    assert two.git("tag") == "seal/first"
    two.who = "maria"
    two("audit", "seal", "--name", "other", "--no-sign")
    mine = two.git("rev-parse", "seal/other")
    one("audit", "seal", "--name", "other", "--no-sign")
    one.git("push", "-q", "origin", "seal/other")
    one.create()
    one.sync()
    assert two.sync()["fetched"] == 1
    assert two.git("rev-parse", "seal/other") == mine


def test_meeting_again_and_again(towns: Towns, environment: dict[str, str]) -> None:
    """`--every` goes on until it is stopped; a server that isn't there meanwhile ends nothing."""
    one, two = towns(2)
    hub = one.home.parent / "hub"
    hub.rename(hub.with_name("away"))
    command = ("--desk", str(two.home), "--as", "petros", "sync", "--every", "1")
    with start(*command, env=environment, stderr=subprocess.PIPE, cwd=two.home) as running:
        assert running.stderr is not None
        assert "can't be reached" in running.stderr.readline()
        hub.with_name("away").rename(hub)
        one.create()
        one.sync()
        while "fetched 1 commit" not in running.stderr.readline():
            assert running.poll() is None
        running.terminate()
    assert head(two.home) == head(one.home)


def test_one_mail_that_two_machines_took_in(towns: Towns, tmp_path: Path) -> None:
    """Both are mail hosts by mistake: its two tickets are one, its answer one entry, and either number leads there."""
    one, two = towns(2)
    one.who = two.who = "maria"
    one("config", "set", "mail.machines", "maria@ncpeh.example")
    one.sync()
    two.sync()
    mails = []
    for number, more in ((1, ""), (2, "In-Reply-To: <1@clinic.example>\n")):
        mails.append(tmp_path / f"{number}.eml")
        mails[-1].write_text(
            "From: Anna <anna@clinic.example>\nTo: servicedesk@ncpeh.example\nSubject: No prescription\n"
            f"Message-ID: <{number}@clinic.example>\nDate: Thu, 23 Jul 2026 09:12:00 +0300\n{more}\nWords {number}.\n"
        )
    for town in (one, two):
        town.git("config", "desk.mail.host", "true")
        town("mail", "import", *map(str, mails))
    [first], [second] = (town("ticket", "list", "-f", "ids").out.split() for town in (one, two))
    one("ticket", "note", first, "--body", "by one")
    two("ticket", "note", second, "--body", "by two")
    one.sync()
    told = two.sync()
    assert (first, "merged_into") in [(row["kept"], row["field"]) for row in told["decided"]]
    one.sync()
    assert one.tree == two.tree
    for town in (one, two):
        assert [entry["text"] for entry in town.show(first)["thread"]] == ["Words 2.", "by one", "by two"]
        assert town.show(second)["id"] == first
        assert town("ticket", "list", "-f", "ids").out.split() == [first]
        assert town("mail", "import", str(mails[0]), "-f", "json").data[0]["state"] == "known"
    assert head(one.home) == head(two.home)
    assert one("audit", "verify", "--full", "-f", "json").data["faults"] == 0


def test_what_two_clones_changed_is_not_taken_back_alone(brought: Brought) -> None:
    """Neither change is the last one, and no hint leads to one that is refused as well."""
    one, two, (ticket, _) = brought(acquainted)
    one.who = two.who = "maria"
    for clone in (one, two):
        clone("ticket", "note", ticket, "--body", clone.home.name)
    one("tag", "edit", "incident", "--description", "One")
    two("tag", "edit", "incident", "--color", "#112233")
    one.sync()
    two.sync()
    for words in (("undo", "--steps", "4"), ("ticket", "undo", ticket), ("undo",)):
        error = two(*words, code=6).err
        assert "two clones changed" in error
        assert "first that" not in error
    two("ticket", "note", ticket, "--body", "after")
    assert two("undo").out.splitlines()[-1].startswith(ticket)
