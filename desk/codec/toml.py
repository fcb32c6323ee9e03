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
        *tables, key = name.split(".")
        section: Any = document
        for table in tables:
            if value is None and table not in section:
                break
            if table not in section:
                section[table] = tomlkit.table()
            section = section[table]
        else:
            if value is None:
                section.pop(key, None)
            else:
                section[key] = value
    return tomlkit.dumps(document)
