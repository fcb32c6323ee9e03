"""Fixtures: a desk of one's own for each test, and the program, called in this process or as a process of its own."""

from __future__ import annotations

import gc
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from desk.cli import main
from tests import terminals
from tests.copies import copy_desk, copy_template, remember_identity
from tests.outcomes import Outcomes

FOUNDER = ("Maria Georgiou", "maria@ncpeh.example")
NOW = "2026-07-23T06:12:44Z"
PEOPLE = {
    "petros": "id: petros\nname: Petros Ioannou\nemail: petros@ncpeh.example\nlevel: 1\ndepartments: [semantic, technical]\n",
    "eleni": "id: eleni\nname: Ελένη Παύλου\nemail: eleni@ncpeh.example\nlevel: 2\ndepartments: [legal]\n",
    "nikos": "id: nikos\nname: Nikos Christou\nemail: nikos@ncpeh.example\nlevel: 1\n",
}
"""Beside the founder (level 3, all six departments): one of two departments, one of another, one of none."""


DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin") or ""
"""The mail server that tests of mailboxes run, where it is installed."""
POSTFIX = shutil.which("postfix") or shutil.which("postfix", path="/usr/sbin") or ""
MAIL_REQUIRED = os.environ.get("DESK_TEST_MAIL") == "require"
SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin") or ""
GITOLITE = shutil.which("gitolite") and "/usr/share/gitolite3/gitolite"
"""Servers that git is pushed to, where they are installed."""
SERVERS_REQUIRED = os.environ.get("DESK_TEST_GUARD") == "require"

_MEMORY = "/dev/shm"
_ROOM = 4 << 30
"""Bytes that must be free in memory for the tests to run there."""


_EXAMPLES = int(os.environ.get("DESK_TEST_EXAMPLES", "25"))
"""How often a property is tried, where its test doesn't say; hypothesis itself would try 100 times."""
# How long an example takes to draw says how busy the machine is, and nothing of the program.
hypothesis_settings.register_profile(
    "desk", max_examples=_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("desk")


def pytest_configure() -> None:
    """Work in memory where there is room: every write of a desk waits for the disk, and thousands of them are a minute.

    What is compiled is kept whatever the shell says: else each run compiles all tests, and each process the program.
    """
    sys.dont_write_bytecode = False
    gc.set_threshold(50_000)  # as the program itself has it
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    found = os.statvfs(_MEMORY)
    if found.f_bavail * found.f_frsize >= _ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores (`-n auto`): a test that waits for a server leaves its core to another."""
    return 1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def pytest_collection_finish() -> None:
    """All tests stay to the end: each look for what of them could be let go takes a quarter of a second."""
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of a run says what it didn't try."""
    if hasattr(config, "workerinput"):
        return
    if not SSHD:
        print("Not tried: a guarded desk over ssh, as sshd isn't installed: apt install openssh-server")  # noqa: T201
    if not GITOLITE:
        print("Not tried: a guarded desk behind gitolite, as it isn't installed: apt install gitolite3")  # noqa: T201
    if not os.environ.get("DESK_TEST_CORPORA"):
        print("Not tried: mails that others have collected, as DESK_TEST_CORPORA names no folder of them")  # noqa: T201
    if not DOVECOT:
        print("Not tried: mailboxes on a server, as dovecot isn't installed: apt install dovecot-imapd dovecot-lmtpd")  # noqa: T201
    if not POSTFIX:
        print("Not tried: mail through an MTA, as postfix isn't installed: apt install postfix")  # noqa: T201


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def data(self) -> Any:
        return self.json["data"]


class Runner(Protocol):
    def __call__(
        self, *args: str, code: int | None = 0, stdin: str | bytes = "", env: dict[str, str] | None = None
    ) -> Result: ...


Begin = Callable[..., Result]
Make = Callable[..., str]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A process environment with an identity of its own and nothing of this machine's."""
    home = tmp_path_factory.mktemp("home")
    config = f"[user]\n\tname = {FOUNDER[0]}\n\temail = {FOUNDER[1]}\n[init]\n\tdefaultBranch = main\n"
    # A process after each commit and each push, which would find nothing old enough to tidy up.
    config += "[maintenance]\n\tauto = false\n[receive]\n\tautoGC = false\n"
    (home / ".gitconfig").write_text(config, encoding="utf-8")
    others = ("GIT_", "DESK_", "XDG_", "PYTHONDONTWRITEBYTECODE")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(others)}
    return {
        **kept,
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "DESK_NOW": NOW,
        "NO_COLOR": "1",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
        "EDITOR": "false",
    }


@pytest.fixture(autouse=True)
def _own_environment(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n not in environment]:
        monkeypatch.delenv(name)
    for name in [n for n, value in environment.items() if os.environ.get(n) != value]:
        monkeypatch.setenv(name, environment[name])


@pytest.fixture(scope="session")
def _starter(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """The starter desk with four staff members, made once and copied for each test."""
    top = tmp_path_factory.mktemp("template") / "desk"
    _do("init", str(top), env=environment)
    for sample in (top / ".git/hooks").iterdir():
        sample.unlink()  # git's, which would be copied a thousand times
    _hire(top, environment)
    _do("--desk", str(top), "ticket", "list", env=environment)
    _keep_derived(top, environment)
    return top


def _do(*args: str, env: dict[str, str]) -> None:
    done = terminals.run(*args, cwd=None, env=env)
    assert done.returncode == 0, done.stderr


def _hire(top: Path, environment: dict[str, str]) -> None:
    for handle, text in PEOPLE.items():
        (top / "records/staff" / f"{handle}.yaml").write_text(text, encoding="utf-8")
    subprocess.run(["git", "-C", str(top), "add", "."], check=True, env=environment)
    subprocess.run(["git", "-C", str(top), "commit", "-q", "-m", "hire"], check=True, env=environment)


def _keep_derived(top: Path, environment: dict[str, str]) -> None:
    """What a first write finds out and keeps: the version of git, the holidays of the year; asked once, not by each test."""
    other = copy_desk(top, top.parent / "other")
    _do("--desk", str(other), "ticket", "create", "--title", "T", "--body", "B", env=environment)
    for name in ("git-version", "holidays.json"):
        shutil.copy(other / ".git/desk" / name, top / ".git/desk" / name)
    shutil.rmtree(other)


@pytest.fixture(scope="session")
def few_articles(_starter: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """The starter desk without most of what makes an index and an examination take long: articles, their texts, responses."""
    top = copy_of(_starter, tmp_path_factory.mktemp("few"))

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(top), *words], check=True, env=environment)

    git("reset", "-q", "--hard", "HEAD~1")
    kept = ("kb/faq/", "kb/known-errors/topic.yaml")
    shelved = [p for p in (str(path.relative_to(top)) for path in top.glob("kb/*/*")) if not p.startswith(kept)]
    git("rm", "-r", "-q", *shelved, "templates/responses")
    for article in top.glob("kb/faq/*.md"):
        head, first, *_rest = article.read_text(encoding="utf-8").split("\n\n")
        article.write_text(f"{head}\n\n{first}\n", encoding="utf-8")
    git("commit", "-q", "-a", "--amend", "--no-edit")
    _hire(top, environment)
    git("reflog", "expire", "--expire=now", "--all")
    git("repack", "-a", "-d", "-q")
    git("prune", "--expire=now")
    _do("--desk", str(top), "ticket", "list", env=environment)
    return top


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    """What each test's desk is a copy of; folders whose tests need the articles take `_starter`."""
    return few_articles


def copy_of(template: Path, folder: Path) -> Path:
    """A desk of one's own."""
    return copy_template(template, folder / "desk")


@pytest.fixture
def home(_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk, which is also the working folder; what its user keeps for herself starts empty as well."""
    top = copy_of(_template, tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(top)
    remember_identity(top)
    return top


@pytest.fixture
def desk(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:  # noqa: ARG001 - a desk
    """`desk("ticket", "list", code=0)` in this process, in a desk of its own; fails unless it ends with `code`."""
    return runner(capsys, monkeypatch)


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:
    """As `desk`, wherever the working folder is."""
    return runner(capsys, monkeypatch)


def runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:
    def run(*args: str, code: int | None = 0, stdin: str | bytes = "", env: dict[str, str] | None = None) -> Result:
        capsys.readouterr()
        data = stdin.encode() if isinstance(stdin, str) else stdin
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            found = main.run(list(args))
        captured = capsys.readouterr()
        result = Result(found, captured.out, captured.err)
        if code is not None:
            assert found == code, f"desk {' '.join(args)}\n{result.out}{result.err}"
        return result

    return run


@pytest.fixture
def process(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`process("ticket", "list", cwd=…)`: the program as a process of its own (see tests/terminals.py)."""

    def run(*args: str, cwd: Path | None = None, env: dict[str, str] | None = None, stdin: str = "") -> Any:
        return terminals.run(*args, cwd=cwd, env={**environment, **(env or {})}, input=stdin)

    return run


@pytest.fixture
def git(home: Path) -> Callable[..., str]:
    """`git("log", "--oneline")` in the desk: what it prints."""

    def run(*args: str) -> str:
        done = subprocess.run(["git", "-C", str(home), *args], capture_output=True, text=True, check=True)
        return done.stdout

    return run


@pytest.fixture(scope="session")
def outcomes() -> Outcomes:
    return Outcomes()


@pytest.fixture
def begin(home: Path, desk: Runner, outcomes: Outcomes) -> Begin:
    """As `desk`, for what a test only begins with: done from memory where it was done before (see tests/outcomes.py)."""

    def run(*args: str, env: dict[str, str] | None = None) -> Result:
        return outcomes.repeat(home, (*args, *map("=".join, (env or {}).items())), lambda: desk(*args, env=env))

    return run


@pytest.fixture
def make(begin: Begin) -> Make:
    """`make("Title", "--department", "legal")`: the id of a new ticket."""

    def run(title: str = "A ticket", *args: str) -> str:
        more = () if "--department" in args else ("--department", "technical")
        return begin("ticket", "create", "--title", title, *more, *args, "-f", "ids").out.strip()

    return run
