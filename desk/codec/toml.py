"""desk.toml changed without losing its comments: tomlkit is imported here alone."""

from __future__ import annotations

from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from desk.errors import ConfigError


def with_setting(text: str, name: str, value: Any) -> str:
    """The text of desk.toml with one setting changed or added; `value` is text, a number or a list."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(f"desk.toml: {error}", "mend the file first") from None
    table, _, key = name.rpartition(".")
    if table not in document:
        document[table] = tomlkit.table()
    section: Any = document[table]
    section[key] = list(value) if isinstance(value, tuple) else value
    return tomlkit.dumps(document)
