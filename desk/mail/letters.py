"""A draft as the message it will be: the text in the recipient's language, filled in.

How a file is read and how a template is filled are given by the caller: both belong to other parts of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from desk.errors import Broken, NotFound
from desk.mail.drafts import languages
from desk.named import NamedTuple
from desk.text import _

FOLDER = "templates/mail"
_HEAD = "Subject: "
Read = Callable[[str], bytes | None]
Fill = Callable[[str, str, Mapping[str, Mapping[str, str]]], str]


class Letter(NamedTuple):
    """`language` is the text's, which is another one than the recipient's where it was never translated."""

    subject: str
    body: str
    language: str
    path: str


def letter(draft: Mapping[str, Any], known: Iterable[str], read: Read, fill: Fill, *, whole: bool = True) -> Letter:
    """Fill in a draft's text, or, not `whole`, its subject alone; `known` are the desk's languages.

    Broken names file and line, NotFound a missing file.
    """
    variables = draft["variables"]
    wanted = languages(draft, known)
    for language in wanted:
        path = f"{FOLDER}/{draft['template']}.{language}.txt"
        data = read(path)
        if data is not None:
            head, rest = _parts(data, path)
            subject = " ".join(fill(head, path, variables).split())
            # The body keeps its place in the file, so that an error names the right line.
            body = fill("\n" + rest, path, variables).strip("\n") + "\n" if whole else ""
            return Letter(subject, body, language, path)
    missing = f"{FOLDER}/{draft['template']}.{wanted[0]}.txt"
    raise NotFound(
        _("there is no text {missing}", missing=missing), _("write it; desk help notifications says what it may name")
    )


def _parts(data: bytes, path: str) -> tuple[str, str]:
    try:
        text = data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Broken(_("not UTF-8 text"), path) from None
    head, _rest, body = text.partition("\n")
    if not head.startswith(_HEAD) or not head.removeprefix(_HEAD).strip():
        raise Broken(_("the first line of a mail text is `Subject: …`"), path)
    if not body.startswith("\n"):
        raise Broken(_("an empty line stands between the subject and the text"), path, 2)
    return head.removeprefix(_HEAD), body
