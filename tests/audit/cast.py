"""A desk of five people for forged histories: made once for a module, each history begins at the same commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from desk.audit import history, verify
from desk.audit.index import IndexedWorld
from desk.audit.moment import AuditFinding
from desk.domain.model.ticket import Ticket, files_folder
from desk.git import log, objects
from desk.git.log import LoggedStep
from desk.git.place import as_committed, find
from desk.local import identity
from desk.store.store import Store
from tests.audit.beginning import Beginning, Changes, object_id, object_path, write_object
from tests.audit.forge import Forger, said
from tests.conftest import Runner

Who = tuple[str, str]
MARIA: Who = ("Maria Georgiou", "maria@ncpeh.example")
NIKOS: Who = ("Nikos Christou", "nikos@ncpeh.example")
ANNA: Who = ("Anna Pavlou", "anna@ncpeh.example")
PETROS: Who = ("Petros Ioannou", "petros@ncpeh.example")
MALLORY: Who = ("Mallory Mavrou", "mallory@ncpeh.example")
GHOST: Who = ("Ghost", "ghost@nowhere.example")
DESK: Who = ("desk", "cron@ncpeh.example")

_STAFF = {
    "nikos": (NIKOS, 3, "legal"),
    "anna": (ANNA, 2, "legal"),
    "petros": (PETROS, 1, "technical"),
    "mallory": (MALLORY, 1, "semantic, technical"),
}
TOP = Path(__file__).parents[2]
"""Where the files lie that a new desk is given; a template may lack some of them."""
AT = 1784787164
"""The second in which every command of the tests acts: DESK_NOW."""


class Scene:
    """The desk, with a forger at work in it.

    `t` is a technical ticket of maria's with replies of petros and maria and a note of mallory; `l` a legal one of
    anna's; `own` a technical one of mallory's. `one` is the text of `t` when it was registered, `base` where each begins.
    """

    def __init__(self, home: Path, desk: Runner) -> None:
        self.home = home
        self.desk = desk
        self.forger = Forger(home)
        self.t, self.l, self.own = "", "", ""
        self.commits: list[str] = []
        """In order: `t` registered, replied to by petros, by maria, noted by mallory; `l`, `own`, an article."""
        self.base = ""
        self._kept: dict[Path, bytes | None] = {}
        self._begun: Beginning | None = None
        self._done: dict[tuple[str, tuple[str, ...], str, str], Done] = {}
        self._lay: dict[str, Changes] = {}
        """By commits: what lay otherwise than at the beginning when a command had ended there."""
        self._behind = False
        """Whether git's index has yet to follow the newest commit."""
        self._old: frozenset[str] | None = None
        self._moved = False
        """Whether a command may have taken the index away from where each history begins."""
        self._known: dict[str, str] = {}
        """By git's configuration: whom git has said that it names, as desk keeps it."""

    def git(self, *args: str, env: dict[str, str] | None = None, data: str = "") -> str:
        self._follow()
        return self.forger.git(*args, env=env, data=data)

    def _follow(self) -> None:
        if self._behind:
            self._behind = False
            self.forger.git("reset", "-q")

    def run(self, *args: str, **more: Any) -> Any:
        """A command; what it comes to where each history begins, or after others of that kind, it comes to again."""
        begun, here = self._begun, self._lay.get(self.head)
        if args[:2] == ("audit", "verify") or begun is None or here is None or begun.changes() != here:
            return self._run(*args, **more)
        asked = (self.head, args, repr(more), self._config.read_text())
        if asked not in self._done:
            result = self._run(*args, **more)
            changes = begun.changes()
            if changes is None:
                return result
            seals = {seal.name: seal.read_text() for seal in self._seals.glob("*")}
            self._done[asked] = Done(result, self.head, changes, seals)
            self._lay[self.head] = changes
        else:
            begun.take_back(here)
            self._do_again(begun, self._done[asked])
        return self._done[asked].result

    def _run(self, *args: str, **more: Any) -> Any:
        self._moved = True
        self._follow()
        return self.desk("--desk", str(self.home), *args, **more)

    def _do_again(self, begun: Beginning, done: Done) -> None:
        begun.lay(done.changes)
        self._branch.write_text(f"{done.head}\n")
        self._behind = True
        for name, tag in done.seals.items():
            self._seals.mkdir(exist_ok=True)
            (self._seals / name).write_text(tag)

    def machine(self, who: Who) -> None:
        """Who sits at it: as `git config` would write it, and desk has asked git before."""
        self._remember_identity()
        lines = self._config.read_text().splitlines()
        lines = [line for line in lines if not line.startswith(("\tname = ", "\temail = "))]
        at = lines.index("[user]") + 1 if "[user]" in lines else len(lines)
        lines[at:at] = [*([] if "[user]" in lines else ["[user]"]), f"\tname = {who[0]}", f"\temail = {who[1]}"]
        self._config.write_text("\n".join(lines) + "\n")
        self._tell_identity()

    @property
    def _config(self) -> Path:
        return self.home / ".git/config"

    def _remember_identity(self) -> None:
        path = self._index / "identity"
        mark, _between, who = path.read_text().partition("\x1e") if path.exists() else ("", "", "")
        if who and mark == identity.mark_of(find(str(self.home), os.environ)):
            self._known[self._config.read_text()] = who

    def _tell_identity(self) -> None:
        who = self._known.get(self._config.read_text())
        if who:
            mark = identity.mark_of(find(str(self.home), os.environ))
            (self._index / "identity").write_text(f"{mark}\x1e{who}")

    # -- files ---------------------------------------------------------------------------------------------------------

    def path(self, name: str) -> Path:
        """`T`, `L` and `OWN` are the tickets; `staff/maria` and the like are records; the rest are paths."""
        known = {"T": self.t, "L": self.l, "OWN": self.own}
        if name in known:
            return self.home / Ticket.path_of(known[name])
        folder, _, record = name.partition("/")
        if folder in ("staff", "departments", "tags", "users", "groups"):
            return self.home / "records" / folder / f"{record}.yaml"
        return self.home / name

    def name(self, name: str) -> str:
        """The path within the desk."""
        return self.path(name).relative_to(self.home).as_posix()

    def text(self, name: str) -> str:
        return self.path(name).read_text(encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> None:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def swap(self, name: str, *pairs: tuple[str, str]) -> None:
        text = self.text(name)
        for old, new in pairs:
            assert old in text, f"{old!r} is not in {name}:\n{text}"
            text = text.replace(old, new, 1)
        self.write(name, text)

    def key(self, name: str, line: str) -> None:
        """One more line at the end of a front matter."""
        head, mark, body = self.text(name).removeprefix("---\n").partition("\n---\n")
        assert mark, self.text(name)
        self.write(name, f"---\n{head}\n{line}{mark}{body}")

    def drop(self, name: str) -> None:
        self.path(name).unlink()

    def entry(self, name: str, kind: str, by: str, text: str, at: str = "2026-07-23T06:12:44Z") -> None:
        """One more entry at the end of a thread."""
        self.write(name, f"{self.text(name)}\n## {kind} by {by}, {at}\n\n{text}\n")

    def attachment(self, name: str, file: str = "") -> str:
        folder = files_folder({"T": self.t, "L": self.l, "OWN": self.own}[name])
        return f"{folder}/{file}" if file else folder

    # -- commits -------------------------------------------------------------------------------------------------------

    def hand(self, who: Who = MALLORY, message: str = "by hand", **dates: str) -> str:
        """Everything in the work tree as a commit without trailers, dated like the tests' commands."""
        return self.commit(message, who, dates)

    def told(self, verb: str, actor: str, *lines: str, who: Who = MALLORY, **dates: str) -> str:
        """As a commit that says what desk would."""
        known = {"{T}": self.t, "{L}": self.l, "{OWN}": self.own}
        whole = said(verb, actor, *lines)
        for name, ticket in known.items():
            whole = whole.replace(name, ticket)
        return self.commit(whole, who, dates)

    def commit(self, message: str, who: Who, dates: Mapping[str, str]) -> str:
        env = {
            "GIT_AUTHOR_NAME": who[0], "GIT_AUTHOR_EMAIL": who[1],
            "GIT_COMMITTER_NAME": who[0], "GIT_COMMITTER_EMAIL": dates.get("machine", who[1]),
            "GIT_AUTHOR_DATE": dates.get("at", f"@{AT} +0000"),
            **({"GIT_COMMITTER_DATE": dates["committed"]} if "committed" in dates else {}),
        }  # fmt: skip
        if not env["GIT_AUTHOR_DATE"].startswith("@") or "GIT_COMMITTER_DATE" in env or not self._write(env, message):
            self.git("add", "-A")
            self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "-", env=env, data=message)
        return self.head

    def _write(self, env: Mapping[str, str], message: str, *parents: str) -> bool:
        """As `git commit`, or a merge of these; not where git alone can do it."""
        changes = self._begun.changes() if self._begun else None
        if self._begun is None or changes is None:
            return False
        lines = [f"parent {parent}" for parent in parents or (self.head,)]
        for role, at in (("author", env["GIT_AUTHOR_DATE"][1:]), ("committer", f"{int(time.time())} +0000")):
            name, email = (env[f"GIT_{role.upper()}_{part}"] for part in ("NAME", "EMAIL"))
            lines.append(f"{role} {name} <{email}> {at}")
        self._branch.write_text(self._begun.write_commit(changes, "\n".join((*lines, "", message))) + "\n")
        self._behind = True
        return True

    def aside(self, who: Who = MALLORY) -> None:
        """The branch `side` begins here, with an empty commit."""
        oid = self.as_(who, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "n")
        (self._branch.parent / "side").write_text(f"{oid}\n")

    def join(self, who: Who, *parents: str, message: str = "Merge\n") -> None:
        """What lies in the work tree becomes a merge of these, branches or commits; `side` goes."""
        branches = {path.name: path.read_text().strip() for path in self._branch.parent.iterdir()}
        known = [branches.get(parent, parent) for parent in parents]
        assert self._write(_by(who), message, *known), "git must be asked what to commit"
        (self._branch.parent / "side").unlink(missing_ok=True)

    def object(self, kind: str, raw: bytes) -> str:
        """An object as git itself would never write it; it goes again when the history is over."""
        self.keep(object_path(self.home, object_id(kind, raw)))
        return write_object(self.home, kind, raw)

    @property
    def head(self) -> str:
        """The newest commit, as files of git say."""
        return self._branch.read_text().strip()

    @property
    def _branch(self) -> Path:
        return self.home / ".git" / (self.home / ".git/HEAD").read_text().removeprefix("ref: ").strip()

    def as_(self, who: Who, *args: str, data: str = "") -> str:
        """git, with somebody's name and address on what it commits or tags."""
        return self.git(*args, env=_by(who), data=data)

    # -- the audit -----------------------------------------------------------------------------------------------------

    def verify(self, *args: str) -> list[AuditFinding]:
        """By the command, as it is given."""
        found = self.run("audit", "verify", *args, "-f", "json", code=None)
        assert found.code in (0, 7), found.out + found.err
        return [AuditFinding(**row) for row in found.data["findings"]]

    def look(self, *args: str) -> Looked:
        """What is found from the common base on; with arguments, or seals, by the command as it is given.

        What there is to see in git's own files is looked at now; the history is left to `judge` where it stays there.
        """
        if args or self.is_sealed():
            return Looked(self.head, tuple(self.verify(*args)), judged=True)
        place = find(str(self.home), os.environ)
        shown = tuple(history.repository(place)) if self._is_shown_otherwise() else ()
        looked = Looked(self.head, shown, judged=not self.stays)
        if self.stays:
            return looked
        head = self.head
        self._branch.write_text(f"{self.base}\n")
        self._bring_index_back()
        with closing(Store(place)) as store:
            return looked._replace(found=(*looked.found, *verify.judge(store, self.base, head)))

    def _is_shown_otherwise(self) -> bool:
        """Whether there is a file of those by which git shows another history: without one, an auditor needn't ask git."""
        files = (self.home / ".git" / name for name in ("shallow", "info/grafts"))
        folders = (self.home / ".git/refs" / name for name in ("notes", "replace"))
        return any(map(Path.exists, files)) or any(any(folder.glob("*")) for folder in folders)

    @property
    def stays(self) -> bool:
        """Whether all that was written is there when the history is over."""
        return not self._kept

    def judge(self, looked: Iterable[Looked]) -> Iterator[list[AuditFinding]]:
        """Of each, what is found in all. Their commits are read at once, and each history is judged alone, from the base."""
        heads = [one.head for one in looked if not one.judged]
        place = as_committed(find(str(self.home), os.environ))
        words = (word for head in dict.fromkeys(heads) for word in ("-p", head))
        every = self.git("commit-tree", "HEAD^{tree}", *words, "-m", "all of them") if heads else ""
        steps = {step.oid: step for step in log.steps(place, self.base, every)} if heads else {}
        with closing(Store(place)) as store, objects.blobs(place, as_committed=True) as blobs:
            for one in looked:
                own = [] if one.judged else _line(steps, one.head)
                found = verify.judge(
                    store, self.base, one.head, begin=lambda _blobs: IndexedWorld(place, blobs, store.index), steps=own
                )
                yield [*one.found, *(() if one.judged else found)]

    def keep(self, path: Path) -> None:
        """A file of git's own comes back as it is now when the history is over."""
        self._kept[path] = path.read_bytes() if path.exists() else None

    def fresh(self, found: Iterable[AuditFinding]) -> list[tuple[str, str]]:
        """Of findings, level and words of those that don't tell of what was there at the beginning."""
        if self._old is None:
            self._old = frozenset(self.git("rev-list", self.base).split())
        old = self._old
        return [(f.level, f"{f.record}: {f.problem}") for f in found if f.commit not in old or f.check == "seals"]

    def is_sealed(self) -> bool:
        return any(self._seals.glob("*"))

    @property
    def _seals(self) -> Path:
        return self.home / ".git/refs/tags/seal"

    def begin(self) -> None:
        """Each history begins here: with this commit, and with the index of it."""
        self.run("ticket", "list")
        shutil.copytree(self._index, self._index.with_suffix(".base"), symlinks=True)
        self._begun = Beginning(self.home)
        self.base = self._begun.commit
        self._lay[self.base] = {}
        self._moved = False

    def _bring_index_back(self) -> None:
        if self._moved:
            self._remember_identity()
            shutil.rmtree(self._index)
            shutil.copytree(self._index.with_suffix(".base"), self._index, symlinks=True)
            self._tell_identity()
            self._moved = False

    @property
    def _index(self) -> Path:
        return self.home / ".git/desk"

    def reset(self) -> None:
        for path, content in self._kept.items():
            path.unlink(missing_ok=True)
            if content is not None:
                path.write_bytes(content)
        self._kept.clear()
        assert self._begun is not None, "it hasn't begun"
        self._begun.restore()
        self._behind = False
        for seal in self._seals.glob("*"):
            seal.unlink()
        self._bring_index_back()


def _by(who: Who) -> dict[str, str]:
    """The environment in which somebody commits, and when."""
    roles = [f"GIT_{role}_{part}" for part in ("NAME", "EMAIL") for role in ("AUTHOR", "COMMITTER")]
    return {**dict(zip(roles, (who[0], who[0], who[1], who[1]), strict=True)), "GIT_AUTHOR_DATE": f"@{AT} +0000"}


class Done(NamedTuple):
    """What a command came to: what it left in the work tree, and which seals there were."""

    result: Any
    head: str
    changes: Changes
    seals: Mapping[str, str]


class Looked(NamedTuple):
    """A forged history: its newest commit, and what was found so far; `judged`: its commits as well."""

    head: str
    found: tuple[AuditFinding, ...]
    judged: bool


def _line(steps: Mapping[str, LoggedStep], head: str) -> list[LoggedStep]:
    """Those that a commit stands on, itself among them, each after its parents."""
    stood_on, asked = set(), [head]
    while asked:
        one = steps.get(asked.pop())
        if one is not None and one.oid not in stood_on:
            stood_on.add(one.oid)
            asked += one.parents
    return [step for step in steps.values() if step.oid in stood_on]


def cast(home: Path, template: Path, desk: Runner) -> Scene:
    """The desk with everybody in it, and some work done."""
    shutil.copytree(template, home, symlinks=True)
    subprocess.run(["git", "-C", str(home), "update-index", "-q", "--refresh"], check=True)
    scene = Scene(home, desk)
    responses = (f"templates/responses/{name}.en.md" for name in ("closing-without-answer", "signature"))
    for name in ("kb/how-to/topic.yaml", *responses):
        scene.write(name, (TOP / name).read_bytes())
    for handle, ((name, email), level, departments) in _STAFF.items():
        scene.write(
            f"staff/{handle}",
            f"id: {handle}\nname: {name}\nemail: {email}\nlevel: {level}\ndepartments: [{departments}]\n",
        )
    scene.write(
        "staff/eleni", "id: eleni\nname: Ελένη Παύλου\nemail: eleni@ncpeh.example\nlevel: 2\ndepartments: [legal]\n"
    )
    scene.hand(MARIA, "hire")
    create = ("ticket", "create", "-f", "ids", "--department")

    def act(who: Who, *args: str) -> str:
        scene.machine(who)
        out = str(scene.run(*args).out).strip()
        scene.commits.append(scene.head)
        return out

    scene.t = act(MARIA, *create, "technical", "--title", "The ticket", "--body", "It fails.")
    file = home.parent / "report.pdf"
    file.write_bytes(b"%PDF of petros")
    act(PETROS, "ticket", "reply", scene.t, "--body", "I promise nothing.", "--attach", str(file))
    act(MARIA, "ticket", "reply", scene.t, "--body", "Nor do I.")
    act(MALLORY, "ticket", "note", scene.t, "--body", "Mine.")
    scene.l = act(ANNA, *create, "legal", "--title", "The contract", "--body", "Is it signed?")
    scene.own = act(MALLORY, *create, "technical", "--title", "My own")
    act(
        MARIA,
        "kb",
        "create",
        "--slug",
        "how-to-restart",
        "--topic",
        "how-to",
        "--title",
        "Restart",
        "--body",
        "Press the button.",
    )
    scene.machine(MARIA)
    scene.begin()
    return scene


__all__ = ["ANNA", "AT", "DESK", "GHOST", "MALLORY", "MARIA", "NIKOS", "PETROS", "Scene", "Who", "cast"]
