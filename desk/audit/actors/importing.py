"""What an import may have brought: new records of long ago, by the hand of a member of staff who may import."""

from __future__ import annotations

from desk.audit.moment import Moment
from desk.domain.rights import rights, verbs
from desk.errors import Refused
from desk.store.handedits import ATTACHMENT, DELETED, NEW, STRAY, HandEdit
from desk.text import _

_IMPORT = verbs.BY_KIND["desk", "import"]
VERBS = frozenset(_IMPORT.told_as or ())
"""The verbs by which history tells of what was imported."""


def check_import(edit: HandEdit, moment: Moment) -> None:
    """Refused for what no import does: its authors are of long ago and prove nothing, so the machine must be the importer's."""
    by = moment.staff
    if by is None:
        return  # told already
    rights.require_level(by, "settings")
    machine = moment.step.committer
    if machine.lower() not in by.addresses:
        raise Refused(
            _(
                "it says that {importer} made this import, it was committed by {machine}",
                importer=by.id,
                machine=machine or _("nobody"),
            )
        )
    told = moment.act.verbs(edit)
    if odd := sorted(told - VERBS):
        raise Refused(_("an import doesn't {verb} records", verb=odd[0]))
    if edit.kind == STRAY:
        return
    changed = edit.change != NEW
    if edit.change == DELETED or (changed and (edit.kind == ATTACHMENT or not moment.is_imported(edit.path))):
        raise Refused(_("an import brings new records, and changes none that are there"))
