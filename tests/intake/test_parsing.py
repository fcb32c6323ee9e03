"""One mail, everything about it: what is hidden in its header, its parts, its files."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from desk.intake import language, parsing, plaintext, quotes
from desk.intake.attachments import Limits
from desk.intake.numbers import check, find
from desk.mail import charsets, headers
from tests.intake.conftest import Parse

PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
MIXED = """--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

{plain}
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8

<p>In <b>HTML</b> <img src="cid:One"> <img src="https://t.example/p.gif"></p>
--r
Content-Type: image/png; name="=?utf-8?B?zrXOuc66z4zOvc6xLnBuZw==?="
Content-ID: <one>
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAA
--r
Content-Type: image/gif
Content-ID: <pixel>
Content-Transfer-Encoding: base64

{pixel}
--r--
--a--
--m
Content-Type: application/pdf
Content-Disposition: attachment; filename*0*=utf-8''%CE%91%CF%81; filename*1=../x.pdf

%PDF
--m
Content-Type: message/rfc822

From: Doctor <doctor@hospital.example>
Subject: A patient

Her results.
--m
Content-Type: text/calendar; charset=utf-8

BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Board\\, monthly
DTSTART;TZID=Asia/Nicosia:20260723T091500
END:VEVENT
END:VCALENDAR
--m--
"""
KIND = "Content-Type: multipart/mixed; boundary=m"


def test_parts_become_text_and_files(parse: Parse) -> None:
    mail = parse(KIND, body=MIXED.format(plain="Words.", pixel=PIXEL))
    assert mail.text == "Words.\n\nBoard, monthly, 2026-07-23 09:15 Asia/Nicosia"
    assert [(a.name, a.inline) for a in mail.attachments] == [
        ("εικόνα.png", True),
        ("x.pdf", False),
        ("A patient.eml", False),
        ("text-calendar.ics", False),
    ]
    assert [f.sender.email for f in mail.forwarded] == ["doctor@hospital.example"]
    assert mail.forwarded[0].text == "Her results."


def test_html_is_taken_where_the_plain_text_only_points_to_it(parse: Parse) -> None:
    mail = parse(KIND, body=MIXED.format(plain="Please view this in HTML.", pixel=PIXEL))
    assert mail.text.startswith("In **HTML** [image: εικόνα.png]\n")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<style>x</style><script>y</script><title>z</title>words", "words"),
        ('<a href="javascript:x()">safe</a> <a href="https://a.example/">here</a>', "safe [here](https://a.example/)"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('seen<span style="display:none">hidden</span>', "seen"),
        ("<blockquote>old</blockquote>", "> old"),
        ("<p>- typed</p><p>1. typed</p>", "- typed\n\n1. typed"),
        ('<img src="http://x.example/l.png" alt="logo"> <img src="data:image/png;base64,AA">', "[image: logo]"),
        ("<div>" * 1500 + "deep", "deep"),
        ("a &lt;script&gt; b", "a <script> b"),
    ],
)
def test_html_as_text(parse: Parse, html: str, text: str) -> None:
    assert parse("Content-Type: text/html; charset=utf-8", body=html).text.strip() == text


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("Καλημέρα Άννα".encode("iso-8859-7"), "iso-8859-7", "Καλημέρα Άννα"),
        ("Άννα — “ναι”".encode("cp1253"), "iso-8859-7", "Άννα — “ναι”"),  # what Windows programs declare
        ("Καλημέρα".encode("cp1253"), "us-ascii", "Καλημέρα"),
        ("Καλημέρα".encode(), "iso-8859-1x", "Καλημέρα"),
        ("déjà vu".encode("cp1252"), "", "déjà vu"),
        ("“quoted”".encode("cp1252"), "iso-8859-1", "“quoted”"),
        (b"plain", "unicode_escape", "plain"),
        (b"\\x41", "unicode_escape", "\\x41"),
        ("中文".encode("gb18030"), "gb2312", "中文"),
        ("Γειά".encode() + b"\xff" + ("σου " * 40).encode(), "utf-8", "Γειά\ufffd" + "σου " * 40),
    ],
)
def test_charsets_are_put_right(data: bytes, declared: str, text: str) -> None:
    assert charsets.decode(data, declared) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?a=20b?= =?utf-8?q?c?=", "a bc"),
        ("=?utf-8?b?zprOsc67?= =?utf-8?b?zrc=?=", "Καλη"),
        ("=?utf-8?b?zprOsc67zg==?= =?utf-8?b?tw==?=", "Καλη"),  # a letter in two words
        ("=?iso-8859-7?Q?=CA=E1=EB=E7?= and =?x-none?q?more?=", "Καλη and more"),
        ("=?utf-8*el?q?a?=", "a"),
        ("a\r\n b\tc\0d", "a b c d"),
        ("=?utf-8?b?!!!?=", ""),
    ],
)
def test_header_words(value: str, text: str) -> None:
    assert headers.decode(value) == text


def test_whoever_wrote_it_is_found(parse: Parse) -> None:
    def sender(*lines: str) -> tuple[str, str]:
        mail = parsing.parse(("\n".join(lines) + "\n\nx").encode(), ("en",), Limits())
        return (mail.sender.email if mail.sender else "", mail.sender_of)

    assert sender("From: nobody", "Reply-To: a@b.example") == ("a@b.example", "Reply-To")
    assert sender("From: <>", "Return-Path: <r@b.example>") == ("r@b.example", "Return-Path")
    assert sender("Subject: x") == ("", "")
    assert sender('From: "boss@bank.example" <thief@x.example>') == ("thief@x.example", "From")
    assert parse("Delivered-To: legal@ncpeh.example").delivered == ("legal@ncpeh.example", "desk@ncpeh.example")


def test_ids_and_references(parse: Parse) -> None:
    mail = parse("In-Reply-To: <c@x>", "References: <a@x> <b@x>\n <c@x>", "Date: Thu, 23 Jul 2026 09:12:44 +0300")
    assert (mail.id, mail.references) == ("<1@clinic.example>", ("<c@x>", "<b@x>", "<a@x>"))
    assert mail.date == datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)
    bare = b"From: a@b.example\r\n\r\nwords"
    made = parsing.parse(bare, (), Limits()).id
    assert made.endswith("@no-id>")
    assert made == parsing.parse(bare.replace(b"\r\n", b"\n"), (), Limits()).id
    assert made != parsing.parse(bare + b"!", (), Limits()).id
    assert parse("Date: Thu, 99 Foo 2026").date is None


def test_too_much_is_named_and_left(parse: Parse) -> None:
    body = "".join(f"--m\nContent-Type: application/x; name=f{n}\n\nxxxxxxxxxx\n" for n in range(6))
    raw = f"{KIND}\n\n{body}--m--\n".encode()
    few = parsing.parse(raw, (), Limits(parts=4))
    assert (len(few.attachments), few.left) == (4, ("more parts than one mail may have",))
    small = parsing.parse(raw, (), Limits(file=5))
    assert (small.attachments, len(small.left)) == ((), 6)
    long = parse(body="word " * 300_000)
    assert (len(long.text), long.attachments[0].name) == (plaintext.LONGEST, "message.txt")


@pytest.mark.parametrize(
    ("kind", "body", "state", "text", "files"),
    [
        ("multipart/signed", "--m\n\nSigned.\n--m\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nx\n--m--", "signed", "Signed.", ["smime.p7s"]),
        ("multipart/encrypted", "--m\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--m\nContent-Type: application/octet-stream\n\nx\n--m--", "encrypted", "[encrypted message]", ["application-pgp-encrypted.asc", "application-octet-stream"]),
        ("application/pkcs7-mime", "x", "encrypted", "[encrypted message]", ["application-pkcs7-mime.p7m"]),
        ("text/plain", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nWords\n- -- dash\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----", "signed", "Words\n-- dash", []),
    ],
)  # fmt: skip
def test_sealed_mail(parse: Parse, kind: str, body: str, state: str, text: str, files: list[str]) -> None:
    mail = parse(f"Content-Type: {kind}; boundary=m", body=body)
    assert (mail.protection, mail.text, [a.name for a in mail.attachments]) == (state, text, files)


def test_files_in_the_text_itself(parse: Parse) -> None:
    mail = parse(body="See:\nbegin 644 a.txt\n#0V%T\n`\nend\nBye")
    assert mail.text == "See:\n[a.txt]\nBye"
    assert (mail.attachments[0].name, mail.attachments[0].data) == ("a.txt", b"Cat")


def test_files_in_the_text_itself_are_parts_as_well(parse: Parse) -> None:
    """Five thousand of them took a minute, and were all attached."""
    mail = parse(body="begin 644 x\n#86)C\n`\nend\n" * 5_000)
    assert (len(mail.attachments), mail.left) == (199, ("more parts than one mail may have",))


def test_flowed_text_is_joined(parse: Parse) -> None:
    mail = parse("Content-Type: text/plain; format=flowed", body="one \ntwo\n> q \n> r\n three\n-- \nsign")
    assert mail.text == "one two\n> q r\nthree\n--\nsign"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Yes.\n\nOn Mon, 1 Jan 2026 at 10:00, Desk\n<desk@x.example> wrote:\n> old", "Yes."),
        ("Yes.\n-----Original Message-----\nFrom: Desk\nold", "Yes."),
        ("Yes.\n\n**From:** Desk\n**Sent:** today\n**Subject:** x\n\nold", "Yes."),
        ("Yes.\n\n> old\n> older\n", "Yes."),
        ("Yes.\n-- \nAnna\nClinic", "Yes."),
        ("Yes.\n\nSent from my iPhone", "Yes."),
        ("> old\n\nYes.\n", "Yes."),
        ("On Monday, Desk wrote:\n> old\n\nYes.", "Yes."),
        ("> one?\nYes.\n> two?\nNo.", "> one?\nYes.\n> two?\nNo."),
        ("Hi\n> one?\nYes.\n> two?\nNo.", "Hi\n> one?\nYes.\n> two?\nNo."),
        ("> only old", "> only old"),
        ("-- \nAnna", "-- \nAnna"),
        ("From: the clinic, with thanks\nall is well", "From: the clinic, with thanks\nall is well"),
        ("Yes.\n— Reply above this line / Απαντήστε πάνω από αυτή τη γραμμή —\nold", "Yes."),
    ],
)
def test_quotes_are_cut(text: str, kept: str) -> None:
    found = quotes.split(text)
    assert found.kept == kept
    assert sorted((found.kept + found.cut).replace("\n", "")) == sorted(text.replace("\n", ""))


def test_language_of_a_text() -> None:
    known = ("en", "el")
    assert language.guess("Patient summary: η σύνοψη", "", known) == "el"
    assert language.guess("kalimera, den exei doulepsei, mporeite na deite?", "", known) == "el"
    assert language.guess("Please look at the error", "", known) == ""
    assert language.guess("Please look", "en-GB", known) == "en"
    assert language.guess("Bitte", "de", known) == ""
    assert language.guess("Καλημέρα", "", ("en",)) == ""


def test_numbers_of_other_desks() -> None:
    assert find("INC{n}", "Re: inc0012345 and INC7", "XINC9 INC7 INC8a") == ("inc0012345", "INC7")
    assert find("[MT-{x}]", "[MT-7A] [MT-]") == ("[MT-7A]",)
    assert find("Ticket#{n}", "Ticket#20260723 a.Ticket#1") == ("Ticket#20260723", "Ticket#1")
    for wrong in ("INC", "{n}", "{y}{n}", "(a+)+{", "x" * 99 + "{n}"):
        with pytest.raises(ValueError, match="INC"):
            check(wrong)


HTML_ANSWERS = {
    "gmail": '<div dir="ltr">Ναι, λειτουργεί.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Thu, Jul 23, 2026 at 10:12 AM Desk &lt;<a href="mailto:desk@ncpeh.example">desk@ncpeh.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0"><div>old<br>words</div></blockquote></div>',
    "apple": '<html><body style="overflow-wrap: break-word;">Ναι, λειτουργεί.<div><br><blockquote type="cite"><div>On 23 Jul 2026, at 10:12, Desk &lt;desk@ncpeh.example&gt; wrote:</div><br><div>old</div></blockquote></div></body></html>',
    "outlook on the web": '<div class="elementToProof">Ναι, λειτουργεί.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><font face="Calibri"><b>From:</b> Desk &lt;desk@ncpeh.example&gt;<br><b>Sent:</b> Thursday<br><b>To:</b> Anna<br><b>Subject:</b> x</font></div><div>old</div>',
    "yahoo": '<div>Ναι, λειτουργεί.</div><div id="yahoo_quoted"><div>    On Thursday, 23 July 2026 at 10:12:00 EEST, Desk &lt;desk@ncpeh.example&gt; wrote:  </div><div>old</div></div>',
}


@pytest.mark.parametrize("html", HTML_ANSWERS.values(), ids=HTML_ANSWERS)
def test_answers_in_html_are_cut_as_well(parse: Parse, html: str) -> None:
    mail = parse("Content-Type: text/html; charset=utf-8", body=html)
    assert mail.kept == "Ναι, λειτουργεί."
    assert "old" in mail.cut


MANY = settings(max_examples=2 * settings().max_examples)
"""For what has so many sorts that few examples would miss some."""
PACKED = ("8bit", "base64", "quoted-printable")


@MANY
@given(
    text=st.text(st.sampled_from("αβγδάέήίόύώΑΒΓΆ abcXYZ 0123.,;:-_=?<>\"'()\n\t"), max_size=300),
    charset=st.sampled_from(["utf-8", "iso-8859-7", "windows-1253", "utf-16"]),
    packed=st.sampled_from(PACKED),
)
def test_any_text_in_any_packing_is_read(text: str, charset: str, packed: str) -> None:
    assume(packed == "base64" or charset != "utf-16")
    data = text.encode(charset)
    if packed == "base64":
        data = base64.encodebytes(data)
    elif packed == "quoted-printable":
        data = binascii.b2a_qp(data, istext=True)
    head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {packed}\n\n"
    assert parsing.parse(head.encode() + data, (), Limits()).text == plaintext.clean(text)


@MANY
@given(
    st.binary(max_size=400),
    st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=b", "message/rfc822", ""]),
)
def test_no_bytes_make_it_fail(data: bytes, kind: str) -> None:
    head = f"From: a@b.example\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\n".encode()
    for raw in (data, head + b"\n" + data, head + data, b"--b\n".join((head, data, data))):
        mail = parsing.parse(raw, ("en", "el"), Limits())
        assert mail.id
        assert "\0" not in mail.text
