"""desk.toml changed without losing its comments: tomlkit is imported here alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from desk.errors import ConfigError
from desk.text import _


def with_setting(text: str, name: str, value: Any) -> str:
    """The text of desk.toml with one setting changed or added; `value` is text, a number or a list."""
    return with_settings(text, {name: list(value) if isinstance(value, tuple) else value})


def with_settings(text: str, values: Mapping[str, Any]) -> str:
    """The text of desk.toml with settings changed or added, and those whose value is None taken out."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(_("desk.toml: {error}", error=error), _("mend the file first")) from None
    for name, value in values.items():
        table, _rest, key = name.rpartition(".")
        if value is None:
            document.get(table, {}).pop(key, None)
            continue
        if table not in document:
            document[table] = tomlkit.table()
        section: Any = document[table]
        section[key] = value
    return tomlkit.dumps(document)
