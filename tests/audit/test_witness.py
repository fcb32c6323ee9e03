"""Seals that others hold: published, printed, signed under; and what is found when somebody moves or hides one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.audit.forge import Forger
from tests.conftest import Runner

Make = Callable[..., str]


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles


@pytest.fixture
def forger(home: Path) -> Forger:
    return Forger(home)


@pytest.fixture
def auditors(home: Path, tmp_path: Path, forger: Forger) -> Path:
    """An auditor's repository, to which seals are published."""
    place = tmp_path / "auditors.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(home), str(place)], check=True)
    forger.git("remote", "add", "auditors", str(place))
    return place


def found(desk: Runner, *args: str, code: int | None = None) -> list[Any]:
    findings = desk("audit", "verify", *args, "-f", "json", code=code).data["findings"]
    return [f for f in findings if f["check"] == "seals"]


def test_a_published_seal_is_a_witness(
    desk: Runner, make: Make, auditors: Path, forger: Forger, tmp_path: Path
) -> None:
    make("A ticket")
    said = desk("audit", "seal", "--name", "one", "--no-sign", "--publish", "auditors", "--print").out
    assert "published" not in said
    name, commit, digest = said.strip().splitlines()[-3:]
    tag = forger.git("rev-parse", "seal/one")
    assert name == f"seal/one {tag}"
    assert forger.git("rev-parse", "seal/one^{}") in commit
    assert digest.startswith("sha256:")
    assert said.count("sha256:") == 1
    listed = subprocess.run(["git", "-C", str(auditors), "tag"], capture_output=True, text=True, check=True)
    assert listed.stdout == "seal/one\n"
    paper = tmp_path / "paper.txt"
    paper.write_text(said)
    assert found(desk, "--witness", "auditors", "--witness", str(paper), code=0) == []
    assert (
        "no remote elsewhere" in desk("audit", "seal", "--name", "x", "--no-sign", "--publish", "elsewhere", code=3).err
    )
    forger.git("tag", "-d", "seal/x")

    # Moved: the history up to it is another one now, and so is the seal.
    forger.git("tag", "-d", "seal/one")
    [missing] = found(desk, "--witness", "auditors", code=7)
    assert "missing here" in missing["problem"]
    make("Another")
    desk("audit", "seal", "--name", "one", "--no-sign")
    for whence in ("auditors", str(paper)):
        [moved] = found(desk, "--witness", whence, code=7)
        assert "one of them was moved" in moved["problem"]
    assert "can't be reached" in desk("audit", "verify", "--witness", "/nowhere", code=9).err


def sign(forger: Forger, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    forger.git("config", "gpg.format", "ssh")
    forger.git("config", "user.signingKey", f"{key}.pub")
    signers = tmp_path / "signers"
    signers.write_text(f"maria@ncpeh.example {(tmp_path / 'key.pub').read_text()}")
    forger.git("config", "gpg.ssh.allowedSignersFile", str(signers))


def test_an_auditor_signs_under_a_seal(
    desk: Runner, make: Make, auditors: Path, forger: Forger, tmp_path: Path
) -> None:
    make("A ticket")
    assert "there are no seals yet" in desk("audit", "cosign", code=3).err
    desk("audit", "seal", "--name", "one", "--no-sign")
    assert "no key to sign with" in desk("audit", "cosign", code=5).err
    sign(forger, tmp_path)
    done = desk("audit", "cosign", "--publish", "auditors", "-f", "json").data
    assert (done["id"], done["seal"], done["previous"]) == ("cosign/one/maria", "seal/one", None)
    assert (
        "cosign/one/maria"
        in subprocess.run(["git", "-C", str(auditors), "tag"], capture_output=True, text=True, check=True).stdout
    )
    forger.git("verify-tag", "cosign/one/maria")
    assert "has signed seal/one already" in desk("audit", "cosign", "one", code=5).err

    make("Another")
    desk("audit", "seal", "--name", "two", "--no-sign")
    assert "which continues seal/one" in desk("audit", "cosign").out

    # Taken away: whoever it was published to has it.
    oid = forger.git("rev-parse", "cosign/one/maria")
    forger.git("tag", "-d", "cosign/one/maria")
    [missing] = found(desk, "--witness", "auditors", code=7)
    assert missing["problem"].startswith("cosign/one/maria: auditors has this")
    forger.git("update-ref", "refs/tags/cosign/one/maria", oid)
    assert found(desk, "--witness", "auditors", code=0) == []

    # Rewritten from the beginning of what was signed: nothing is signed, and both stay.
    forger.git("reset", "-q", "--hard", "seal/one~1")
    make("Another story")
    desk("audit", "seal", "--name", "three", "--no-sign", "--no-verify")
    refused = desk("audit", "cosign", "three", code=5).err
    assert "doesn't continue seal/two, which you signed" in refused
    assert len(forger.git("for-each-ref", "refs/desk/evidence").splitlines()) == 2


def test_seals_that_nobody_else_signed(desk: Runner, make: Make, forger: Forger, tmp_path: Path) -> None:
    make("A ticket")
    desk("audit", "seal", "--name", "one", "--no-sign")
    assert found(desk, code=0) == []
    desk("config", "set", "seal.cosigners", "1")
    assert found(desk, code=0) == []  # a week is left
    old = forger.git("cat-file", "tag", "seal/one").replace("> 1", "> 0", 1)
    oid = forger.git("hash-object", "-t", "tag", "-w", "--stdin", data=old + "\n")
    forger.git("update-ref", "refs/tags/seal/one", oid)
    backdated, remark = found(desk, code=0)
    assert "dated before the commit" in backdated["problem"]
    assert "signed by 0 others, and 1 are wanted" in remark["problem"]
    sign(forger, tmp_path)
    desk("audit", "cosign", "one")
    assert found(desk, code=0) == [backdated, remark]  # her own
    signers = tmp_path / "signers"
    signers.write_text(signers.read_text().replace("maria@", "petros@"))
    desk("--as", "petros", "audit", "cosign", "one", code=5)  # hers is not by her key any more
    forger.git("tag", "-d", "cosign/one/maria")
    desk("--as", "petros", "audit", "cosign", "one")
    assert found(desk, code=0) == [backdated]
