"""An answer in the shape that somebody asked for: these fields alone as JSON, or a line of their own template for each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desk.cli.app import App
from desk.cli.editor import read_file
from desk.errors import Broken, UsageFault, did_you_mean
from desk.templates import pages
from desk.text import _
from desk.view.model import Done, Paper, View
from desk.view.values import rows_of

_WHERE = "--template"


def shaped(app: App, view: View) -> View:
    """The view with --json or --template applied. UsageFault names the fields there are, where one isn't known."""
    if app.fields is not None:
        return _narrowed(view, app.fields)
    return view if app.template is None else _written(app, view, app.template)


def _narrowed(view: View, wanted: Sequence[str]) -> View:
    rows = [dict(row) for row in rows_of(view)]
    known = list(dict.fromkeys((*(name for row in rows for name in row), *getattr(view, "fields", ()))))
    for name in wanted:
        if known and name.partition(".")[0] not in known:
            raise _unknown(name, known)
    kept = [{name: _value(row, name) for name in wanted} for row in rows]
    if isinstance(view, Paper):
        raise UsageFault(_("a report has sections, not fields"), _("all of it: -f json"))
    alone = not isinstance(view, tuple) or isinstance(getattr(view, "data", None), Mapping)
    return Done(view.kind, kept[0] if alone and len(kept) == 1 else kept, (), view.warnings)


def _unknown(name: str, known: Sequence[str]) -> UsageFault:
    return UsageFault(
        _("there is no field {name!r}{meant}", name=name[:60], meant=did_you_mean(name, known)),
        _("known: {names}", names=", ".join(known)),
    )


def _value(row: Mapping[str, Any], path: str) -> Any:
    """`fields.serial`: what stands under a name, and under one in that; None where nothing does."""
    found: Any = row
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _written(app: App, view: View, given: str) -> View:
    rows = rows_of(view)
    if given.startswith("@"):
        text = read_file(given[1:]).decode(errors="replace")
    else:
        text = given.replace("\\n", "\n").replace("\\t", "\t")
    try:
        lines = list(pages.each(text, _WHERE, rows))
    except Broken as fault:
        names = ", ".join(rows[0]) if rows else ""
        raise UsageFault(fault.message, _("known: {names}", names=names) if names else fault.hint) from None
    app.output = "table"
    return Done(view.kind, [], tuple(line.removesuffix("\n") for line in lines), view.warnings, bare=True)
