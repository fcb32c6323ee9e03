"""desk.toml changed without losing its comments: tomlkit is imported here alone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Null, Table, Whitespace

from desk.errors import ConfigError
from desk.text import _


def with_setting(text: str, name: str, value: Any) -> str:
    """The text of desk.toml with one setting changed or added; `value` is text, a number or a list."""
    return with_settings(text, {name: list(value) if isinstance(value, tuple) else value})


def with_settings(text: str, values: Mapping[str, Any]) -> str:
    """The text of desk.toml with settings changed or added, and those whose value is None taken out."""
    document = _parsed(text)
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


def with_table(text: str, path: Sequence[str], values: Mapping[str, Any]) -> str:
    """The text of desk.toml with keys of one table changed or added, and those whose value is None taken out.

    Comments stay. Keys are in order afterwards, unless comments stand between them: then what is new stands below.
    ConfigError where the file has the table around it in a form that takes no header of its own.
    """
    wanted = _parsed(text).unwrap()
    inner = wanted
    for name in path:
        inner = inner.setdefault(name, {})
    inner.update(values)
    for name in [name for name, value in values.items() if value is None]:
        del inner[name]
    try:
        found = _with_table(text.replace("\r\n", "\n"), path, values)
        if tomllib.loads(found) == wanted:
            return found.replace("\n", "\r\n") if "\r\n" in text else found
    except (TOMLKitError, ValueError):
        pass
    raise ConfigError(
        _("desk.toml: {table} stands there in a form that can't be added to", table=".".join(path[:-1])),
        _("give it a header of its own: [{table}]", table=".".join(path[:-1])),
    )


def _with_table(text: str, path: Sequence[str], values: Mapping[str, Any]) -> str:
    document = _parsed(text)
    parent: Any = document
    *outer, name = path
    for word in outer:
        if word not in parent:
            parent[word] = tomlkit.table()
        parent = parent[word]
    is_new = name not in parent
    # What stands behind the last key, from an empty line on, belongs to the table that comes next.
    gap = _cut_gap(parent if is_new else parent[name])
    if is_new:
        parent[name] = tomlkit.table()
    table = parent[name]
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = _inline(value) if isinstance(value, Mapping) else value
    _sort(table)
    for item in gap or [tomlkit.nl()]:
        table.add(item)
    found = tomlkit.dumps(document)
    return found if text.endswith("\n\n") else found.rstrip("\n") + "\n"


def _cut_gap(table: Any) -> list[Any]:
    """Take the empty line and all that follows it off the end of a table."""
    body = table.value.body if isinstance(table, Table) else []
    begin = len(body)
    while begin and body[begin - 1][0] is None:
        begin -= 1
    begin += next((n for n, (_key, item) in enumerate(body[begin:]) if isinstance(item, Whitespace)), len(body))
    gap = [item for _key, item in body[begin:]]
    del body[begin:]
    return gap


def _sort(table: Any) -> None:
    body = table.value.body if isinstance(table, Table) else []
    items = [(key, item) for key, item in body if not isinstance(item, Null)]
    named = [(key.key, key, item) for key, item in items if key is not None]
    if len(named) == len(items):
        for _name, key, item in sorted(named, key=itemgetter(0)):
            table.remove(key)
            table.add(key, item)


def _inline(values: Mapping[str, Any]) -> Any:
    found = tomlkit.inline_table()
    found.update(values)
    return found


def _parsed(text: str) -> Any:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(_("desk.toml: {error}", error=error), _("mend the file first")) from None
