"""Each setting of what comes in, as it changes what becomes of a mail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from desk.actions.mail.recipients import is_blocked
from desk.codec.toml import with_settings
from desk.mail import threading
from tests.mailin.conftest import DESK, Inbox, mail

ANNA = "anna@clinic.example"
SIGNED = (
    f"From: {ANNA}\r\nTo: {DESK}\r\nSubject: Signed\r\nMessage-ID: <s{{number}}@test.example>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain\r\n\r\nSigned words.\r\n--b\r\nContent-Type: application/pgp-signature; name=s.asc\r\n\r\n"
    "x\r\n--b--\r\n"
)


@pytest.fixture(scope="module", autouse=True)
def _settled(inbox: Inbox) -> None:
    inbox.settle("reopen_days = 3", "max_parts = 3")


def test_days_in_which_a_ticket_is_opened_again(inbox: Inbox) -> None:
    first = inbox.take(mail(ANNA, "Help", "It fails.", own="<first@clinic.example>"))
    for days, joined in ((2, True), (4, False)):
        inbox.close(first.ticket)
        inbox.now += timedelta(days=days)
        again = inbox.take(mail(ANNA, "Re: Help", "It fails again.", answers=("<first@clinic.example>",)))
        assert (again.ticket == first.ticket) is joined
    assert f"relates {first.ticket}" in inbox.ticket(again.ticket).links


@pytest.mark.parametrize(("keep", "plain", "signed"), [("never", 0, 0), ("signed", 0, 1), ("always", 1, 1)])
def test_which_mails_are_kept_as_they_came(inbox: Inbox, keep: str, plain: int, signed: int) -> None:
    if inbox.session().config["mail.keep_raw"] != keep:
        inbox.set("mail.keep_raw", keep)
    for raw, kept in ((mail(ANNA, "Plain", "Words."), plain), (SIGNED.format(number=keep).encode(), signed)):
        done = inbox.take(raw)
        assert done.state == "taken"
        assert inbox.ticket(done.ticket).all_attachments.count("mail.eml") == kept


def test_how_many_parts_a_mail_may_have(inbox: Inbox) -> None:
    parts = "".join(f"--b\r\nContent-Type: text/plain; name={n}.txt\r\n\r\npart {n}\r\n" for n in range(8))
    raw = mail(ANNA, "Parts", f"{parts}--b--", 'Content-Type: multipart/mixed; boundary="b"', "MIME-Version: 1.0")
    done = inbox.take(raw)
    assert done.state == "taken"
    assert "part 7" not in inbox.ticket(done.ticket).body
    assert len(inbox.ticket(done.ticket).all_attachments) <= 3


def test_addresses_of_the_desk_in_another_spelling_are_its_own(inbox: Inbox) -> None:
    """A domain of other letters comes from servers as DNS has it, and is typed as people read it: or the other way round."""
    spellings, start = ("δοκιμή.example", "xn--jxalpdlp.example"), inbox.git("rev-parse", "HEAD").strip()
    anna = inbox.register("Άννα", f"anna@{spellings[0]}")
    asked = inbox.open("Law", anna)
    for typed, sent in (spellings, spellings[::-1]):
        path = Path(inbox.folder) / "desk.toml"
        lines = {
            "mail.address": f"desk@{typed}",
            "mail.blocked": [f"robot@{typed}"],
            "mail.departments": {f"legal@{typed}": "legal"},
        }
        path.write_text(with_settings(path.read_text(encoding="utf-8"), lines), encoding="utf-8")
        inbox.commit("desk.toml")
        blocked = inbox.session().config["mail.blocked"]
        assert is_blocked(f"robot@{spellings[0]}", f"desk@{typed}", blocked, ())
        assert inbox.take(mail(f"desk@{sent}", "ours", "x")).state == "dropped"
        done = inbox.take(mail(ANNA, f"To {sent}", "A question.", to=f"legal@{sent}"))
        assert inbox.ticket(done.ticket).department == "legal"
        # Letters that no address has, in whatever charset: nobody's, and no mail after it is kept waiting.
        odd = mail("anna@δοκιμή.example", f"8 bits, {sent}", "x").replace("δ".encode(), b"\xe4")
        assert inbox.take(odd).state == "taken"
        code = threading.plus_address(f"desk@{sent}", asked, f"anna@{spellings[0]}", inbox.key)
        answer = inbox.take(mail(f"anna@{sent}", "Re: Law", f"More, to {sent}.", to=code))
        assert (answer.ticket, inbox.ticket(asked).thread[-1].by) == (asked, anna)
    inbox.git("reset", "-q", "--hard", start)
