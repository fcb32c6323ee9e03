"""desk mail fetch against a real server: each mail exactly once in git and then moved, whatever is killed, and by whom."""

from __future__ import annotations

import fcntl
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests import terminals
from tests.conftest import Runner
from tests.mailin.conftest import mail
from tests.mailin.post import Git, Post, Relay, post_of
from tests.post.conftest import SESAME, Dovecot
from tests.store.test_crash import killed_at, victim

KILLS = int(os.environ.get("DESK_TEST_KILLS", "6"))


@pytest.fixture
def _template(mail_hosts: Callable[..., Path], request: pytest.FixtureRequest) -> Path:
    return mail_hosts(*getattr(request, "param", ()))


@pytest.fixture
def post(desk: Runner, dovecot: Dovecot) -> Post:
    return post_of(desk, dovecot)


def settled(*lines: str) -> pytest.MarkDecorator:
    """The test's desk has these lines among its settings of mail."""
    return pytest.mark.parametrize("_template", [lines], indirect=True, ids=["settled"])


def test_each_mail_becomes_one_commit_and_is_moved(post: Post, home: Path, git: Git) -> None:
    post.deliver(mail("anna@clinic.example", "One", "First."), mail("bob@clinic.example", "Two", "Δεύτερο."))
    before = git("rev-parse", "HEAD")
    said = post.fetch("--dry-run")
    assert [row["did"] for row in said.data] == ["new", "new"]
    assert (post.folders()["INBOX"], git("rev-parse", "HEAD")) == (2, before)
    done = post.fetch()
    assert [(row["state"], row["subject"]) for row in done.data] == [("taken", "One"), ("taken", "Two")]
    assert git("rev-parse", "HEAD~2") == before
    assert post.folders() == {"INBOX": 0, "Processed": 2}
    assert post.fetch().data == []
    assert "no fault" in post.desk("audit", "verify").out
    post.desk("doctor")
    for words in ((), ("--ticket", done.data[0]["ticket"])):
        here = post.desk("mail", "log", "--in", *words, "-f", "json").data
        [log] = home.glob(".git/desk/mail/log-*.jsonl")
        kept = log.read_bytes()
        log.unlink()  # as on another clone, which has history alone
        there = post.desk("mail", "log", "--in", *words, "-f", "json").data
        assert [(r["state"], r["ticket"]) for r in there] == [(r["state"], r["ticket"]) for r in here]
        assert {r["reason"] for r in there} == {"taken in on another machine"}
        log.write_bytes(kept)


def test_a_quiet_day_says_nothing(post: Post) -> None:
    done = post.desk("mail", "fetch", env=post.env)
    assert (done.out, done.err) == ("", "")


def test_held_and_rejected_have_folders_of_their_own(post: Post) -> None:
    post.desk("user", "ban", "spam@x.example")
    ooo = mail("new@x.example", "Automatic reply: x", "I am away.", "Auto-Submitted: auto-replied")
    post.deliver(mail("spam@x.example", "Buy", "now"), ooo, mail("anna@clinic.example", "One", "First."))
    done = post.fetch(code=10)
    assert [row["state"] for row in done.data] == ["rejected", "held", "taken"]
    assert post.folders() == {"INBOX": 0, "Held": 1, "Processed": 1, "Rejected": 1}
    [row] = post.desk("mail", "held", "-f", "json").data
    assert "23 Jul 09:12" in post.desk("mail", "held").out, "on the desk's clock"
    assert (row["sender"], row["folder"], "belongs to no ticket" in row["why"]) == ("new@x.example", "INBOX", True)
    assert post.desk("mail", "preview", row["id"], "-f", "json").data["state"] == "held"
    released = post.desk("mail", "release", row["id"], "--as", "new", "-f", "json").data
    assert (released["state"], released["did"]) == ("taken", "new")
    assert post.desk("mail", "held", "-f", "json").data == []


@settled('imap.processed = ""')
def test_where_nothing_is_kept_what_was_taken_in_is_deleted(post: Post) -> None:
    post.deliver(mail("anna@clinic.example", "One", "First."))
    post.fetch()
    assert post.folders() == {"INBOX": 0}


@settled("max_mb = 1")
def test_a_mail_that_is_too_large_leaves_a_ticket_and_stays_on_the_server(post: Post) -> None:
    post.deliver(mail("anna@clinic.example", "Large", "The text.\n" + "x" * 70 + "\n" + ("y" * 70 + "\n") * 20_000))
    [row] = post.fetch().data
    text = post.desk("ticket", "show", row["ticket"]).out
    assert "The text." in text
    assert "all but the beginning" in text
    assert post.folders()["Processed"] == 1


STEPS = [
    "desk.local.attempts:Attempts.begin:after:1:self",
    "desk.post.imap:Mailbox.fetch:after:1:self",
    "desk.intake.guard:GuardedReader.read:after:1:self",
    "desk.actions.mail.entering:change_of:after:1:self",
    "desk.store.writing:make_commit:before:1:self",
    "desk.store.writing:make_commit:after:1:self",
    "desk.local.maillog:add:before:1:self",
    "desk.post.imap:Mailbox.move:before:1:self",
    "desk.post.imap:Mailbox.move:after:1:self",
    "desk.post.imap:Mailbox.move:after:2:self",
    "desk.post.imap:Mailbox.close:before:1:self",
]


def subjects(git: Git) -> list[str]:
    """What the tickets that came by mail are called."""
    lines = git("grep", "-h", "^title: ", "HEAD", "--", "records/tickets").splitlines()
    return sorted(line.removeprefix("title: ") for line in lines)


def test_killed_at_each_step(post: Post, home: Path, environment: dict[str, str], git: Git) -> None:
    known: list[str] = []
    for number, step in enumerate(STEPS):
        new = [f"Step {number:02} {n}" for n in range(1 + step.endswith("2:self"))]
        post.deliver(*(mail(f"p{number}@x.example", subject, "Text.") for subject in new))
        killed_at(step, home, {**environment, **post.env}, "mail", "fetch", "-f", "json")
        states = {row["state"] for row in post.fetch().data}
        assert states <= {"taken", "known"}, step
        known += new
        assert post.folders()["INBOX"] == 0, step
    assert subjects(git) == known
    assert post.folders() == {"INBOX": 0, "Processed": len(known)}
    assert "no fault" in post.desk("audit", "verify").out


def test_killed_at_any_moment(post: Post, home: Path, environment: dict[str, str], git: Git) -> None:
    chance = random.Random(15)
    known: list[str] = []
    for number in range(KILLS):
        new = [f"Any {number:02} {n}" for n in range(3)]
        post.deliver(*(mail(f"q{number}@x.example", subject, "Text.") for subject in new))
        victim(home, {**environment, **post.env}, "within", f"{chance.uniform(0, 1):.3f}", "group", "mail", "fetch")
        known += new
    # On a slow machine one mail may be at hand when the program is killed twice, and is put aside; none is lost.
    assert {row["state"] for row in post.fetch(code=None).data} <= {"taken", "known", "held"}
    held = [str(row["subject"]) for row in post.desk("mail", "held", "-f", "json").data]
    assert sorted([*subjects(git), *held]) == sorted(known)
    folders = post.folders()
    assert (folders.pop("INBOX"), sum(folders.values())) == (0, len(known))
    assert "no fault" in post.desk("audit", "verify").out


def test_a_mail_that_ends_the_program_twice_is_put_aside_unread(
    post: Post, home: Path, environment: dict[str, str], git: Git
) -> None:
    post.deliver(mail("anna@clinic.example", "Poison", "x"), mail("bob@clinic.example", "Good", "y"))
    for _ in range(2):
        killed_at(
            "desk.intake.guard:GuardedReader.read:before:1:self", home, {**environment, **post.env}, "mail", "fetch"
        )
    rows = post.fetch(code=10).data
    assert [(row["state"], row["subject"]) for row in rows] == [("held", "Poison"), ("taken", "Good")]
    assert subjects(git) == ["Good"]


def test_one_run_at_a_time(post: Post, home: Path) -> None:
    folder = home / ".git/desk/mail"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "is at work" in post.fetch(code=6).out


def test_a_watch_is_told_by_the_server_and_lets_others_work_meanwhile(
    post: Post, home: Path, environment: dict[str, str], git: Git
) -> None:
    """It would look again after five minutes: what comes earlier is announced (IDLE). SIGTERM ends it."""
    watch = terminals.start(
        "mail", "fetch", "--watch", "--every", "5m", cwd=home, env={**environment, **post.env},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert watch.stdout is not None
    try:
        for subject in ("One", "Two"):
            post.deliver(mail("anna@clinic.example", subject, "Text."))
            line = watch.stdout.readline()
            assert ("taken" in line, line.rstrip().endswith(subject)) == (True, True), line
        assert subjects(git) == ["One", "Two"]
        assert post.fetch().data == [], "the lock is free while it waits"
        watch.send_signal(signal.SIGTERM)
        rest, said = watch.communicate(timeout=20)
    finally:
        watch.kill()
    assert (watch.returncode, rest, said) == (0, "", "")
    assert "no time from 5s to 1h" in post.desk("mail", "fetch", "--watch", "--every", "2s", code=2).err


def test_what_is_not_the_mail_s_fault_leaves_it_where_it_is(post: Post, home: Path) -> None:
    first = post.desk(
        "ticket",
        "create",
        "--title",
        "T",
        "--department",
        "technical",
        "--requester",
        "anna@clinic.example",
        "-f",
        "ids",
    ).out.strip()
    [path] = home.glob(f"records/tickets/*/*/*/{first}.md")
    path.write_text(path.read_text(encoding="utf-8") + "\nBy hand.\n", encoding="utf-8")
    post.deliver(mail("anna@clinic.example", f"Re: [{first}]", "Text."))
    for _ in range(3):  # no more than a mail is begun that ends the program
        assert "hand edits" in post.fetch(code=6).out
    assert post.folders()["INBOX"] == 1
    post.desk("commit", "-m", "mine")
    assert post.fetch().data[0]["ticket"] == first


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("desk.mail.host", "false", 8, "git config desk.mail.host true"),
        ("desk.mail.trust", "imaps://x@elsewhere:993", 8, "desk mail trust"),
    ],
)
def test_no_machine_that_was_not_set_up(post: Post, git: Git, name: str, value: str, code: int, said: str) -> None:
    git("config", name, value)
    post.deliver(mail("anna@clinic.example", "One", "First."))
    assert said in post.fetch(code=code).out
    assert post.folders() == {"INBOX": 1}


def test_a_wrong_secret_is_told_and_not_shown(post: Post) -> None:
    done = post.desk("mail", "fetch", code=10, env={**post.env, "DESK_IMAP_SECRET": "wrong-secret"})
    assert "refused to log" in done.err
    assert "wrong-secret" not in done.err


@pytest.mark.skipif(not Path("/proc/thread-self/children").exists(), reason="processes are looked at in /proc")
def test_a_secret_is_in_no_command_line_and_no_file_of_ours(
    post: Post, home: Path, environment: dict[str, str], git: Git, tmp_path: Path
) -> None:
    """Wherever it is kept, right or wrong: not for a moment in what `ps` shows of our processes, nor in a log afterwards."""
    called, kept = tmp_path / "called", tmp_path / "kept"
    shim = tmp_path / "bin/git"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{called}\nexec {shutil.which("git")} "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    path = f"{shim.parent}:{environment['PATH']}"
    env = {**environment, "SSL_CERT_FILE": post.env["SSL_CERT_FILE"], "PATH": path}
    shown: set[bytes] = set()

    def run(word: str, code: int, more: dict[str, str]) -> str:
        whole = f"imap://{post.user.replace('@', '%40')}:{secret}@localhost%3a{post.dovecot.ports.imaps}"
        kept.write_text(f"{whole}\n", encoding="utf-8")  # each time: git forgets what was refused
        with terminals.start(
            "mail", word, "--imap" if word == "test" else "--limit=9", cwd=home, env={**env, **more},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as running:  # fmt: skip
            while running.poll() is None:
                shown.update(command_lines(running.pid))
                time.sleep(0.002)  # looking as often as this sees a `true`, which ends at once
            assert running.stdout is not None
            said = str(running.stdout.read())
        assert running.returncode == code, said
        return said

    for number, (secret, code) in enumerate(((SESAME, 0), ("wrong-horse-4712", 10))):
        (tmp_path / "secret").write_text(f"{secret}\n", encoding="utf-8")
        for name, value, more in (
            ("DESK_IMAP_SECRET", "", {"DESK_IMAP_SECRET": secret}),
            ("desk.mail.secretCommand", f"cat {tmp_path}/secret", {}),
            ("git credential", f"store --file {kept}", {}),
        ):
            if value:
                setting = "credential.helper" if name == "git credential" else name
                git("config", setting, value)
            post.deliver(mail("anna@clinic.example", f"{number} {name}", "Text."))
            said = run("test", code, more)
            assert f"secret from {name}" in said
            said += run("fetch", code, more)
            assert (f"{number} {name}" in said) == (code == 0)
            assert secret not in said
            if value:
                git("config", "--unset", setting)
        for file in (called, *(p for p in home.glob(".git/desk/**/*") if p.is_file())):
            assert secret.encode() not in file.read_bytes(), file
        assert not [line for line in shown if secret.encode() in line]
    assert {"fill", "approve", "reject"} <= set(
        re.findall(r" credential (\w+)$", called.read_text("utf-8"), re.MULTILINE)
    )
    assert any(b"credential" in line for line in shown), "they were looked at while they ran"


def command_lines(process: int) -> Iterator[bytes]:
    """What `ps` shows now of a process and of those below it."""
    with suppress(OSError):
        with open(f"/proc/{process}/cmdline", "rb") as file:
            yield file.read()
        for task in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{task}/children", "rb") as file:
                children = file.read().split()
            for child in children:
                yield from command_lines(int(child))


def test_a_mailbox_that_was_made_anew_is_read_from_the_beginning(post: Post) -> None:
    raw = mail("anna@clinic.example", "One", "First.")
    post.deliver(raw)
    post.fetch()
    with IMAPClient("127.0.0.1", post.dovecot.ports.imap, ssl=False) as client:
        client.login(post.user, "secret")
        client.delete_folder("Processed")
    post.deliver(raw)
    assert [row["state"] for row in post.fetch().data] == ["known"]


@settled(
    'imap.folder = ["INBOX", "Δεύτερος"]', 'imap.processed = "Done"', 'imap.held = "Aside"', 'imap.rejected = "Nobody"'
)
def test_folders_are_called_as_the_settings_say(post: Post) -> None:
    post.desk("user", "ban", "spam@x.example")
    with IMAPClient("127.0.0.1", post.dovecot.ports.imap, ssl=False) as client:
        client.login(post.user, "secret")
        client.create_folder("Δεύτερος")
        client.append("Δεύτερος", mail("bob@clinic.example", "Two", "Second."))
    away = mail("new@x.example", "Automatic reply: x", "I am away.", "Auto-Submitted: auto-replied")
    post.deliver(mail("anna@clinic.example", "One", "First."), mail("spam@x.example", "Buy", "now"), away)
    assert [row["state"] for row in post.fetch(code=10).data] == ["taken", "rejected", "held", "taken"]
    assert post.folders() == {"INBOX": 0, "Δεύτερος": 0, "Done": 2, "Aside": 1, "Nobody": 1}


@settled('imap.processed = ""', "max_parts = 2")
def test_what_was_left_out_of_is_never_deleted(post: Post) -> None:
    """Where nothing is kept: what isn't in the ticket would be nowhere."""
    parts = "".join(f"--b\n\npart {n}\n" for n in range(4)) + "--b--\n"
    post.deliver(mail("anna@clinic.example", "Many", parts, 'Content-Type: multipart/mixed; boundary="b"'))
    assert [row["state"] for row in post.fetch().data] == ["taken"]
    assert post.folders() == {"INBOX": 0, "Held": 1}


@pytest.mark.parametrize("bytes_", [3_000, 80_000])
def test_a_server_that_closes_in_between_is_gone_on_with(post: Post, home: Path, git: Git, bytes_: int) -> None:
    """Once more, from where it was; each mail is there once."""
    with Relay(post.dovecot.ports.imap, bytes_) as relay:
        file = home / "desk.toml"
        way = f'imap.port = {relay.port}\nimap.security = "none"'
        file.write_text(file.read_text("utf-8").replace(f"imap.port = {post.dovecot.ports.imaps}", way), "utf-8")
        git("commit", "-qam", "relay")
        git("config", "desk.mail.trust", f"imap://{post.user}@localhost:{relay.port}")
        post.deliver(*(mail(f"p{n}@x.example", f"Mail {n}", "Words. " * 5_000) for n in range(4)))
        states = [row["state"] for row in post.fetch().data]
    assert set(states) <= {"taken", "known"}
    assert subjects(git) == [f"Mail {n}" for n in range(4)]
    assert post.folders() == {"INBOX": 0, "Processed": 4}
    assert relay.connections == 2
