"""Where in a file something stands: its front matter, the line of a field or a setting, the marks of a merge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from desk.errors import Broken
from desk.text import _

FENCE = "---"
BOM = "\ufeff"
"""The byte order mark that some editors put before a text."""
KEEP_BOTH = _("keep the texts of both sides, in order of time, and take the marks out, then: desk commit")
"""What is said of marks of a merge: whoever chose a side would lose somebody's words."""
_OURS, _MIDDLE, _THEIRS = (re.compile(p, re.MULTILINE) for p in (rb"^<{7} .*$", rb"^={7}\r?$", rb"^>{7} .*$"))


# -- front matter ------------------------------------------------------------------------------------------------------


def split(text: str, path: str) -> tuple[str, str]:
    """Front matter and the rest after the closing fence; Broken where there is none."""
    if not text.startswith(FENCE + "\n"):
        if text.startswith(BOM):
            hint = _("save it as UTF-8 without a byte order mark")
            raise Broken(_("a byte order mark stands before the first line"), path, 1, hint)
        if text.startswith(FENCE + "\r\n"):
            raise Broken(_("its lines end as on Windows (CRLF)"), path, 1, _("save it with Unix line ends (LF)"))
        raise Broken(_("the first line must be ---"), path, 1)
    end = _closing(text)
    if end < 0:
        if text.endswith(f"\n{FENCE}"):
            return text[len(FENCE) + 1 : -len(FENCE)], ""
        raise Broken(_("the closing --- of the front matter is missing"), path, text.count("\n") + 1)
    return text[len(FENCE) + 1 : end + 1], text[end + len(FENCE) + 2 :]


def _closing(text: str) -> int:
    """Where the line end before the closing fence is, -1 for none."""
    return text.find(f"\n{FENCE}\n", len(FENCE))


def body_of(content: bytes) -> tuple[int, str]:
    """The text behind the front matter, and the line it begins in."""
    text = content.decode(errors="replace")
    end = _closing(text)
    if end < 0:
        return 1, ""
    return text.count("\n", 0, end) + 3, text[end + len(FENCE) + 2 :]


def body_line(content: bytes) -> int:
    """The line in which the text behind the front matter begins, the empty one before it left out."""
    first, body = body_of(content)
    return first + body.startswith("\n")


def is_quoted(value: str) -> bool:
    """Whether the value of a line is a whole text in quotes, as YAML has them."""
    return re.fullmatch(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"", value) is not None


def comment_line(content: bytes, names: Iterable[str]) -> int | None:
    """The line in which one of these fields is cut by a comment: `title: Fax #4 broken` is read as `Fax`."""
    if content.find(b"#", 0, content.find(b"\n---\n") + 1 or None) < 0:
        return None  # of most
    text = content.decode(errors="replace")
    end = _closing(text)
    found = re.search(
        rf"^(?:{'|'.join(names)}): +[^\s'\"#|>\[{{].*?\s#", text[:end] if end >= 0 else text, re.MULTILINE
    )
    return text.count("\n", 0, found.start()) + 1 if found else None


# -- lines -------------------------------------------------------------------------------------------------------------


def rows_before(text: str, key: str) -> int:
    """How many lines stand before the one that sets a key, 0 if none does."""
    found = re.search(rf"^{re.escape(key)}\s*:", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) if found else 0


def line_of(content: bytes | None, field: str) -> int:
    """The line in which a file sets a field, 1 if it doesn't."""
    return rows_before((content or b"").decode(errors="replace"), field) + 1


def conflict_line(content: bytes | None) -> int | None:
    """The line at which a merge conflict begins: all three marks, in their order, since a text may hold one of them."""
    ours = _OURS.search(content or b"")
    middle = _MIDDLE.search(content or b"", ours.end()) if ours else None
    if content is None or ours is None or middle is None or not _THEIRS.search(content, middle.end()):
        return None
    return content.count(b"\n", 0, ours.start()) + 1


def line_in(message: str) -> int | None:
    """The line that an error of another program names."""
    found = re.search(r"line (\d+)", message)
    return int(found[1]) if found else None


def setting_line(content: bytes | None, place: Sequence[str | int]) -> int:
    """The line of a place in desk.toml (names of tables and keys; numbers of tables of one name, from 1): of its key, else
    of its table's header, 1 for neither.
    """
    lines = (content or b"").decode(errors="replace").splitlines()
    headers = [_header(line) for line in lines]
    at, table, key = -1, "", ""
    for part in place:
        if isinstance(part, int):
            at = ([n for n, name in enumerate(headers) if n > at and name == table] + [at] * part)[part - 1]
            continue
        name = f"{table}.{part}".lstrip(".")
        if table and name not in headers[at + 1 :]:
            key = str(part)
            break
        table = name
    if at < 0 and table in headers:
        at = headers.index(table)
    for number in range(at + 1, len(lines) if key else 0):
        if headers[number]:
            break
        if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", lines[number]):
            return number + 1
    return at + 1 or 1


def _header(line: str) -> str:
    match = re.match(r"\s*\[\[?\s*([\w.\"' -]+?)\s*\]", line)
    return re.sub(r"[\"' ]", "", match[1]) if match else ""
