"""Every row of the guard's table as a push, honest or forged, made once, and pushed in turn to each kind of server."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from desk.domain.model.ticket import Ticket
from tests.audit.forge import MARIA, PETROS, STRANGER, Forger, head, said
from tests.guard.ask import ask
from tests.guard.served import key

FUTURE = "2099-01-01T00:00:00Z"
PEOPLE = {"maria": "", "petros": "", "eleni": "", "nikos": "departments: [legal]\n"}
"""Those of the desk, and what their records say besides."""
MACHINES = {"mailhost": "mail", "clock": "sla", "relay1": "relay", "printer": ""}
_MAIL = """From: Anna <anna@clinic.example>
To: servicedesk@ncpeh.example
Subject: No prescription
Message-ID: <1@clinic.example>
Date: Thu, 23 Jul 2026 09:12:00 +0300

It isn't there.
"""


class Row(NamedTuple):
    """A push: who makes it, what of, and what its refusal says; nothing for one that is taken."""

    name: str
    who: str
    refs: tuple[str, ...]
    words: tuple[str, ...] = ()
    clone: str = "home"


class Rows:
    """A clone that holds all commits of all rows. `begun` is what the server has before the first of them."""

    def __init__(self, home: Path, socket: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.socket = socket
        self.environment = environment
        self.forger = Forger(home)
        self.keys = home.parent / "keys"
        self.keys.mkdir()
        self.rows: list[Row] = []
        self.honest: str = self._begin()
        self.begun = self.honest
        self._honest()
        self._who_brings_what()
        self._commits()
        self._files()
        self._refs()
        self._by_hand()
        self._shallow()

    @property
    def some(self) -> list[Row]:
        """The first that each of those who push has taken, and the first that is refused."""
        first: dict[str, Row] = {}
        for row in self.rows:
            first.setdefault("" if row.words else row.who, row)
        return [*first.values()]

    def bring(self, row: Row, server: Path) -> None:
        """Past the guard, for what goes on from there."""
        self.git("fetch", "-q", "--no-tags", str(self.home), *row.refs, at=server)

    # -- making --------------------------------------------------------------------------------------------------------

    def desk(self, *args: str, who: str = "maria", at: Path | None = None, now: str | None = None) -> str:
        """The program that waits, as its hooks call it."""
        env = {**self.environment, **({"DESK_NOW": now} if now else {})}
        words = ["--desk", str(at or self.home), "--as", who, *args]
        with tempfile.TemporaryFile() as said, open(os.devnull, "rb") as nothing:
            told = said.fileno()
            code = ask(str(self.socket), words, env, str(self.home), (nothing.fileno(), told, told))
            said.seek(0)
            out = said.read().decode()
        assert not code, f"{args}: {out}"
        return out

    def git(self, *args: str, at: Path | None = None) -> str:
        words = ["git", "-C", str(at or self.home), *args]
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, check=True).stdout.strip()

    def create(self, who: str = "maria") -> str:
        words = ("ticket", "create", "--title", "A ticket", "--department", "technical", "-f", "ids")
        return self.desk(*words, who=who).split()[0]

    def row(self, name: str, who: str, *words: str, refs: tuple[str, ...] = (), to: str = "refs/heads/main") -> str:
        """What is checked out becomes a push; a forged one is left behind for the next. The ref it is kept under."""
        kept = f"refs/rows/{len(self.rows)}"
        self.git("update-ref", kept, "HEAD")
        more = (ref.replace("HEAD:", f"{kept}:") for ref in refs)
        self.rows.append(Row(name, who, (f"+{kept}:{to}", *more), words))
        self.back(kept if not words else self.honest)
        self.honest = head(self.home)
        return kept

    def back(self, commit: str) -> None:
        self.git("checkout", "-q", "-f", "-B", "main", commit)
        self.git("clean", "-qfd")

    def commit(self, message: str, who: tuple[str, str] = MARIA, **times: str) -> str:
        return self.forger.commit(message, who, **times)

    def swap(self, path: str, old: str, new: str) -> None:
        self.forger.swap(path, old, new)

    # -- what the rows are ---------------------------------------------------------------------------------------------

    def _begin(self) -> str:
        """Everybody's key stands in their record; by hand, as they are many."""
        (self.home / "records/machines").mkdir()
        records = {f"staff/{who}": more for who, more in PEOPLE.items()}
        records |= {f"machines/{who}": f"id: {who}\nmay: [{duty}]\n" for who, duty in MACHINES.items()}
        for name, text in records.items():
            public = key(self.keys, name.partition("/")[2]).with_suffix(".pub").read_text(encoding="utf-8")
            with (self.home / f"records/{name}.yaml").open("a", encoding="utf-8") as file:
                file.write(f"{text}keys: [{public.strip()}]\n")
        self.commit("keys")
        self.desk("config", "set", "attachment.max_mb", "1")
        self.desk("config", "set", "mail.machines", MARIA[1])
        self.ticket = self.create()
        self.path = Ticket.path_of(self.ticket)
        self.desk("audit", "seal", "--name", "one", "--no-sign")
        return head(self.home)

    def _honest(self) -> None:
        """All that its maker may push, at once: desk's commits, one by hand, one of a slow clock, merges by hand and by desk."""
        self.desk("ticket", "reply", self.ticket, "--body", "yes")
        self.swap(self.path, "title: A ticket", "title: By hand")
        self.commit("a better title")
        self.desk("tag", "create", "blue")
        self.git("commit", "-q", "--amend", "--no-edit", "--date", "2001-01-01T00:00:00Z")
        before = head(self.home)
        (self.home / "records/tags/red.yaml").write_text("id: red\n")
        self.commit("a side")
        side = head(self.home)
        self.back(before)
        self.create()
        self.git("merge", "-q", "--no-ff", "-m", "Merge", side)
        other = self.home.parent / "other"
        self.git("clone", "-q", str(self.home), str(other))
        self.git("config", "user.name", MARIA[0], at=other)
        self.desk("ticket", "reply", self.ticket, "--body", "from one")
        self.desk("ticket", "note", self.ticket, "--body", "from two", at=other)
        self.desk("sync", "--no-push", at=other)
        self.git("fetch", "-q", str(other), "main")
        self.back(self.git("rev-parse", "FETCH_HEAD"))
        self.merge = head(self.home)
        self.row("what its maker pushes", "maria", refs=("HEAD:refs/heads/in/maria", "seal/one"))

    def _who_brings_what(self) -> None:
        """Commits of others need their signature, or a machine that may bring them."""
        self.create(who="petros")
        sign = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={self.keys / 'petros'}")
        self.git(*sign, "commit", "-q", "--amend", "--no-edit", "-S")
        self.row("a colleague's that bears their signature", "maria")
        self.create(who="petros")
        self.row("a colleague's", "maria", "maria pushes a commit by petros")
        self.create(who="petros")
        self.row("a colleague's by a machine that may", "relay1")
        self.git("config", "desk.mail.host", "true")
        (self.home.parent / "mail.eml").write_text(_MAIL)
        self.desk("mail", "import", str(self.home.parent / "mail.eml"))
        mailed = head(self.home)
        for who in ("maria", "clock"):
            self.back(mailed)
            self.row("a requester's mail by who may not", who, f"{who} pushes a commit by u-")
        self.back(mailed)
        self.row("a requester's mail", "mailhost", refs=("HEAD:refs/desk/mail/mailhost",))
        self.desk("ticket", "pending", self.ticket, "--until", "2026-07-24")
        self.row("a ticket that waits", "maria")
        self.desk("sla", "check", now="2026-07-25T09:00:00Z")
        checked = head(self.home)
        self.row("what desk does by itself, by who may not", "printer", "printer pushes a commit by desk")
        self.back(checked)
        self.row("what desk does by itself", "clock")
        self.git("tag", "-a", "-m", "seen", "cosign/one/petros", "seal/one^{commit}")
        self.row("a signature under a seal", "petros", refs=("cosign/one/petros",), to="refs/heads/in/petros")

    def _commits(self) -> None:
        """Forged commits: without the right, untrue, unsound, against the rules; merges; dates."""
        self.swap(self.path, "department: technical", "department: legal")
        moved = said("move", "nikos", f"Desk-Ticket: {self.ticket}", "Desk-From: technical", "Desk-To: legal")
        self.commit(moved, ("N", "nikos@ncpeh.example"))
        self.row("without the right", "nikos", "nikos may not move")
        self.commit("nothing", PETROS)
        side = head(self.home)
        self.back(self.honest)
        self.commit("nothing either", PETROS)
        env = {"GIT_AUTHOR_NAME": PETROS[0], "GIT_AUTHOR_EMAIL": PETROS[1]}
        self.forger.git("merge", "-q", "--no-ff", "--no-commit", side)
        self.swap("records/staff/petros.yaml", "level: 1", "level: 3")
        self.forger.git("commit", "-q", "-a", "-m", "Merge", env=env)
        self.row("a merge by hand that does more", "petros", "petros may not change staff records")
        self.back(self.merge)
        self.swap(self.path, "from one", "from One")
        self.git("commit", "-q", "-a", "--amend", "--no-edit")
        self.row(
            "a merge of desk's with another word",
            "maria",
            "the merge is not what its sides give",
            to="refs/heads/in/maria",
        )
        self.swap(self.path, "title: By hand", "title: Another")
        self.commit(said("tag", "maria", f"Desk-Ticket: {self.ticket}", "Desk-To: incident"))
        self.create()
        self.git("commit", "-q", "--amend", "--no-edit", "--date", FUTURE)
        self.swap(self.path, "title: Another", "title: Once more")
        self.commit("once more", STRANGER)
        self.swap(self.path, "title: Once more", "title: Later")
        self.commit("later", committed=FUTURE)
        self.swap("records/staff/maria.yaml", "level: 3", "level: 1")
        self.commit("nobody of level 3 is left")
        (self.home / self.path).write_text("no record\n", encoding="utf-8")
        self.commit("no record")
        words = ("tag", "is not when it was registered", "minutes ahead of this server", "not on the staff", "level 3")
        self.row("several at once", "maria", *words, "the first line must be ---")

    def _files(self) -> None:
        (self.home / "notes.txt").write_text("mine")
        (self.home / "kb/faq/link.md").symlink_to("/etc/passwd")
        run = self.home / "kb/faq/run.md"
        run.write_text("#!/bin/sh\n")
        run.chmod(0o755)
        for name in ("green", "Green"):
            (self.home / f"records/tags/{name}.yaml").write_text("id: green\n")
        folder = self.home / self.path.replace(".md", ".files")
        folder.mkdir()
        (folder / "scan.pdf").write_bytes(os.urandom(1_100_000))
        self.forger.git("add", "-A")
        self.git("update-index", "--add", "--cacheinfo", f"160000,{self.honest},kb/sub")
        self.forger.git("commit", "-q", "-m", "files")
        words = (
            "MiB, and 1 are allowed",
            "not a file of the desk",
            "mode 120000",
            "mode 100755",
            "mode 160000",
            "take for the same",
        )
        self.row("files that are no desk's", "maria", *words)

    def _refs(self) -> None:
        text = self.git("cat-file", "tag", "seal/one").partition("\n\n")[2]
        false = text.replace("Seal-Commits: ", "Seal-Commits: 9")
        self.forger.git("tag", "-a", "--cleanup=verbatim", "-F", "-", "seal/false", self.begun, data=false)
        refs = {
            f"+{self.begun}:refs/heads/main": "history would be rewritten",
            "HEAD:refs/heads/other": "refs/heads/other is nothing",
            "HEAD:refs/notes/commits": "refs/notes/commits is nothing",
            f"HEAD:refs/replace/{self.begun}": f"refs/replace/{self.begun} is nothing",
            "HEAD:refs/tags/v1": "refs/tags/v1 is nothing",
            "HEAD:refs/heads/in/petros": "in/petros is for petros alone",
            "HEAD:refs/desk/mail/clock": "refs/desk/mail/clock is for that machine",
            "+seal/false:refs/tags/seal/one": "a seal is never moved or deleted",
        }
        self.rows.append(Row("refs that nobody may push", "maria", tuple(refs), tuple(refs.values())))
        self.rows.append(Row("a false seal", "maria", ("seal/false",), ("counts 9",)))
        gone = (":refs/heads/main", ":refs/tags/seal/one", ":refs/tags/cosign/one/petros")
        self.rows.append(
            Row("refs that stay", "petros", gone, ("never deleted", "a seal is never moved", "what somebody signed"))
        )
        self.git("tag", "-a", "-m", "seen", "cosign/one/maria", "seal/one^{commit}")
        signed = ("cosign/one/maria", "seal/one:refs/tags/seal/two")
        self.rows.append(Row("somebody else's", "eleni", signed, ("is for maria to sign", "eleni may not seal")))

    def _by_hand(self) -> None:
        self.desk("config", "set", "guard.by_hand", "false")
        self.row("a setting", "maria")
        self.swap(self.path, "title: By hand", "title: Once more")
        self.commit("once more")
        self.row("by hand, where the desk takes none", "maria", "guard.by_hand")

    def _shallow(self) -> None:
        """A history that is cut off where the server doesn't know it: git itself refuses it."""
        self.create()
        self.create()
        self.git("clone", "-q", "--depth", "1", f"file://{self.home}", str(self.home.parent / "cut"))
        self.back(self.honest)
        self.rows.append(Row("a cut history", "maria", ("+HEAD:main",), ("shallow update not allowed",), "cut"))
