"""What Outlook packs in a way of its own (winmail.dat): its files and its words, and nothing that it claims to have and hasn't."""

from __future__ import annotations

import base64
import random
import struct

import pytest

from desk.intake import parsing
from desk.intake.attachments import Limits
from desk.intake.mails import Mail
from desk.mail import rtf, tnef

BODY, HTML, RTF = 0x1000, 0x1013, 0x1009
NAME, CONTENT, TYPE, CID = 0x3707, 0x3701, 0x370E, 0x3712
# The example of [MS-OXRTFCP], section 4.1.1.
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


def attribute(number: int, data: bytes, level: int = 1) -> bytes:
    return struct.pack("<BHHI", level, number, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*given: tuple[int, str | bytes | int]) -> bytes:
    """As Outlook writes them: type, number, how many values, and each with its length, on four bytes."""
    found = struct.pack("<I", len(given))
    for number, value in given:
        if isinstance(value, int):
            found += struct.pack("<HHI", 3, number, value)
            continue
        data = (value + "\0").encode("utf-16-le") if isinstance(value, str) else value
        kind = 0x1F if isinstance(value, str) else 0x102
        found += struct.pack("<HHII", kind, number, 1, len(data)) + data + bytes(-len(data) % 4)
    return found


def packed(message: bytes, *files: bytes) -> bytes:
    found = b"\x78\x9f\x3e\x22\x01\x00" + attribute(0x9007, struct.pack("<II", 1253, 0)) + attribute(0x9003, message)
    for file in files:
        found += attribute(0x9002, bytes(14), 2) + attribute(0x9005, file, 2)
    return found


SCAN = properties((0x0E21, 7), (NAME, "εξέταση.pdf"), (TYPE, "application/pdf"), (CONTENT, b"%PDF"))
PICTURE = properties((NAME, "λογότυπο.png"), (TYPE, "image/png"), (CID, "Logo@x"), (CONTENT, b"\x89PNG" + bytes(300)))


def read(data: bytes, text: str | None = "Δείτε το αρχείο.", kind: str = "application/ms-tnef") -> Mail:
    """The mail around it, with a text of its own or without."""
    words = f"--m\nContent-Type: text/plain; charset=utf-8\n\n{text}\n" if text is not None else ""
    head = "From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=m\n\n"
    file = f"--m\nContent-Type: {kind}; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
    raw = f"{head}{words}{file}{base64.encodebytes(data).decode()}\n--m--\n"
    return parsing.parse(raw.encode(), ("en", "el"), Limits())


@pytest.mark.parametrize("kind", ["application/ms-tnef", "application/octet-stream"])
def test_its_files_come_along_beside_the_text_of_the_mail(kind: str) -> None:
    mail = read(packed(properties((BODY, "Not this.")), SCAN, PICTURE), kind=kind)
    assert mail.text == "Δείτε το αρχείο."
    assert [(a.name, a.type, a.inline) for a in mail.attachments] == [
        ("εξέταση.pdf", "application/pdf", False),
        ("λογότυπο.png", "image/png", True),
    ]
    assert mail.attachments[0].data == b"%PDF"
    assert mail.left == ()


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (properties((BODY, "Καλημέρα σας,\r\nη συνταγή λείπει.")), "Καλημέρα σας,\nη συνταγή λείπει."),
        (properties((HTML, "<p>Η <b>συνταγή</b> <img src='cid:logo@x'></p>".encode("cp1253"))), "Η **συνταγή** [image: λογότυπο.png]"),
        (properties((RTF, HELLO)), "hello world"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("own", [None, " "])
def test_a_mail_without_words_gets_those_that_are_packed(message: bytes, text: str, own: str | None) -> None:
    assert read(packed(message, PICTURE), own).text == text


def test_rich_text_as_words() -> None:
    def words(text: str) -> str:
        return rtf.to_text(text.encode("cp1253"), "cp1252")

    assert (
        words(
            r"{\rtf1\ansi\ansicpg1253{\fonttbl{\f0 Arial;}}\f0 \'ca\'e1\'eb\'e7\par \u951?\u233\'e9 {\*\x no}a\~b\{c\}}"
        )
        == "Καλη\nηé a\u00a0b{c}"
    )
    html = (
        r"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\b \htmlrtf0 Words{\*\htmltag </p>}\htmlrtf \par}\htmlrtf0 }"
    )
    assert words(html) == "Words"
    assert words("no rich text") == ""
    assert rtf.unpacked(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.unpacked(struct.pack("<IIII", 9, 5, 0x414C454D, 0) + b"{\\rtf}") == b"{\\rtf"
    assert [len(rtf.unpacked(HELLO[:end])) for end in (15, 16, 20, 30)] == [0, 0, 12, 23]


def test_a_mail_that_was_attached_there() -> None:
    inner = packed(properties((BODY, "The inner text.")), SCAN)
    outer = packed(properties(), properties((NAME, "Forwarded"), (CONTENT, inner)))
    assert [a.name for a in read(outer).attachments] == ["Forwarded.txt", "εξέταση.pdf"]


def test_what_is_cut_off_is_kept_and_told() -> None:
    whole = packed(properties((BODY, "x")), SCAN, PICTURE)
    mail = read(whole[:-200])
    assert [a.name for a in mail.attachments] == ["εξέταση.pdf", "winmail.dat"]
    assert "not all of it could be read" in mail.text
    for nothing in (b"", b"\x78\x9f\x3e\x22", b"PK\3\4 something else"):
        assert [a.data for a in read(nothing + b"!").attachments] == [nothing + b"!"]


def test_no_bytes_make_it_fail_or_take_long() -> None:
    """Whatever is claimed of lengths and numbers; the names of its files are as safe as any."""
    chance = random.Random(15)
    whole = packed(properties((BODY, "x"), (RTF, HELLO)), SCAN, PICTURE)
    for _ in range(300):
        spoilt = bytearray(whole)
        for _ in range(chance.randrange(1, 12)):
            spoilt[chance.randrange(6, len(spoilt))] = chance.choice((0, 0x10, 0x7F, 0xFF))
        mail = read(bytes(spoilt))
        assert "\0" not in mail.text
    evil = properties((NAME, "../../.git/hooks/x\u202egpj.exe"), (CONTENT, b"x"))
    assert [a.name for a in read(packed(b"", evil)).attachments] == ["x_gpj.exe"]
    many = packed(properties(), *[SCAN] * 300)
    assert (len(read(many).attachments), read(many).left) == (198, ("more parts than one mail may have",))
    assert tnef.read(packed(struct.pack("<I", 1 << 31) + b"\x03\x10" * 1000)) is not None
