"""git and desk at work in one repository at one time: what was acknowledged stays."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Git
from tests.conftest import Make, Runner

_HOOK = """#!/bin/sh
# Right after desk's commit stands, and before its files and git's index do.
test "$1" = committed && test -z "$AGAIN" && grep -q refs/heads/main || exit 0
unset $(git rev-parse --local-env-vars)
cd "{home}" && AGAIN=1 git commit -q -m README README > "{said}" 2>&1
echo $? >> "{said}"
"""


def test_a_plain_commit_right_after_the_branch_has_moved(
    desk: Runner, make: Make, home: Path, git: Git, tmp_path: Path
) -> None:
    """git would commit the index as it was before, and so take desk's commit back; desk holds it until it is written."""
    ticket = make()
    (home / "README").write_text("one")
    git("add", "README")
    git("commit", "-q", "-m", "a file beside the desk")
    (home / "README").write_text("two")
    said = tmp_path / "said"
    hook = home / ".git/hooks/reference-transaction"
    hook.write_text(_HOOK.format(home=home, said=said))
    hook.chmod(0o755)
    desk("ticket", "note", ticket, "--body", "IMPORTANT")
    hook.unlink()
    assert "index.lock" in said.read_text()
    assert said.read_text().split()[-1] != "0"
    assert "IMPORTANT" in desk("ticket", "show", ticket).out
    git("commit", "-q", "-m", "README", "README")
    assert "IMPORTANT" in desk("ticket", "show", ticket).out
    found = desk("audit", "verify", "-f", "json").data
    assert found["faults"] == 0
    assert git("status", "--porcelain") == ""
