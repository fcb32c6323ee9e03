"""Every row of the guard's table through a real server, and some through each kind; in more detail, without one, in test_table."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import SSHD
from tests.copies import copy_desk
from tests.guard.conftest import asked, heat
from tests.guard.rows import MACHINES, PEOPLE, Row, Rows
from tests.guard.served import Gitolite, http, kept_open, need, ssh, sshd


class Reach(NamedTuple):
    """A repository, and by who pushes: where it is for them, and what is in git's environment for it."""

    place: Path
    way: Callable[[str], tuple[str, dict[str, str]]]


@pytest.fixture(scope="session")
def rows(few_articles: Path, warm: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Rows:
    """The clone with all pushes, made once."""
    return Rows(copy_desk(few_articles, tmp_path_factory.mktemp("rows") / "home"), warm, environment)


def bare(rows: Rows, top: Path, server: str) -> Path:
    """A guarded repository as it is before the first row."""
    place = top / "desk.git"
    rows.git("init", "-q", "--bare", str(place))
    rows.git("push", "-q", str(place), f"{rows.begun}:refs/heads/main")
    return guarded(rows, place, server)


def guarded(rows: Rows, place: Path, server: str) -> Path:
    rows.desk("guard", "install", "--for", server, "--branch", "main", at=place)
    heat(place, rows.socket)
    return place


@contextmanager
def of_ssh(rows: Rows, top: Path) -> Iterator[Reach]:
    """Each key runs the forced command that the desk's records give it."""
    need(SSHD, "openssh-server")
    place = bare(rows, top, "git")
    authorized = rows.desk("guard", "keys", "--authorized", at=place)
    assert len(authorized.splitlines()) == len((*PEOPLE, *MACHINES))
    authorized = re.sub(r'command=".*? --desk', f'command="{asked(rows.socket)} --desk', authorized)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    where = f"{user}@127.0.0.1"
    with sshd(top, authorized) as port:
        ways = {who: ssh(rows.keys / who, port) for who in (*PEOPLE, *MACHINES)}
        with kept_open(ways, where, top) as opened:
            yield Reach(
                place,
                lambda who: (
                    f"{where}:desk.git",
                    {"GIT_SSH_COMMAND": " ".join(opened[who]), "DESK_PUSHER": "relay1"},
                ),
            )


@contextmanager
def of_http(rows: Rows, top: Path) -> Iterator[Reach]:
    place = bare(rows, top, "http")
    rows.git("config", "http.receivepack", "true", at=place)
    with http(top) as address:
        yield Reach(place, lambda who: (f"http://{who}:x@{address}/desk.git", {"REMOTE_USER": "relay1"}))


@contextmanager
def of_gitolite(rows: Rows, top: Path) -> Iterator[Reach]:
    server = Gitolite(top, rows.home, rows.begun)
    guarded(rows, server.place, "gitolite")
    yield Reach(server.place, lambda who: (server.URL, server.env(who)))


def push(rows: Rows, row: Row, reach: Reach) -> str:
    """What git says; nothing for what was taken."""
    where, env = reach.way(row.who)
    home = rows.home.parent / row.clone
    words = ["git", "-C", str(home), "push", "-q", where, *row.refs]
    done = subprocess.run(words, env={**rows.environment, **env}, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


EVERY = os.environ.get("DESK_TEST_ROWS") == "every"
"""Whether each server is sent every row; else one of them is, and what the others send to be judged differs in who pushes: those
get one of each who does.
"""


@pytest.mark.parametrize("server", [of_ssh, of_http, of_gitolite])
def test_rows(server: Callable[[Rows, Path], object], rows: Rows, tmp_path: Path) -> None:
    with server(rows, tmp_path) as reach:  # type: ignore[attr-defined]
        wrong = []
        for row in rows.rows:
            if not (EVERY or server is of_http or row in rows.some):
                if not row.words:
                    rows.bring(row, reach.place)
                continue
            found = push(rows, row, reach)
            missing = [word for word in row.words if word not in found]
            if bool(found) != bool(row.words) or missing:
                wrong.append(f"{row.name}, by {row.who}: lacks {missing} in {found or 'nothing: it was taken'}")
        assert wrong == [], "\n\n".join(wrong)
