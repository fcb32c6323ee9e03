"""A day of mail, as docs/mail.md shows it: a pharmacist, a foreign desk, an officer who passes a mail on, and a forger.

The mails lie in docs/mails. The forged one bears the code of a private notice to staff that leaked, made with the key that
the session is given: the codes of a real desk are made with a key of its own.
"""

from __future__ import annotations

from pathlib import Path

from docs.sessions import Step, replaced

_MAILS = Path(__file__).parent / "mails"
_ANSWER = replaced("Η υπηρεσία λειτουργεί και πάλι κανονικά.", "Η συνταγή εμφανίζεται τώρα.")
_KEY = "0123456789abcdef0123456789abcdef"

DAY_OF_MAIL = (
    Step('desk init clinic --name "eHealth contact point"', "06:00:00", silent=True),
    Step("cd clinic", "06:00:01", silent=True),
    Step("desk config set mail.address servicedesk@clinic.example", "06:00:02", silent=True),
    Step("desk config set mail.machines maria@clinic.example", "06:00:03", silent=True),
    Step("mkdir -p .git/desk/mail", "06:00:04", silent=True),
    Step(f"sh -c 'printf {_KEY} > .git/desk/mail/key'", "06:00:05", silent=True),
    Step(f"sh -c 'cp {_MAILS}/*.eml ..'", "06:00:06", silent=True),
    Step("cat ../pharmacist.eml", "06:12:44"),
    Step("desk mail import ../pharmacist.eml", "06:13:05"),
    Step(
        "desk ticket reply 7K3Q --response incident-resolved --close",
        "07:05:00",
        editor=replaced("Η υπηρεσία λειτουργεί και πάλι κανονικά.", "Η συνταγή εμφανίζεται τώρα."),
    ),
    Step("desk mail outbox --ticket 7K3Q", "07:06:00"),
    Step("desk mail import ../thanks.eml     # she says thank you, and it stays closed", "07:20:30"),
    Step("desk ticket show 7K3Q", "07:21:00"),
    Step(
        'desk user create --name "Malta Service Desk" --email desk@ncpeh-mt.example --group foreign-desk --numbers "INC{n}"',
        "07:50:00",
    ),
    Step(
        "desk mail import ../malta.eml ../malta-again.eml     # their number joins the second to the first", "09:00:00"
    ),
    Step("desk search INC004711", "09:01:00"),
    Step("desk mail import ../forwarded.eml     # Maria passes on what reached her personally", "10:00:30"),
    Step("desk ticket show 9C4R", "10:01:00"),
    Step("desk ticket note 7K3Q --body \"The patient's card was blocked; don't tell by mail.\"", "10:30:00"),
    Step("desk mail import ../forged.eml     # an answer to that note, which went to staff alone", "11:00:30", code=10),
    Step("desk mail held", "11:01:00"),
    Step("desk audit verify", "11:02:00"),
)
