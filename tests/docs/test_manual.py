"""The documentation where the program is installed: pages by `desk help`, and a manual page that man takes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from desk.cli.clerk import manual
from docs import manpage
from docs.generate import TOP
from tests.conftest import Runner


def test_every_topic_is_shown(program: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no desk is needed to read about one
    known = manual.topics()
    assert {"states", "clerk", "rules"} <= set(known)
    assert not {"architecture", "glossary"} & set(known)
    for name in known:
        text = program("help", name).out
        assert text.startswith(f"# {known[name]}")
        assert "<!--" not in re.sub(r"`[^`\n]*`|```.*?```", "", text, flags=re.DOTALL), name
        assert not re.search(r"\]\([a-z-]+\.md", text), name
    assert program("help", "docs/states.md").out == program("help", "states").out
    assert "Usage: desk ticket close" in program("help", "ticket", "close").out
    assert "Usage: desk ticket COMMAND" in program("help", "ticket").out.replace("[OPTIONS] ", "").replace(
        " [ARGS]...", ""
    )
    assert "desk help TOPIC" in program("help").out
    assert "did you mean states?" in program("help", "statez", code=3).err


def test_the_manual_page(tmp_path: Path) -> None:
    """man finds nothing wrong; every command and every variable of the environment is there."""
    text = (TOP / "docs/desk.1").read_text(encoding="utf-8")
    assert ".SS desk ticket close\n" in text
    used = {
        m
        for p in (TOP / "desk").rglob("*.py")
        for m in re.findall(r"[\"'](DESK_[A-Z]+)[\"']", p.read_text(encoding="utf-8"))
    }
    assert used <= {name.strip() for names in manpage.ENVIRONMENT for name in names.split(",")}
    if shutil.which("man") is None:
        pytest.skip("man isn't installed")
    done = subprocess.run(
        ["man", "--warnings", "-l", str(TOP / "docs/desk.1")], capture_output=True, text=True, check=True,
        env={"MANWIDTH": "80", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.stderr == ""
    assert "desk ticket close [OPTIONS]" in done.stdout


def test_the_wheel_has_them(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=TOP,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"desk/manual/{name}.md" for name in manual.topics()} <= names
    assert any(name.endswith("share/man/man1/desk.1") for name in names)
    assert "desk/view/pages/printed.html" in names
    assert "desk/locale/el/LC_MESSAGES/desk.mo" in names
    assert not [name for name in names if name.startswith("desk/locale/") and name.endswith((".po", ".pot"))]
