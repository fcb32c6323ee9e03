"""Files of a ticket: listed, saved without writing over anything, looked at from a copy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from desk.domain.model import filenames
from tests.beginnings import at_work
from tests.cli.conftest import Refuses
from tests.conftest import Make, Runner, copy_of
from tests.terminals import run


class Attached(NamedTuple):
    """A desk, and its ticket with files of the request, and one of a reply."""

    top: Path
    ticket: str


@pytest.fixture(scope="module")
def attached(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Attached:
    folder = tmp_path_factory.mktemp("attached")
    for name, data in (("log.txt", b"line\n"), ("screen.png", b"p" * 2_400_000), ("run.sh", b"#!/bin/sh\n")):
        (folder / name).write_bytes(data)
    with at_work(copy_of(few_articles, folder), environment) as desk:
        words = ("--title", "T", "--department", "technical", "--attach", "../log.txt", "--attach", "../run.sh")
        made = desk("ticket", "create", *words, "-f", "ids").out.strip()
        desk("ticket", "reply", made, "--body", "See.", "--attach", "../screen.png")
    return Attached(folder / "desk", made)


@pytest.fixture(scope="module")
def _template(attached: Attached) -> Path:
    return attached.top


@pytest.fixture
def ticket(attached: Attached) -> str:
    return attached.ticket


def test_what_is_no_file_is_not_waited_for(ticket: str, home: Path, environment: dict[str, str]) -> None:
    """A pipe where a file was would give nothing until somebody wrote into it."""
    [there] = home.glob("records/tickets/*/*/*/*.files/log.txt")
    there.unlink()
    os.mkfifo(there)
    for words in (("ticket", "show"), ("ticket", "attachment", "list")):
        done = run(*words, ticket, "-f", "json", cwd=home, env=environment, timeout=60)
        assert (done.returncode, '"log.txt"' in done.stdout) == (0, True), done.stderr


def test_list(desk: Runner, ticket: str) -> None:
    rows = desk("ticket", "attachment", "list", ticket, "-f", "json").data
    assert [(r["id"], r["size"], r["type"]) for r in rows][0::2] == [
        ("log.txt", 5, "text/plain"),
        ("screen.png", 2_400_000, "image/png"),
    ]
    assert {r["ticket"] for r in rows} == {ticket}
    assert rows[0]["at"] == "2026-07-23T06:12:44Z"
    said = desk("ticket", "attachment", "list", ticket).out
    assert "5 B" in said
    assert [r["executable"] for r in rows] == [False, True, False]
    assert [line.split()[:3] for line in said.splitlines() if "EXECUTABLE" in line] == [
        [ticket, "run.sh", "EXECUTABLE"]
    ]
    assert "2.4 MB" in said
    assert desk("ticket", "attachment", "list", ticket, "-f", "ids").out.split() == ["log.txt", "run.sh", "screen.png"]


def test_show_says_how_large_they_are(desk: Runner, ticket: str) -> None:
    said = desk("ticket", "show", ticket).out
    assert "log.txt (5 B, text/plain)" in said
    assert "attached: screen.png (2.4 MB, image/png)" in said
    assert desk("ticket", "show", ticket, "-f", "json").data["files"][0] == {
        "id": "log.txt",
        "size": 5,
        "type": "text/plain",
        "executable": False,
    }


def test_save(desk: Runner, ticket: str, tmp_path: Path, refuses: Refuses, make: Make) -> None:
    out = tmp_path / "out"
    out.mkdir()
    words = ("ticket", "attachment", "save", ticket)
    desk(*words, "log.txt", "--to", str(out))
    assert (out / "log.txt").read_bytes() == b"line\n"
    assert "there already" in refuses(5, *words, "--to", str(out))["message"]
    assert os.listdir(out) == ["log.txt"]  # none of them, rather than some
    (out / "log.txt").unlink()
    (out / "log.txt").symlink_to(tmp_path / "victim")
    refuses(5, *words, "log.txt", "--to", str(out))
    assert not (tmp_path / "victim").exists()
    (out / "log.txt").unlink()
    assert len(desk(*words, "--to", str(out), "-f", "json").data) == 3
    assert (out / "run.sh").stat().st_mode & 0o111 == 0
    assert "did you mean log.txt" in refuses(3, *words, "lgo.txt")["message"]
    refuses(3, *words, "../../desk.toml")
    refuses(3, *words, "--to", str(tmp_path / "nowhere"))
    refuses(3, "ticket", "attachment", "save", make())


def test_open(desk: Runner, ticket: str, tmp_path: Path, refuses: Refuses, home: Path) -> None:
    program = tmp_path / "viewer"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    env = {"DESK_OPEN": str(program)}
    done = desk("ticket", "attachment", "open", ticket, "log.txt", "-f", "json", env=env).data
    assert Path(done["path"]).read_bytes() == b"line\n"
    opened = home / ".git/desk/opened"
    assert Path(done["path"]).is_relative_to(opened)
    assert opened.stat().st_mode & 0o777 == 0o700
    assert "look with care" in refuses(5, "ticket", "attachment", "open", ticket, "run.sh")["hint"]
    assert "screen.png" in refuses(2, "ticket", "attachment", "open", ticket)["hint"]
    assert desk("ticket", "attachment", "open", ticket, "log.txt", code=8, env={"DESK_OPEN": "/nowhere"}).err
    assert [Path(done["path"]).parent] == list(opened.iterdir())
    for later, kept in (("2026-07-24T06:12:43Z", 2), ("2026-07-24T06:12:44Z", 2), ("2026-07-25T06:12:44Z", 1)):
        last = desk(
            "ticket", "attachment", "open", ticket, "log.txt", "-f", "json", env={**env, "DESK_NOW": later}
        ).data
        assert len(list(opened.iterdir())) == kept, later
        assert Path(last["path"]).exists()
    assert not Path(done["path"]).exists()


def test_open_where_nothing_can_be_put_in_the_desk(
    desk: Runner, ticket: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".git/desk/opened").write_text("no folder")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = desk("ticket", "attachment", "open", ticket, "log.txt", "-f", "json", env={"DESK_OPEN": "true"}).data
    assert Path(done["path"]).parent.parent == tmp_path


def test_what_would_run_is_said_to_and_never_opened(make: Make, desk: Runner, tmp_path: Path, refuses: Refuses) -> None:
    """By the last end of its name, or by its first bytes; neither what hides it nor another name makes a difference."""
    files = {"invoice.pdf.EXE": b"", "scan.pdf": b"MZ\x90\0", "leaflet.txt": b"#!/bin/sh\n", "fine.pdf": b"%PDF-1.7\n"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    made = make("T", *(word for name in files for word in ("--attach", str(tmp_path / name))))
    said = desk("ticket", "show", made).out
    for name in ("invoice.pdf.EXE (0 B, application/octet-stream", "scan.pdf (4 B, application/pdf"):
        assert f"{name}, EXECUTABLE)" in said
    assert "fine.pdf (9 B, application/pdf)" in said
    found = {f["id"]: f["executable"] for f in desk("ticket", "show", made, "-f", "json").data["files"]}
    assert found == {"invoice.pdf.EXE": True, "scan.pdf": True, "leaflet.txt": True, "fine.pdf": False}
    assert desk("ticket", "attachment", "list", made, "-f", "md").out.count("| EXECUTABLE |") == 3
    for name in [name for name, runs in found.items() if runs]:
        error = refuses(5, "ticket", "attachment", "open", made, name)
        assert "executable, whatever it is called" in error["message"]
        assert f"attachment save {made} {name}" in error["hint"]


@pytest.mark.parametrize(
    "ending",
    [
        "exe",
        "com",
        "scr",
        "bat",
        "cmd",
        "ps1",
        "vbs",
        "js",
        "jse",
        "wsf",
        "hta",
        "msi",
        "lnk",
        "iso",
        "jar",
        "apk",
        "reg",
        "docm",
        "xlsm",
        "pptm",
    ],
)
def test_ends_of_names_that_run(ending: str) -> None:
    for name in (f"a.{ending}", f"A.PDF.{ending.upper()}", f"a.{ending}. ", f"a.{ending}\u200b"):
        assert filenames.is_executable(name, b"%PDF"), name
    assert not filenames.is_executable(f"{ending}.pdf", b"%PDF")
    assert not filenames.is_executable(ending, b"")


@pytest.mark.parametrize(
    "head", [b"MZ\x90\0", b"\x7fELF\x02", b"#!/bin/sh", b"\xcf\xfa\xed\xfe\7", b"\xca\xfe\xba\xbe"]
)
def test_programs_by_another_name(head: bytes) -> None:
    assert filenames.is_executable("a.pdf", head)
    assert not filenames.is_executable("a.pdf", b" " + head)
