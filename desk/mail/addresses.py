"""Addresses as mails write them, `"Γεωργίου, Άννα" <anna@clinic.example>`, read in linear time and written safely."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desk.mail import headers
from desk.named import NamedTuple
from desk.setting import canonical_address
from desk.text import _

MOST = 200
"""Addresses of one field that are read; who writes to more isn't answered to all of them."""
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|$)|([<>,;:()])|([^"<>,;:()]+)')
_EMAIL = re.compile(r"[^\s<>()\[\],;:\"\\@]{1,64}@[^\s<>()\[\],;:\"\\@]{1,189}")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ .-]*\Z")
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]")


class Address(NamedTuple):
    """`name` as people read it, empty if there is none; `email` as written. A name identifies nobody."""

    name: str
    email: str

    @property
    def key(self) -> str:
        """What two spellings of one address share."""
        return canonical_address(self.email).lower()

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2].lower()


def read(value: str, charset: str = "") -> tuple[Address, ...]:
    """The addresses of a field, in order, groups taken apart; what is no address is passed over."""
    found: list[Address] = []
    for name, written in _mailboxes(value):
        email = headers.in_letters(written, charset).strip().strip("'").rstrip(".")
        if _EMAIL.fullmatch(email) and not _INVISIBLE.search(email):
            found.append(Address(_INVISIBLE.sub("", headers.decode(name, charset)).strip("'\" "), email))
        if len(found) == MOST:
            break
    return tuple(found)


def _mailboxes(value: str) -> Iterator[tuple[str, str]]:
    """Pairs of name and address, neither checked yet."""
    name, email, comment = list[str](), list[str](), list[str]()
    depth, inside = 0, False
    for token in _TOKEN.finditer(value):
        quoted, mark, text = token[1], token[2], token[3]
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
        elif depth:
            comment.append(quoted if quoted is not None else text or "")
        elif mark == "<":
            inside, email = True, []
        elif mark == ">":
            inside = False
        elif mark in (",", ";") and not inside:
            yield _pair(name, email, comment)
            name, email, comment = [], [], []
        elif mark == ":":
            name, email = [], ([] if inside else email)  # the name of a group, or a route before the address
        elif inside:
            email.append(quoted if quoted is not None else text or "")
        else:
            name.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else text or "")
    yield _pair(name, email, comment)


def _pair(name: list[str], email: list[str], comment: list[str]) -> tuple[str, str]:
    whole = "".join(name).strip()
    if email:
        return whole, "".join(email)
    return " ".join(comment), whole


def write(address: Address, taken: int = 0) -> str:
    """The address as header lines, its name and its domain in ASCII; ValueError if it isn't one."""
    name, email = headers.clean(address.name), on_the_wire(address.email)
    if not name:
        return email
    if not name.isascii() or "=?" in name:
        return f"{headers.encode(name, taken)}\r\n <{email}>"
    if _ATOM.match(name) and "." not in name:
        return f"{name} <{email}>"
    quoted = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{quoted}" <{email}>'


def on_the_wire(email: str) -> str:
    """The address as servers take it: a domain of other letters in the form that DNS has; ValueError if it isn't one."""
    local, _rest, domain = email.rpartition("@")
    try:
        found = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        found = ""
    if not _EMAIL.fullmatch(found):
        raise ValueError(_("{clean!r} is no address of a mailbox", clean=headers.clean(email)[:100]))
    return found
