"""Custom fields: values checked against their declarations (docs/rules.md, requirement 4.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from desk.domain.model.fields import parse_date, parse_flag, parse_line, parse_number
from desk.domain.model.organisation import CustomField
from desk.errors import UsageFault
from desk.text import _, arranged

TYPES = ("text", "number", "date", "select", "bool")


def check_values(
    declared: Iterable[CustomField], on: str, given: Mapping[str, Any], scope: str | None = None
) -> dict[str, Any]:
    """Values parsed by their declarations; UsageFault for unknown names, ill values and missing required ones.

    `scope` is the ticket's department or the user's group.
    """
    known = {f.id: f for f in declared if f.on == on and applies(f, scope)}
    for name in given:
        if name not in known:
            raise UsageFault(
                _("there is no custom field {name!r} for a {on} here", name=name, on=on),
                _("known: {known}; desk field list", known=", ".join(known) or _("none")),
            )
    found = {name: parse(known[name], value) for name, value in given.items() if value != ""}
    for name, field in known.items():
        if field.required and name not in found:
            raise UsageFault(
                _("the custom field {name} must be filled in", name=name), _("--field {name}=VALUE", name=name)
            )
    return found


def applies(field: CustomField, scope: str | None) -> bool:
    """Whether a field is asked for in this department or group; one that names none applies everywhere."""
    limited = field.departments if field.on == "ticket" else field.groups
    return not limited or scope in limited


def parse(field: CustomField, value: Any) -> Any:
    """One value by its type."""
    try:
        if field.type == "number":
            return parse_number(value)
        if field.type == "bool":
            return parse_flag(value)
        if field.type == "date":
            return parse_date(value).isoformat()
        text = parse_line(value)
    except ValueError as error:
        raise UsageFault(arranged("{field}: {error}", field=field.id, error=error)) from None
    if field.type == "select":
        for option in field.options:
            if option.casefold() == text.casefold():
                return option
        raise UsageFault(
            _("{field}: {text!r} is not on offer", field=field.id, text=text),
            _("choose from: {options}", options=", ".join(field.options)),
        )
    return text
