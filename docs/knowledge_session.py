"""An administrator's day, as docs/knowledge.md shows it: write an article, break it, mend it, publish it, retire it."""

from __future__ import annotations

from docs.sessions import Step, replaced

_FILE = "kb/pharmacies/prescription-not-listed.md"
_ANSWER = "The patient's country may hold it under another name, or has already recorded it as dispensed."
_LINK = "[what to do then](../eprescription/cannot-be-dispensed.md)"
_STEPS = f"1. Check the patient's identifier.\n2. Ask for the prescription's number.\n3. See {_LINK}."


def _written(text: str) -> str:
    """What an administrator makes of the skeleton."""
    start = text.index("[[")
    return f"{text[:start]}{_ANSWER}\n\n## What to do\n\n{_STEPS}\n"


def _mended(text: str) -> str:
    return replaced("language: english", "language: en")(replaced("may hold it", "may have it")(text))


ADMINISTRATOR = (
    Step('desk init helpdesk --name "Clinic service desk"', "06:12:44", silent=True),
    Step("cd helpdesk", "06:13:05", silent=True),
    Step(
        'desk kb topic create pharmacies --title "For pharmacies" --title-in el="Για φαρμακεία" --icon ⚕ --order 7',
        "06:20:00",
    ),
    Step(
        'desk kb create --topic pharmacies --type faq --title "Why is a prescription not listed?" \\\n'
        "    --slug prescription-not-listed     # the editor opens with a skeleton",
        "06:31:00",
        editor=_written,
    ),
    Step(
        f"$EDITOR {_FILE}     # by hand, and not quite right",
        "06:40:00",
        editor=replaced("language: en", "language: english"),
    ),
    Step("desk status", "06:41:00"),
    Step("desk kb publish prescription-not-listed", "06:42:00", code=7),
    Step(f"$EDITOR {_FILE}     # mended, and one word is better now", "06:43:00", editor=_mended),
    Step("desk kb publish prescription-not-listed", "06:45:00"),
    Step("desk search recorded as dispensed --limit 3", "06:46:00"),
    Step("desk kb list --topic pharmacies", "06:47:00"),
    Step('desk kb retire prescription-not-listed --reason "the portal says it now"', "09:10:00"),
    Step("desk kb history prescription-not-listed", "09:11:00"),
    Step("git log --format='%an  %s' -- kb", "09:12:00"),
)
