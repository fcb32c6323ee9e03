"""Sixty Greek mails as five programs write them: plain, quoting, forwarded; in three charsets and four ways of packing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import NamedTuple

TEXTS = (
    "Καλημέρα σας,\n\nη συνταγή της ασθενούς δεν φαίνεται στο σύστημα από χθες.\nΕυχαριστώ,\nΆννα Γεωργίου",
    "Σας ευχαριστώ πολύ, λειτουργεί!",
    "Άλλο ένα σφάλμα 4703 κατά την αναζήτηση.\n\n- Ώρα: 09:14\n- Ίδρυμα: Γ.Ν. Λευκωσίας",
    "Έχετε δίκιο· το πιστοποιητικό έληξε. Πότε θα ανανεωθεί;",
)
QUOTED = "Αγαπητή κυρία Γεωργίου,\nπαρακαλώ δοκιμάστε ξανά.\nΥποστήριξη"
MARK = "— Reply above this line / Απαντήστε πάνω από αυτή τη γραμμή —"


class Case(NamedTuple):
    name: str
    raw: bytes
    kept: str


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def gmail(text: str) -> tuple[str, str]:
    head = "Στις Πέμ 23 Ιουλ 2026 στις 10:12 π.μ., ο χρήστης Υποστήριξη Υπηρεσίας Διασυνοριακής\nΥγείας <desk@ncpeh.example> έγραψε:"
    return "plain", f"{text}\n\n{head}\n\n{_marked(QUOTED)}\n"


def outlook(text: str) -> tuple[str, str]:
    rows = "".join(f"<p class=MsoNormal>{line or '<o:p>&nbsp;</o:p>'}</p>" for line in text.split("\n\n"))
    rows = rows.replace("\n", "<br>\n")
    head = (
        "<div style='border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Από:</b> Υποστήριξη &lt;desk@ncpeh.example&gt; <br>"
        "<b>Στάλθηκε:</b> Πέμπτη, 23 Ιουλίου 2026 10:12 πμ<br><b>Προς:</b> Άννα Γεωργίου<br><b>Θέμα:</b> Συνταγή</p></div>"
    )
    return (
        "html",
        f"<html><head><style>p.MsoNormal {{margin:0}}</style></head><body>{rows}{head}<p>{QUOTED}</p></body></html>",
    )


def iphone(text: str) -> tuple[str, str]:
    head = "Στις 23 Ιουλ 2026, στις 10:12, ο χρήστης Υποστήριξη <desk@ncpeh.example> έγραψε:"
    return "plain", f"{text}\n\nΣτάλθηκε από το iPhone μου\n\n{head}\n\n﻿{_marked(QUOTED)}\n"


def thunderbird(text: str) -> tuple[str, str]:
    return (
        "plain",
        f"{text}\n\nΣτις 23/7/26 10:12, ο/η Υποστήριξη έγραψε:\n{_marked(MARK)}\n>\n{_marked(QUOTED)}\n\n-- \nΆννα Γεωργίου\nΦαρμακοποιός\n",
    )


def webmail(text: str) -> tuple[str, str]:
    head = "-----Αρχικό μήνυμα-----\nΑπό: Υποστήριξη\nΗμερομηνία: 23/07/2026\nΠρος: Άννα\nΘέμα: Συνταγή"
    return "plain", f"{text}\n\n\n{head}\n\n{QUOTED}\n"


PROGRAMS: tuple[Callable[[str], tuple[str, str]], ...] = (gmail, outlook, iphone, thunderbird, webmail)
CHARSETS = ("iso-8859-7", "windows-1253", "utf-8")
PACKING = ("8bit", "quoted-printable", "base64", "undeclared")


def cases() -> Iterator[Case]:
    """Each program, charset and packing; the texts in turn."""
    number = 0
    for program in PROGRAMS:
        for charset in CHARSETS:
            for packing in PACKING:
                text = TEXTS[number % len(TEXTS)]
                number += 1
                kept = text
                yield Case(f"{program.__name__}-{charset}-{packing}", _mail(*program(text), charset, packing), kept)


def _mail(kind: str, body: str, charset: str, packing: str) -> bytes:
    data = body.replace("—", "-").replace("﻿", "").encode(charset) if charset != "utf-8" else body.encode()
    told, how = charset, packing
    if packing == "undeclared":
        told, how = "us-ascii", "8bit"
    if how == "base64":
        data = base64.encodebytes(data)
    elif how == "quoted-printable":
        data = binascii.b2a_qp(data, istext=True)
    word = base64.b64encode("Συνταγή".encode(charset)).decode()
    head = (
        f"From: =?{charset}?B?{base64.b64encode('Άννα Γεωργίου'.encode(charset)).decode()}?= <anna@clinic.example>\n"
        f"To: desk@ncpeh.example\nSubject: =?{charset}?B?{word}?=\nMessage-ID: <1@clinic.example>\n"
        f"MIME-Version: 1.0\nContent-Type: text/{kind}; charset={told}\nContent-Transfer-Encoding: {how}\n\n"
    )
    return (head.encode() + data).replace(b"\n", b"\r\n")
