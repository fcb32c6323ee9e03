"""A guarded repository, and people who push to it, honest or not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.audit.forge import MARIA, Forger
from tests.beginnings import at_work
from tests.conftest import Runner, runner


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles


class Guarded:
    """A bare repository with the guard's hooks, and a clone. `push` is git's own, as whoever the server says."""

    def __init__(self, server: Path, home: Path, run: Runner, environment: dict[str, str]) -> None:
        self.server = server
        self.home = home
        self.run = run
        self.environment = environment
        self.forger = Forger(home)

    def desk(self, *args: str, who: str = "maria", code: int | None = 0, at: Path | None = None) -> str:
        done = self.run("--desk", str(at or self.home), "--as", who, *args, code=code)
        return done.out + done.err

    def create(self, title: str = "A ticket", who: str = "maria", department: str = "technical") -> str:
        words = ("ticket", "create", "--title", title, "--department", department, "-f", "ids")
        return self.desk(*words, who=who).split()[0]

    def git(self, *args: str, at: Path | None = None) -> str:
        done = subprocess.run(
            ["git", "-C", str(at or self.home), *args], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def push(
        self,
        *args: str,
        who: str | None = "maria",
        env: dict[str, str] | None = None,
        to: str | None = None,
        config: tuple[str, ...] = (),
    ) -> str:
        """What git says: nothing for a push that was taken."""
        told = {**self.environment, **({} if who is None else {"DESK_PUSHER": who}), **(env or {})}
        words = args or ("HEAD:main",)
        options = [part for one in config for part in ("-c", one)]
        done = subprocess.run(
            ["git", "-C", str(self.home), *options, "push", "-q", to or str(self.server), *words],
            env=told, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if not done.returncode:
            assert "remote:" not in done.stderr, done.stderr
            return ""
        return "\n".join(line.removeprefix("remote: ").rstrip() for line in done.stderr.splitlines())

    @property
    def tip(self) -> str:
        return self.git("rev-parse", "main", at=self.server)

    def back(self) -> None:
        """The clone as the server is."""
        self.git("reset", "-q", "--hard", self.tip)
        self.git("clean", "-qfd")

    def commit(self, message: str, who: tuple[str, str] = MARIA, **times: str) -> str:
        return self.forger.commit(message, who, **times)


Guard = Callable[..., Guarded]
WARM = Path(__file__).with_name("warm.py")
ASK = Path(__file__).with_name("ask.py")
QUICK = ASK.with_suffix(".pl")


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Path]:
    """Where the program waits, loaded, to be called."""
    place = tmp_path_factory.mktemp("warm") / "socket"
    words = [sys.executable, str(WARM), str(place)]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stdout.readline() == "ready\n"
        yield place
        running.terminate()


def heat(server: Path, socket: Path) -> None:
    """Have the hooks of a repository call the program that waits, instead of starting it."""
    for hook in server.glob("*hooks/**/*"):
        if hook.is_file() and "guard hook" in (text := hook.read_text()):
            cold = re.sub(
                r"^exec .*? guard hook", f"exec {_asked_by_hook(socket)} guard hook", text, flags=re.MULTILINE
            )
            assert cold != text
            hook.write_text(cold)


def _asked_by_hook(socket: Path) -> str:
    """As `asked`, and sooner where a process can look at another."""
    quick = shutil.which("perl") and Path("/proc/self/environ").exists()
    return f"perl '{QUICK}' '{socket}'" if quick else asked(socket)


def asked(socket: Path) -> str:
    """How a shell calls the program that waits."""
    return f"'{sys.executable}' -IS '{ASK}' '{socket}'"


@pytest.fixture
def guard(
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
) -> Guard:
    """`guard("gitea")`: a repository for that kind of server; or one that is there."""

    def make(server: str = "git", at: Path | None = None, *more: str) -> Guarded:
        place = at or tmp_path / "desk.git"
        if at is None:
            bare(home, place)
        found = Guarded(place, home, runner(capsys, monkeypatch), environment)
        found.desk("guard", "install", "--for", server, *more, at=place)
        return found

    return make


@pytest.fixture(scope="session")
def _guarded(
    few_articles: Path, warm: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Path:
    """A guarded repository, made once."""
    place = tmp_path_factory.mktemp("guarded") / "desk.git"
    bare(few_articles, place)
    with at_work(few_articles, environment) as desk:
        desk("--desk", str(place), "guard", "install")
    heat(place, warm)
    return place


@pytest.fixture
def guarded(
    _guarded: Path,
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
) -> Guarded:
    """One whose hooks don't start Python each time; those that a server installs are called as they are in test_servers."""
    place = tmp_path / "desk.git"
    shutil.copytree(_guarded, place)
    config = place / "config"
    config.write_text(config.read_text().replace(str(_guarded), str(place)))
    return Guarded(place, home, runner(capsys, monkeypatch), environment)


def bare(home: Path, place: Path) -> None:
    """A repository to push to, without the samples of git's hooks."""
    subprocess.run(["git", "clone", "-q", "--bare", "--template=", str(home), str(place)], check=True)


def refused(said: str, *words: str) -> None:
    """That a push was refused for this reason, and that its maker is told what became of it."""
    assert said, "the push was taken"
    for word in words:
        assert word in said, said
    assert "pre-receive hook declined" in said
