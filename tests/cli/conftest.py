"""Fixtures that hold for every verb: an act is one commit of its author and a clean tree, a refusal is none."""

from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

from desk.cli import main
from tests.conftest import Result, Runner
from tests.outcomes import Outcomes
from tests.terminals import said_last, spawn

Git = Callable[..., str]
More = Callable[..., list[str]]
Offer = Callable[..., list[tuple[str, str, str]]]
MALTA = "desk@health.example.mt"
STARTER = Path(__file__).parents[2]
"""Where the desk lies that `desk init` founds."""


class Commit(NamedTuple):
    """A commit as an auditor reads it."""

    tree: str
    parent: str
    author: str
    email: str
    subject: str
    reason: str
    trailers: tuple[tuple[str, str], ...]

    def values(self, key: str) -> list[str]:
        return [value for name, value in self.trailers if name == key]


class Act(NamedTuple):
    """What a command answered, and the one commit it made."""

    result: Result
    commit: Commit

    @property
    def data(self) -> Any:
        return self.result.data


class Acts(Protocol):
    def __call__(self, *args: str, stdin: str | bytes = "") -> Act: ...


class Refuses(Protocol):
    def __call__(self, code: int, *args: str, stdin: str | bytes = "") -> dict[str, Any]: ...


def commit_of(git: Git, rev: str = "HEAD") -> Commit:
    """A commit of one parent at most."""
    return _commit(git("cat-file", "commit", rev))


def _commit(text: str) -> Commit:
    head, _, text = text.partition("\n\n")
    fields = dict(line.split(" ", 1) for line in head.splitlines())
    author, _, email = fields["author"].rpartition("> ")[0].rpartition(" <")
    paragraphs = text.strip().split("\n\n")
    lines = [line.partition(": ") for line in paragraphs[-1].splitlines()]
    trailers = tuple((key, value) for key, _, value in lines)
    reason = "\n\n".join(paragraphs[1:-1])
    return Commit(fields["tree"], fields.get("parent", ""), author, email, paragraphs[0], reason, trailers)


def tip(home: Path) -> str:
    """The branch's newest commit, without a process."""
    return (home / ".git/refs/heads/main").read_text(encoding="ascii").strip()


def heads(git: Git) -> int:
    return int(git("rev-list", "--count", "HEAD"))


@pytest.fixture
def clean(git: Git) -> Iterator[None]:
    """Nothing that commands leave over in the working tree: asked once, at the end."""
    yield
    assert git("status", "--porcelain") == ""


@pytest.fixture
def responses(home: Path, git: Git, outcomes: Outcomes) -> None:
    """Those of the starter desk, in a commit."""

    def commit() -> Result:
        shutil.copytree(STARTER / "templates/responses", home / "templates/responses")
        git("add", "templates")
        return Result(0, git("commit", "-q", "-m", "responses"), "")

    outcomes.repeat(home, ("responses",), commit)


@pytest.fixture
def newest(home: Path) -> Iterator[Callable[[], Commit]]:
    """The commit of the branch: `git cat-file`, started once for all that a test asks."""
    with ExitStack() as stack:

        @functools.cache
        def batch() -> subprocess.Popen[bytes]:
            command = ["git", "-C", str(home), "cat-file", "--batch"]
            return stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))

        def read() -> Commit:
            asked, answers = batch().stdin, batch().stdout
            assert asked
            assert answers
            asked.write(b"HEAD\n")
            asked.flush()
            _oid, kind, size = answers.readline().split()
            assert kind == b"commit"
            return _commit(answers.read(int(size) + 1).decode())

        yield read


@pytest.fixture
def acts(desk: Runner, newest: Callable[[], Commit], home: Path, clean: None) -> Acts:  # noqa: ARG001 - in the end
    """`acts("ticket", "close", id)` with `-f json`: exactly one commit, nothing left over."""

    def run(*args: str, stdin: str | bytes = "") -> Act:
        before = tip(home)
        result = desk(*args, "-f", "json", stdin=stdin)
        commit = newest()
        assert commit.parent == before
        assert all(line.startswith("warning: ") for line in result.err.splitlines())
        assert set(result.json) == {"schema", "kind", "data", "warnings"}
        return Act(result, commit)

    return run


@pytest.fixture
def refuses(desk: Runner, home: Path, clean: None) -> Refuses:  # noqa: ARG001 - in the end
    """`refuses(5, "ticket", "close", id)`: that exit code, an error with a hint, and nothing changed. The error."""

    def run(code: int, *args: str, stdin: str | bytes = "") -> dict[str, Any]:
        before = tip(home)
        result = desk(*args, "-f", "json", code=code, stdin=stdin)
        assert tip(home) == before
        assert result.err == ""
        assert result.json["schema"] == 1
        assert result.json["kind"] == "error"
        error: dict[str, Any] = result.json["error"]
        assert set(error) == {"code", "message", "hint"}
        assert error["message"]
        return error

    return run


@pytest.fixture
def shown(desk: Runner) -> Callable[[str], Any]:
    """A ticket as `show -f json` gives it."""
    return lambda ticket: desk("ticket", "show", ticket, "-f", "json").data


@pytest.fixture
def events(desk: Runner) -> Callable[[str], list[tuple[str, str | None, str | None]]]:
    """A ticket's history: verb, from, to."""

    def run(ticket: str) -> list[tuple[str, str | None, str | None]]:
        return [(e["verb"], e["from"], e["to"]) for e in desk("ticket", "history", ticket, "-f", "json").data]

    return run


@pytest.fixture
def record(home: Path, git: Git) -> Callable[[str, str], None]:
    """Put a record in place by hand and commit it, as an administrator does."""

    def run(path: str, text: str) -> None:
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, encoding="utf-8")
        git("add", path)
        git("commit", "-q", "-m", f"by hand: {path}")

    return run


@pytest.fixture
def more(home: Path, desk: Runner) -> More:
    """`more(ticket, "One", "Two")`: tickets like that one with these titles, written by hand, taken in at once; their ids."""

    def run(ticket: str, *titles: str) -> list[str]:
        path = home / f"records/tickets/2026/07/23/{ticket}.md"
        text = re.sub(r"(?m)^title: .*$", "title: {}", path.read_text(encoding="utf-8").replace(ticket, "{}"), count=1)
        made = [f"260723-X{number:02}X" for number in range(len(titles))]
        for other, title in zip(made, titles, strict=True):
            path.with_stem(other).write_text(text.format(other, title), encoding="utf-8")
        desk("commit")
        return made

    return run


@pytest.fixture
def offer(home: Path, capsys: pytest.CaptureFixture[str]) -> Offer:  # noqa: ARG001 - a desk
    """`offer("ticket", "show", "7K")`: what bash is given for the last word: kind, value, description."""

    def run(*words: str) -> list[tuple[str, str, str]]:
        capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("_DESK_COMPLETE", "bash_complete")
            patch.setenv("COMP_WORDS", " ".join(("desk", *words)))
            patch.setenv("COMP_CWORD", str(len(words)))
            with pytest.raises(SystemExit) as left:
                main.main([])
        out, err = capsys.readouterr()
        assert (left.value.code, err) == (0, "")
        rows = [line.split("\t") for line in out.splitlines() if line]
        return [(kind, value, text) for kind, value, text in rows]

    return run


class Terminal(Protocol):
    def __call__(
        self,
        *args: str,
        editor: str = "",
        code: int = 0,
        answers: tuple[tuple[str, str | Callable[[], object]], ...] = (),
    ) -> str: ...


EDITOR = """\
printf '%s\\n' "$1" >{asked}
while read -r word <{told}; do
    [ "$word" = others ] || exit "$word"
    echo '{others}'
    read -r _
    echo >{asked}
done
"""
"""An editor that asks the test what to write: a shell, which starts in a tenth of the time that Python takes."""
OTHERS = "others are at work"
"""What an editor says that waits for them (`others()`), as a question that is answered by what they do."""


class Writer(threading.Thread):
    """Who writes in that editor: a few lines of Python, `text` in, `text` out; `turn` counts."""

    def __init__(self, folder: Path, lines: str) -> None:
        super().__init__(daemon=True)
        self.asked, self.told, self.log = folder / "asked", folder / "told", folder / "seen"
        self.log.unlink(missing_ok=True)
        self.lines = lines
        self.fault: Exception | None = None
        for pipe in (self.asked, self.told):
            if not pipe.exists():
                os.mkfifo(pipe)

    def run(self) -> None:
        while path := self._hear():
            self._tell(str(self._write(Path(path))))

    def stop(self) -> None:
        """Once nobody asks any more; raises what went wrong with the lines."""
        pipe = os.open(self.asked, os.O_RDWR)  # there is somebody who reads, or will be
        os.write(pipe, b"\n")
        self.join(20)
        os.close(pipe)
        assert not self.is_alive()
        if self.fault:
            raise self.fault

    def _hear(self) -> str:
        with self.asked.open(encoding="utf-8") as pipe:
            return pipe.readline().strip()

    def _tell(self, word: str) -> None:
        self.told.write_text(f"{word}\n", encoding="utf-8")

    def _write(self, path: Path) -> int:
        """What the editor ends with."""

        def save(text: str) -> None:
            path.write_text(text, encoding="utf-8", newline="")

        def others() -> None:
            self._tell("others")
            self._hear()

        text = path.read_text(encoding="utf-8")
        seen = self.log.read_text(encoding="utf-8").split("\0") if self.log.exists() else []
        self.log.write_text("\0".join([*seen, text]), encoding="utf-8", newline="")
        names = {"text": text, "turn": len(seen), "save": save, "others": others, "sys": sys}
        try:
            exec(self.lines, names)  # noqa: S102 - the test's own lines
            save(str(names["text"]))
        except SystemExit as leave:
            return leave.code if isinstance(leave.code, int) else int(leave.code is not None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is told
            self.fault = error
            return 1
        return 0


@pytest.fixture
def terminal(environment: dict[str, str], home: Path, tmp_path: Path) -> Terminal:
    """Run desk on a terminal with an editor that is a few lines of Python (see `Writer`).

    An answer is a line, or what to do before Enter is typed.
    """

    def run(
        *args: str,
        editor: str = "",
        code: int = 0,
        answers: tuple[tuple[str, str | Callable[[], object]], ...] = (),
    ) -> str:
        writer = Writer(tmp_path, editor)
        script = tmp_path / "editor"
        pipes = {"asked": shlex.quote(str(writer.asked)), "told": shlex.quote(str(writer.told))}
        script.write_text(EDITOR.format(others=OTHERS, **pipes), encoding="utf-8")
        child = spawn(*args, cwd=home, env={**environment, "EDITOR": f"sh {shlex.quote(str(script))}"})
        writer.start()
        said = ""
        for question, answer in answers:
            child.expect_exact(question)
            said += child.before + question
            if not isinstance(answer, str):
                answer()
            child.sendline(answer if isinstance(answer, str) else "")
        said += said_last(child)
        writer.stop()
        assert child.exitstatus == code, said
        return said.replace("\r\n", "\n")

    return run
