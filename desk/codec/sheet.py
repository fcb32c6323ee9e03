"""Tables of other programs: CSV as a spreadsheet saves it, whatever stands between its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from desk.codec.locate import BOM
from desk.named import NamedTuple
from desk.text import _

_BETWEEN = (";", "\t", ",")


class SheetRow(NamedTuple):
    """What a row says by the names of its columns, without what is empty; and the line of the file it ends in."""

    line: int
    values: dict[str, str]


def rows(content: bytes, encoding: str) -> tuple[tuple[str, ...], Iterator[SheetRow]]:
    """The names of the columns, in lower case, and the rows; ValueError for what is no such table."""
    try:
        text = content.decode(encoding).removeprefix(BOM)
    except (UnicodeDecodeError, LookupError) as error:
        raise ValueError(_("it is not in {encoding}: {error}", encoding=encoding, error=error)) from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_BETWEEN, key=first.count))
    names = tuple(name.strip().lower() for name in next(reader, []))
    if not any(names) or len(set(names)) < len(names):
        raise ValueError(_("its first line must name the columns, each once"))
    return names, _rows(reader, names)


def _rows(reader: Iterator[list[str]], names: tuple[str, ...]) -> Iterator[SheetRow]:
    number = getattr(reader, "line_num", 0)
    try:
        for cells in reader:
            number = getattr(reader, "line_num", 0)
            found = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
            yield SheetRow(number, found)
    except csv.Error as error:
        raise ValueError(_("line {line}: {error}", line=number + 1, error=error)) from None
