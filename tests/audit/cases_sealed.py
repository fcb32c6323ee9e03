"""Forged histories of seals, of signatures under them, and of the keys and machines by which a server knows who pushes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from desk.audit import seals
from desk.domain.model.actor import nameless
from desk.git.place import find
from tests.audit.cases import FAULT, REMARK, forged
from tests.audit.cases_odd import T, _merged, _parts
from tests.audit.cast import ANNA, AT, MALLORY, MARIA, NIKOS, PETROS, Scene, Who

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 42 + "B"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 42 + "C"
FIRST, COSIGN = "seal/first", "cosign/first/anna"


# -- signatures under seals --------------------------------------------------------------------------------------------


def _keys(scene: Scene) -> Path:
    """A key for maria, anna, mallory, and for somebody unknown; this machine knows those of the three."""
    folder = scene.home.parent / "keys"
    if not folder.exists():
        folder.mkdir()
        for name in ("maria", "anna", "mallory", "nobody"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        known = [f"{who}@ncpeh.example {(folder / f'{who}.pub').read_text()}" for who in ("maria", "anna", "mallory")]
        (folder / "signers").write_text("".join(known))
    config = scene.home / ".git/config"
    if "[gpg]" not in config.read_text():
        scene.keep(config)
        with config.open("a") as file:
            file.write(f'[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tallowedSignersFile = {folder / "signers"}\n')
    return folder


def _sealed(scene: Scene, name: str = FIRST, key: str = "") -> None:
    """A seal of maria's."""
    if key:
        scene.git("config", "user.signingKey", str(_keys(scene) / f"{key}.pub"))
    scene.run("audit", "seal", "--no-verify", "--name", name.removeprefix("seal/"), "--sign" if key else "--no-sign")


def _tag(scene: Scene, name: str, *args: str, who: Who = ANNA, key: str = "", data: str = "", at: str = "HEAD") -> None:
    """A tag, which goes when the history is over."""
    scene.keep(scene.home / ".git/refs/tags" / name)
    how = ("-s", "-u", str(_keys(scene) / f"{key}.pub")) if key else ("-a",)
    scene.as_(who, "tag", *(args or how), *(() if args else ("--cleanup=verbatim", "-F", "-")), name, at, data=data)


def _said(scene: Scene, seal: str = FIRST) -> str:
    """What a signature under a seal says."""
    return f"anna has verified {seal}\n\n{seal} {scene.git('rev-parse', seal)}\n"


@forged("not a signature that anna has made")
def signed_under_without_a_signature(scene: Scene) -> None:
    _sealed(scene)
    _tag(scene, COSIGN, data=_said(scene))


@forged("signed with the key of mallory")
def signed_under_with_another_key(scene: Scene) -> None:
    _sealed(scene)
    _tag(scene, COSIGN, key="mallory", data=_said(scene))


@forged("doesn't know", REMARK)
def signed_under_with_a_key_that_nobody_knows(scene: Scene) -> None:
    _sealed(scene)
    _tag(scene, COSIGN, key="nobody", data=_said(scene))


@forged("cosign/second/anna: not a signature")
def signed_under_one_and_shown_under_another(scene: Scene) -> None:
    _sealed(scene)
    _tag(scene, COSIGN, key="anna", data=_said(scene))
    _sealed(scene, "seal/second")
    scene.keep(scene.home / ".git/refs/tags/cosign/second/anna")
    scene.git("update-ref", "refs/tags/cosign/second/anna", f"refs/tags/{COSIGN}")


@forged("of another seal")
def signed_under_at_another_commit(scene: Scene) -> None:
    _sealed(scene)
    _tag(scene, COSIGN, key="anna", data=_said(scene), at="HEAD~1")


@forged("not a signature")
def signed_under_in_other_words(scene: Scene) -> None:
    _sealed(scene)
    _tag(scene, COSIGN, key="anna", data=_said(scene))
    text = scene.git("cat-file", "tag", COSIGN).replace("anna has verified", "anna has never seen") + "\n"
    scene.git("update-ref", f"refs/tags/{COSIGN}", scene.object("tag", text.encode()))


@forged("of another seal")
def a_seal_made_anew_below_a_signature(scene: Scene) -> None:
    _sealed(scene)
    _tag(scene, COSIGN, key="anna", data=_said(scene))
    scene.git("tag", "-d", FIRST)
    scene.run("audit", "seal", "--no-verify", "--no-sign", "--name", "first", "--message", "Nothing to see.")


@forged("missing here", FAULT, "--full")
def a_seal_taken_away_from_below_a_signature(scene: Scene) -> None:
    _sealed(scene)
    _tag(scene, COSIGN, key="anna", data=_said(scene))
    scene.git("tag", "-d", FIRST)


@forged("not a signature")
def signed_under_by_a_light_tag(scene: Scene) -> None:
    _sealed(scene)
    _tag(scene, COSIGN, "--no-sign")


# -- seals -------------------------------------------------------------------------------------------------------------


def _forged_seal(scene: Scene, who: Who = MARIA, key: str = "", **change: str) -> None:
    """A seal as desk makes it, with something else in it."""
    place, at = find(str(scene.home), os.environ), scene.git("rev-parse", "HEAD")
    text = seals.text("Seal", None, at, seals.measure(place, at), previous=None, verified="no")
    _tag(scene, change.get("name", FIRST), who=who, key=key, data=change.get("before", "") + text)


@forged("signed with the key of mallory")
def a_seal_signed_with_another_key(scene: Scene) -> None:
    _forged_seal(scene, key="mallory")


@forged("not a seal that desk made")
def a_seal_that_says_two_things(scene: Scene) -> None:
    _forged_seal(scene, before="Seal-Commits: 1\nSeal-Digest: sha256:00\n\n")


@forged("seal/third: not a seal that desk made")
def a_seal_under_another_name(scene: Scene) -> None:
    _sealed(scene)
    _sealed(scene, "seal/second")
    scene.git("update-ref", "refs/tags/seal/third", "refs/tags/seal/second")


@forged("seal/second: made by mallory", FAULT, "--full")
def a_seal_that_mallory_says_is_marias(scene: Scene) -> None:
    _sealed(scene)
    _forged_seal(scene, MALLORY, "maria", name="seal/second")


@forged("dated", REMARK)
def a_seal_of_before_what_it_seals(scene: Scene) -> None:
    scene.git("commit", "-q", "--allow-empty", "-m", "n")
    place, at = find(str(scene.home), os.environ), scene.git("rev-parse", "HEAD")
    text = seals.text("Seal", None, at, seals.measure(place, at), previous=None, verified="no")
    raw = f"object {at}\ntype commit\ntag {FIRST}\ntagger {MARIA[0]} <{MARIA[1]}> {AT - 400 * 86400} +0000\n\n{text}"
    scene.git("update-ref", f"refs/tags/{FIRST}", scene.object("tag", raw.encode()))


@forged("may not")
def fewer_signatures_wanted_by_level_1(scene: Scene) -> None:
    scene.write("desk.toml", scene.text("desk.toml") + "\n[seal]\ncosigners = 0\n")
    scene.hand(MALLORY)


# -- keys --------------------------------------------------------------------------------------------------------------


def _key(scene: Scene, name: str, key: str = KEY) -> None:
    scene.write(f"staff/{name}", scene.text(f"staff/{name}") + f"keys: ['{key}']\n")


@forged("may not change staff")
def a_key_of_ones_own_by_hand(scene: Scene) -> None:
    _key(scene, "mallory")
    scene.hand()


@forged("may not change staff")
def a_key_of_ones_own_told(scene: Scene) -> None:
    _key(scene, "mallory")
    scene.told("edit", "mallory", "Desk-Record: staff/mallory", "Desk-To: keys")


@forged("may not change staff")
def a_colleagues_key_is_replaced(scene: Scene) -> None:
    _key(scene, "petros")
    scene.hand(MARIA)
    scene.swap("staff/petros", (KEY, OTHER_KEY))
    scene.told("edit", "anna", "Desk-Record: staff/petros", "Desk-To: keys", who=ANNA)


@forged("keys was changed")
def a_key_under_another_word(scene: Scene) -> None:
    _key(scene, "petros")
    scene.swap("staff/petros", ("Petros Ioannou", "Petros Ioannu"))
    scene.told("edit", "maria", "Desk-Record: staff/petros", "Desk-To: name", who=MARIA)


@forged("desk itself doesn't")
def a_key_by_the_desk_itself(scene: Scene) -> None:
    _key(scene, "mallory")
    scene.told("edit", "desk", "Desk-Record: staff/mallory", "Desk-To: keys")


@forged("an import")
def a_key_by_an_import(scene: Scene) -> None:
    _key(scene, "mallory")
    scene.told("edit", "maria", "Desk-Import: maria", "Desk-Record: staff/mallory", "Desk-To: keys", who=MARIA)


@forged("a mail doesn't change")
def a_key_by_mail(scene: Scene) -> None:
    scene.run("config", "set", "mail.machines", "post@ncpeh.example")
    _key(scene, "mallory")
    scene.told(
        "edit", "maria", f"Desk-Mail: {'7' * 16} {'9' * 16}", "Desk-Record: staff/mallory", "Desk-To: keys",
        who=MARIA, machine="post@ncpeh.example",
    )  # fmt: skip


@forged("may not change staff")
def a_key_by_a_merge(scene: Scene) -> None:
    _parts(scene)
    _key(scene, "mallory")
    _merged(scene, MALLORY)


@forged("may not")
def a_key_that_was_revoked_comes_back(scene: Scene) -> None:
    before = scene.text("staff/mallory")
    _key(scene, "mallory")
    scene.hand(MARIA)
    known = scene.text("staff/mallory")
    scene.write("staff/mallory", before)
    revoked = scene.told("edit", "maria", "Desk-Record: staff/mallory", "Desk-To: keys", who=MARIA)
    scene.write("staff/mallory", known)
    scene.told("undo", "mallory", "Desk-Record: staff/mallory", f"Desk-To: edit {revoked}")


@forged("may not change staff")
def a_merge_keeps_a_key_that_was_revoked(scene: Scene) -> None:
    before = scene.text("staff/mallory")
    _key(scene, "mallory")
    scene.hand(MARIA)
    scene.git("checkout", "-q", "-b", "side")
    scene.as_(MALLORY, "commit", "-q", "--allow-empty", "-m", "n")
    known = scene.text("staff/mallory")
    scene.git("checkout", "-q", "main")
    scene.write("staff/mallory", before)
    scene.told("edit", "maria", "Desk-Record: staff/mallory", "Desk-To: keys", who=MARIA)
    scene.write("staff/mallory", known)
    _merged(scene, MALLORY)


@forged("the key of maria and of nikos")
def a_key_of_two_people(scene: Scene) -> None:
    _key(scene, "nikos")
    _key(scene, "maria")
    scene.hand(NIKOS)


@forged("the key of petros and of relay")
def a_key_of_somebody_and_of_a_machine(scene: Scene) -> None:
    _key(scene, "petros")
    scene.hand(MARIA)
    scene.write("records/machines/relay.yaml", f"id: relay\nkeys: ['{KEY} laptop']\nmay: [relay]\n")
    scene.hand(NIKOS)


# -- machines ----------------------------------------------------------------------------------------------------------


def _machine(scene: Scene, name: str = "post", may: str = "mail") -> None:
    scene.write(f"records/machines/{name}.yaml", f"id: {name}\nkeys: ['{KEY}']\nmay: [{may}]\n")


@forged("may not change machine")
def a_machine_by_level_1(scene: Scene) -> None:
    _machine(scene)
    scene.told("create", "mallory", "Desk-Record: machine/post", "Desk-To: post")


@forged("may not change machine")
def a_machine_gets_another_key(scene: Scene) -> None:
    _machine(scene)
    scene.hand(MARIA)
    scene.swap("records/machines/post.yaml", (KEY, OTHER_KEY))
    scene.hand(ANNA)


@forged("somebody on the staff")
def a_machine_with_the_name_of_somebody(scene: Scene) -> None:
    _machine(scene, "petros", "relay")
    scene.hand(MARIA)


@forged("not on the staff")
def a_machine_acts_in_its_own_name(scene: Scene) -> None:
    _machine(scene)
    scene.hand(MARIA)
    scene.entry("T", "Note", "post", "I was here.")
    scene.told("note", "post", T, who=("post", "post@ncpeh.example"))


@forged("machine of nobody here", REMARK)
def a_machine_acts_in_a_persons_name(scene: Scene) -> None:
    scene.entry("T", "Note", "petros", "Said by cron.")
    scene.told("note", "petros", T, who=PETROS, machine="cron@ncpeh.example")


@forged("staff.as forbids")
def a_machine_acts_in_a_persons_name_where_none_may(scene: Scene) -> None:
    scene.run("config", "set", "staff.as", "never")
    scene.entry("T", "Note", "petros", "Said by cron.")
    scene.told("note", "petros", T, who=PETROS, machine="cron@ncpeh.example")


@forged("desk itself")
def a_machine_closes_by_the_desks_name(scene: Scene) -> None:
    scene.swap("T", ("state: open", "state: closed"))
    scene.key("T", "closed: 2026-07-23T06:12:44Z")
    scene.told("close", "desk", T, "Desk-From: open", "Desk-To: closed", who=("post", nameless("post")))


__all__ = ["AT"]
