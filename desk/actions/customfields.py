"""Values of custom fields to compare with, from what was typed."""

from __future__ import annotations

from typing import Any

from desk.domain.model.organisation import CustomField
from desk.domain.people import customfields
from desk.session.session import Session


def wanted(session: Session, on: str, given: dict[str, str]) -> dict[str, Any]:
    """Values by their declarations; of a field that was removed, as text. NotFound for one that never was."""
    rows = {str(r["id"]): r for r in session.store.ask(lambda index: index.rows("field", '"on" = ?', (on,)))}
    known = {name: CustomField.new(**rows[name]) for name in given if name in rows}
    for name in given:
        if name not in known and not session.store.ask(lambda index, name=name: index.used("field", name)):  # type: ignore[misc]
            raise session.store.missing("field", name)
    return {name: customfields.parse(known[name], value) if name in known else value for name, value in given.items()}
