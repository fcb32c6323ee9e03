"""The keys that a server knows people by, as the desk's records say now."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Runner

KEYS = {
    "maria": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICSVHyX6x2xA03R34y2LB5CY3BLSV3+HmIcCxGhAdee4 maria",
    "petros": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII4qzOjazEeiSivjRl48z3yA9kzN81wZjswKu9sBG6Av petros",
}


def test_whose_record_is_gone_has_no_key(desk: Runner, home: Path) -> None:
    for handle, key in KEYS.items():
        desk("staff", "edit", handle, "--key", key)
    told = desk("guard", "keys").out.splitlines()
    assert [line.split()[0] for line in told] == ["maria", "petros"]
    for line, key in zip(told, KEYS.values(), strict=True):
        assert key.split()[1] in line
    (home / "records/staff/petros.yaml").unlink()
    assert desk("guard", "keys").out.splitlines() == told[:1]
