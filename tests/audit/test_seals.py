"""desk audit seal and seals: what was sealed can't be rewritten unseen."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from desk.git.diff import FOLDERS
from tests.audit.conftest import Registered
from tests.audit.forge import Forger
from tests.conftest import Begin, Make, Runner

LATER = {"DESK_NOW": "2026-07-24T06:00:00Z"}


@pytest.fixture(scope="session")
def _template(registered: Registered) -> Path:
    return registered.top


@pytest.fixture
def forger(home: Path) -> Forger:
    return Forger(home)


def problems(desk: Runner, *args: str) -> list[str]:
    found = desk("audit", "verify", *args, "-f", "json", code=None).data["findings"]
    return [f["problem"] for f in found if f["level"] == "fault"]


def test_a_seal_says_what_plain_git_says(desk: Runner, forger: Forger) -> None:
    made = desk("audit", "seal", "--message", "All well.\nSeal-Commits: 99", "-f", "json").data
    assert (made["id"], made["commits"], made["previous"], made["signed"]) == ("seal/2026-07-23", 3, None, False)
    assert forger.git("cat-file", "-t", made["id"]) == "tag"
    text = forger.git("cat-file", "-p", made["id"])
    assert "tagger Maria Georgiou <maria@ncpeh.example>" in text
    assert "Seal of a desk" in text or "Seal of " in text
    assert "All well.\n> Seal-Commits: 99\n" in text
    assert f"Seal-Commit: {made['commit']}\nSeal-Commits: 3\n" in text
    lines = sorted(forger.git("log", "--format=%H %T", made["id"]).splitlines())
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    assert f"Seal-Digest: sha256:{digest}" in text
    assert made["kinds"]["ticket"] == 1
    assert made["records"] == len(forger.git("ls-files", *FOLDERS).splitlines())


def test_verify_begins_at_the_last_seal(desk: Runner, begin: Begin, make: Make) -> None:
    begin("audit", "seal", "-f", "json")
    ticket = make("Two")
    desk("ticket", "close", ticket)
    found = desk("audit", "verify", "-f", "json").data
    assert (found["seal"], found["commits"], found["seals"]) == ("seal/2026-07-23", 2, 1)
    assert desk("audit", "verify", "--full", "-f", "json").data["commits"] == 5
    assert desk("audit", "verify", "--since", "2026-07-23", "-f", "json").data["commits"] <= 5
    again = desk("audit", "seal", "-f", "json").data
    assert (again["id"], again["previous"]) == ("seal/2026-07-23-2", "seal/2026-07-23")
    named = desk("audit", "seal", "--name", "q3", "-f", "json", env=LATER).data
    assert (named["id"], named["previous"], named["verified"]) == ("seal/q3", again["id"], f"since {again['id']}")
    assert desk("audit", "verify", "--since", "q3", "-f", "json").data["commits"] == 0
    assert problems(desk, "--full") == []


def test_history_before_a_seal_counts(desk: Runner, make: Make) -> None:
    """What the walk from a seal on must know of the time before: people who left, who refers to what."""
    desk("tag", "create", "malta")
    ticket = make("One", "--tag", "malta", "--requester", "a@x.example")
    desk("--as", "petros", "ticket", "note", ticket, "--body", "x")
    desk("ticket", "close", ticket)
    desk("staff", "delete", "petros")
    desk("audit", "seal")
    desk("ticket", "reopen", ticket)
    desk("tag", "delete", "malta")
    assert problems(desk) == []


def test_a_rewritten_commit(desk: Runner, begin: Begin, make: Make, forger: Forger) -> None:
    begin("audit", "seal", "-f", "json")
    make("Two")
    old = forger.git("rev-parse", "HEAD~1")
    forger.git("reset", "-q", "--hard", "HEAD~1")
    forger.git("commit", "-q", "--amend", "--no-edit", "--date", "2026-07-23T05:00:00Z")
    assert problems(desk) == [
        f"seal/2026-07-23: the sealed commit {old[:10]} is not in the history any more: it was rewritten",
        "created: 2026-07-23T06:12:44Z is not when it was registered: 2026-07-23T05:00:00Z",
    ]
    [row] = desk("audit", "seals", "-f", "json", code=7).data
    assert (row["holds"], row["signature"], row["commits"]) == (False, "unsigned", 3)
    desk("audit", "seal", code=5)


def test_a_forged_seal(desk: Runner, begin: Begin, make: Make, forger: Forger) -> None:
    made = begin("audit", "seal", "-f", "json").data
    make("Two")
    body = forger.git("cat-file", "tag", made["id"]).partition("\n\n")[2]
    forger.git("tag", "-f", "-a", "-F", "-", "seal/moved", "HEAD", data=body)
    forger.git("tag", "-a", "-F", "-", "seal/wrong", made["commit"], data=re.sub("sha256:..", "sha256:xx", body))
    forger.git("tag", "seal/light")
    found = problems(desk, "--full")
    assert any(p.startswith("seal/moved: speaks of commit") for p in found)
    assert any(p.startswith("seal/moved: the digest is") for p in found)
    assert "seal/moved: counts 3 commits, there are 4" in found
    assert any(p.startswith("seal/wrong: the digest is sha256:xx") for p in found)
    assert "seal/light: not a seal that desk made" in found
    assert not any(p.startswith(made["id"]) for p in found)


def test_a_seal_that_was_taken_away(desk: Runner, begin: Begin, forger: Forger) -> None:
    first = begin("audit", "seal", "-f", "json").data["id"]
    desk("audit", "seal")
    forger.git("tag", "-d", first)
    forger.git("pack-refs", "--all", "--prune")
    assert problems(desk) == [f"seal/2026-07-23-2: the seal before it, {first}, is missing"]
    forger.git("tag", "-a", "-m", "another", first, "HEAD~1")
    assert f"seal/2026-07-23-2: the seal before it, {first}, was replaced" in problems(desk)


def test_what_isnt_sealed(desk: Runner, forger: Forger, home: Path) -> None:
    error = desk("--as", "eleni", "audit", "seal", "-f", "json", code=5).json["error"]
    assert "takes level 3" in error["message"]
    (home / "records/tags/malta.yaml").write_text("id: malta\n", encoding="utf-8")
    assert "differ" in desk("audit", "seal", "-f", "json", code=6).json["error"]["message"]
    desk("commit")
    for name in ("../x", "a b", "-x", "x.lock"):
        desk("audit", "seal", f"--name={name}", code=5)
    forger.swap("records/tags/malta.yaml", "id: malta", "id: gozo")
    forger.commit("a record at the wrong place")
    assert "has 1 fault" in desk("audit", "seal", "-f", "json", code=5).json["error"]["message"]
    made = desk("audit", "seal", "--no-verify", "--name", "x", "-f", "json").data
    assert made["verified"] == "no"
    desk("audit", "seal", "--no-verify", "--name", "seal/x", code=5)


def test_none_yet(desk: Runner) -> None:
    assert "no seals yet" in desk("audit", "seals").err


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen makes the key")
def test_signed_with_an_ssh_key(desk: Runner, forger: Forger, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    forger.git("config", "gpg.format", "ssh")
    forger.git("config", "user.signingKey", str(key))
    made = desk("audit", "seal", "-f", "json").data
    assert made["signed"]
    assert "-----BEGIN SSH SIGNATURE-----" in forger.git("cat-file", "-p", made["id"])
    [row] = desk("audit", "seals", "-f", "json").data
    assert (row["signature"], row["holds"]) == ("unknown key", True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"maria@ncpeh.example {(tmp_path / 'key.pub').read_text(encoding='utf-8')}", encoding="utf-8")
    forger.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    assert desk("audit", "seals", "-f", "json").data[0]["signature"] == "good"
    assert problems(desk) == []
    text = forger.git("cat-file", "tag", made["id"]).replace("Seal-Records: ", "Seal-Records: 1") + "\n"
    oid = forger.git("hash-object", "-t", "tag", "-w", "--stdin", data=text)
    forger.git("update-ref", f"refs/tags/{made['id']}", oid)
    assert f"{made['id']}: its signature is wrong" in problems(desk)
    assert "good" not in desk("audit", "seals", code=7).out
    desk("audit", "seal", "--no-sign", "--no-verify", "-f", "json")
    forger.git("config", "user.signingKey", str(tmp_path / "no-such-key"))
    error = desk("audit", "seal", "--no-verify", "--name", "z", "-f", "json", code=9).json["error"]
    assert "--no-sign" in error["hint"]
    assert "seal/z" not in forger.git("tag")
    forger.git("config", "user.signingKey", str(key))
    forger.git("config", "gpg.ssh.program", "false")
    desk("audit", "seal", "--no-verify", "--name", "z", code=9)


def test_a_seal_that_held_is_measured_once(desk: Runner, begin: Begin, forger: Forger, home: Path) -> None:
    """By its own name: one that is put in its place is another one, and measured again."""
    made = begin("audit", "seal", "-f", "json").data
    assert problems(desk) == []
    kept = (home / ".git/desk/seals").read_text(encoding="ascii").split()
    assert kept == [forger.git("rev-parse", made["id"])]
    body = forger.git("cat-file", "tag", made["id"]).partition("\n\n")[2]
    forger.git(
        "tag", "-f", "-a", "--cleanup=verbatim", "-F", "-", made["id"], made["commit"],
        data=re.sub(r"Commits: \d+", "Commits: 99", body) + "\n",
    )  # fmt: skip
    assert "seal/2026-07-23: counts 99 commits, there are 3" in problems(desk)
    assert (home / ".git/desk/seals").read_text(encoding="ascii").split() == kept
    assert "seal/2026-07-23: counts 99 commits, there are 3" in problems(desk, "--full")


def test_a_night_costs_the_same_after_many_seals(desk: Runner, make: Make, forger: Forger, tmp_path: Path) -> None:
    """Of seals that held, nothing is asked of git one by one: a desk that is sealed each night has hundreds."""

    def asked(name: str, *args: str) -> int:
        trace = tmp_path / name
        desk("audit", "verify", *args, env={"GIT_TRACE2_EVENT": str(trace)})
        return trace.read_text(encoding="utf-8").count('"event":"start"')

    def seal(number: int) -> None:
        make(f"Ticket {number}")
        desk("audit", "seal", "--no-verify", "--name", f"n{number}", "-f", "json")

    seal(1)
    seal(2)
    desk("audit", "verify")
    few, few_full = asked("few"), asked("few_full", "--full")
    for number in range(3, 6):
        seal(number)
    desk("audit", "verify")
    assert asked("many") == few
    assert asked("many_full", "--full") - few_full == 6  # of each, what came since, twice
    forger.git("tag", "-d", "seal/n2")
    assert "seal/n3: the seal before it, seal/n2, is missing" in problems(desk)
