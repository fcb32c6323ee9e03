"""Hostile mails between good ones: the good ones come in, the others are told, and nothing takes long or grows large."""

# ruff: noqa: ARG001 - stand-ins for a reader take what it takes

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from desk.intake import guard, parsing
from desk.intake.attachments import Limits
from desk.intake.mails import Mail
from tests.intake.hostile import HOSTILE, MULTI, Told, mail

TOP = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def told() -> Told:
    """In a process of its own: a child of this one begins as large as all tests before have made it."""
    done = subprocess.run([sys.executable, "-m", "tests.intake.hostile"], capture_output=True, check=True, cwd=TOP)
    return Told(*json.loads(done.stdout))


def test_good_mails_come_in_between_hostile_ones(told: Told) -> None:
    assert told.good == len(HOSTILE) == 12
    assert told.seconds < 60
    assert told.largest < 300 << 10
    assert told.unread.keys() <= {"many parts", "nested", "semicolons"}


def test_what_is_nested_too_deeply_is_told_with_its_head(told: Told) -> None:
    assert told.unread["nested"] == ["its parts are nested too deeply", "Error 4703"]


def _busy(raw: bytes, languages: Sequence[str], limits: Limits) -> Mail:
    while True:
        languages = [*languages]


def _asleep(raw: bytes, languages: Sequence[str], limits: Limits) -> Mail:
    time.sleep(60)
    return parsing.parse(raw, languages, limits)


def _hungry(raw: bytes, languages: Sequence[str], limits: Limits) -> Mail:
    bytearray(1 << 33)
    return parsing.parse(raw, languages, limits)


def _killed(raw: bytes, languages: Sequence[str], limits: Limits) -> Mail:
    os.kill(os.getpid(), signal.SIGUSR1)
    return parsing.parse(raw, languages, limits)


def _failing(raw: bytes, languages: Sequence[str], limits: Limits) -> Mail:
    raise LookupError(raw)


def _exiting(raw: bytes, languages: Sequence[str], limits: Limits) -> Mail:
    raise SystemExit


def test_one_that_sleeps_is_not_waited_for() -> None:
    found = guard.read(mail(), ("en", "el"), Limits(), guard.Bounds(wall=0.25), _asleep)
    assert isinstance(found, guard.Unreadable)
    assert found.reason == "it took more than 0.25 s to read"


def test_a_large_mail_comes_through_whole() -> None:
    data = os.urandom(3 << 20)
    data = data.replace(b"\n", b"x").replace(b"\r", b"x")
    part = b"--b\nContent-Type: application/pdf; name=a.pdf\n\n"
    found = guard.read(mail(MULTI, body=part + data + b"\n--b--\n"), ("en", "el"), Limits())
    assert isinstance(found, Mail)
    assert [(a.name, len(a.data)) for a in found.attachments] == [("a.pdf", len(data))]


def test_no_child_is_left_behind() -> None:
    # Not by waiting for any: a server of other tests may be a child as well.
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    before = children.read_text(encoding="ascii")
    guard.read(mail(), ("en", "el"), Limits())
    assert children.read_text(encoding="ascii") == before


def test_one_child_reads_many_mails_and_loads_what_it_needs_once() -> None:
    raw = mail(body="Καλημέρα σας, η συνταγή δεν φαίνεται.".encode("cp1253"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with guard.GuardedReader() as reader:
        for _ in range(20):
            found = reader.read(raw, ("en", "el"), Limits())
            assert isinstance(found, Mail)
            assert found.text == "Καλημέρα σας, η συνταγή δεν φαίνεται."
    # Loading takes a tenth of a second each time.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 1


def _by_subject(raw: bytes, languages: Sequence[str], limits: Limits) -> Mail:
    """What the subject asks for; else the mail, with the child that read it as its subject."""
    subject = parsing.parse(raw, languages, limits).subject
    if subject in _DONE:
        return _DONE[subject][0](raw, languages, limits)
    return parsing.parse(raw, languages, limits)._replace(subject=f"{subject} {os.getpid()}")


_DONE = {
    "busy": (_busy, "reading it takes more than 1 s of processor time"),
    "hungry": (_hungry, "reading it takes too much memory"),
    "killed": (_killed, "its reader was ended by signal 10"),
    "failing": (_failing, "reading it failed: LookupError"),
    "exiting": (_exiting, "its reader ended without an answer"),
}


def test_what_ends_the_child_is_told_of_that_mail_alone_and_the_next_one_gets_another_child() -> None:
    with guard.GuardedReader(guard.Bounds(cpu=1, wall=20), _by_subject) as reader:

        def read(subject: str) -> Mail | guard.Unreadable:
            return reader.read(mail("From: a@b.example", f"Subject: {subject}"), ("en",), Limits())

        children = set()
        for subject, (_parse, reason) in _DONE.items():
            first, second = read("one"), read("two")
            assert isinstance(first, Mail)
            assert isinstance(second, Mail)
            assert first.subject.split()[1] == second.subject.split()[1], "one child for both"
            children.add(first.subject.split()[1])
            ended = read(subject)
            assert isinstance(ended, guard.Unreadable), subject
            assert ended.reason == reason
        assert len(children) == len(_DONE)
        assert isinstance(read("last"), Mail)


def test_the_time_of_one_mail_is_not_counted_against_the_next() -> None:
    def a_while(raw: bytes, languages: Sequence[str], limits: Limits) -> Mail:
        began = time.process_time()
        while time.process_time() - began < 0.55:
            pass
        return parsing.parse(raw, languages, limits)

    with guard.GuardedReader(guard.Bounds(cpu=1), a_while) as reader:
        for _ in range(2):  # together they take more than one may
            assert isinstance(reader.read(mail(), ("en",), Limits()), Mail)


def _open_files(raw: bytes, languages: Sequence[str], limits: Limits) -> Mail:
    there = (os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd"))
    return parsing.parse(raw, languages, limits)._replace(subject=" ".join(there))


def test_the_child_holds_nothing_that_the_run_has_open(tmp_path: Path) -> None:
    """A run that is killed leaves its child for a moment: the next run must find the locks free."""
    path = tmp_path / "lock"
    with open(path, "w", encoding="utf-8"), guard.GuardedReader(parse=_open_files) as reader:
        found = reader.read(mail(), ("en",), Limits())
    assert isinstance(found, Mail)
    assert "pipe:" in found.subject
    assert str(path) not in found.subject
