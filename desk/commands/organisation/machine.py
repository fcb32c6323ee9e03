"""Machines: list, show, create, edit, delete."""

from __future__ import annotations

from desk.cli import arguments, records
from desk.cli.app import App
from desk.domain.model.organisation import MACHINE_DUTIES, Machine
from desk.errors import UsageFault
from desk.text import _, pgettext
from desk.view.model import Column


def _read(app: App, given: records.Data) -> records.Data:
    may = tuple(word for part in given["may"] for word in part.replace(",", " ").split())
    for word in may:
        if word not in MACHINE_DUTIES:
            raise UsageFault(
                _("a machine can't be allowed {word!r}", word=word),
                _("one of {duties}", duties=", ".join(MACHINE_DUTIES)),
            )
    return {**given, "may": may, "keys": arguments.read_keys(app, given["keys"])}


MACHINE = records.Kind(
    Machine,
    columns=(
        Column("id", pgettext("column", "MACHINE"), "id"),
        Column("may", pgettext("column", "MAY BRING")),
        Column("description", pgettext("column", "DESCRIPTION"), "sentence"),
    ),
    empty=_("there are no machines yet: desk machine create NAME --key FILE.pub --may mail"),
    id="NAME",
    options=(
        records.option("--key", "keys", metavar="KEY|FILE", multiple=True,
                       help="Public ssh key by which a server knows it, or its .pub file; repeat for more."),
        records.option("--may", metavar="mail|sla|relay", multiple=True,
                       help="What it may bring: what requesters wrote, what desk does in time, commits of others."),
        records.option("--description", metavar="T", help="What it is."),
    ),
    read=_read,
)  # fmt: skip

list_ = records.build_list(MACHINE, "List the machines that push by themselves.", example="desk machine list")
show = records.build_show(MACHINE, "Show machines with their keys.", example="desk machine show mailhost")
create = records.build_create(
    MACHINE,
    "Add a machine that pushes by itself, so that a guarded server knows it. Level 3.",
    example="desk machine create mailhost --key mailhost.pub --may mail --may sla",
)
edit = records.build_edit(
    MACHINE,
    "Change a machine's keys, or what it may bring. Level 3.",
    example="desk machine edit mailhost --key new.pub",
)
delete = records.build_delete(
    MACHINE, "Delete machines: a guarded server knows them no more. Level 3.", example="desk machine delete mailhost"
)
