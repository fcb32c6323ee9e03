"""desk calendar: the holidays of governments and of calendar programs, taken over into desk.toml, and what it is then."""

from __future__ import annotations

from pathlib import Path

from tests.calendars import FILES, event, file_of
from tests.cli.conftest import Git, Refuses
from tests.conftest import Runner

IMPORT = ("calendar", "import")


def test_from_a_file_to_the_clock(desk: Runner, git: Git, home: Path) -> None:
    """The holidays of a government: shown, written as one commit, in force, taken back; all that looks at settings knows them."""
    before = (home / "desk.toml").read_bytes()
    google = str(FILES / "google.ics")
    shown = desk(*IMPORT, google, "--without", "τηρηση", "--dry-run")
    assert shown.out.startswith("2027-01-01  Πρωτοχρονιά: closed\n")
    assert "Μητέρας" not in shown.out
    assert "nothing was changed" in shown.err
    assert (home / "desk.toml").read_bytes() == before
    commits = git("rev-list", "--count", "HEAD")
    assert "office: 15 days off written" in desk(*IMPORT, google, "--without", "ΤΉΡΗΣΗ").out
    assert int(git("rev-list", "--count", "HEAD")) == int(commits) + 1
    assert git("status", "--porcelain") == ""
    assert git("log", "-1", "--format=%s").strip() == "config: sla.calendar.office: days off, 15 new"
    again = desk(*IMPORT, google, "--without", "τήρηση")
    assert again.out == "office has these days off already: 15 in the file\n"

    done = desk(*IMPORT, str(FILES / "office.ics"), "--replace", "-f", "json").data
    changed = {row["id"]: (row["before"], row["after"]) for row in done["days"]}
    assert changed["2027-12-24"] == (None, {"name": "Christmas Eve", "hours": "08:00-12:00"})
    assert changed["2027-12-26"] == ({"name": "Επόμενη των Χριστουγέννων", "hours": None}, None)
    assert "2027-12-28" not in changed
    text = (home / "desk.toml").read_text(encoding="utf-8")
    assert (
        '2027-12-24 = {name = "Christmas Eve", hours = "08:00-12:00"}\n2027-12-25 = "Christmas Day"\n\n# To change'
        in text
    )

    rows = {row["id"]: row for row in desk("calendar", "show", "office", "--year", "2027", "-f", "json").data}
    assert rows["2027-12-24"] == {
        "id": "2027-12-24", "hours": "08:00-12:00", "name": "Christmas Eve", "source": "days_off",
    }  # fmt: skip
    assert rows["2027-01-06"]["source"] == "holidays"
    assert "Fri 24 Dec 2027  08:00-12:00  Christmas Eve" in desk("calendar", "show", "office", "--year", "2027").out
    [always, office] = desk("calendar", "list", "-f", "json").data
    assert (always["id"], always["days_off"]) == ("24x7", 0)
    assert (office["days_off"], office["until"], office["hours"]) == (7, "2027-12-25", "Mon-Fri 08:00-18:00")

    made = desk("ticket", "create", "--title", "T", env={"DESK_NOW": "2027-12-24T09:00:00Z"})
    assert "an answer by 2027-12-27 17:00" in made.err, "of ten hours one on Friday, from 11 to 12, and nine on Monday"


def test_like_any_other_setting(desk: Runner, git: Git, home: Path) -> None:
    """Undo, the audit, the doctor, the log, and edits by hand."""
    before = (home / "desk.toml").read_bytes()
    desk(*IMPORT, str(FILES / "office.ics"))
    after = (home / "desk.toml").read_bytes()
    told = desk("log", "--kind", "settings").out
    assert "days_off: 2027-01-01: New Year's Day" in told
    assert "Christmas Day" not in told, "the first of them; the whole is in the commit"
    assert "2027-12-25: Christmas Day" in git("log", "-1", "--format=%B")
    assert "sla.calendar  is what it was before" in desk("undo").out
    assert (home / "desk.toml").read_bytes() == before
    desk("undo")
    assert (home / "desk.toml").read_bytes() == after
    (home / "desk.toml").write_bytes(after.replace(b"2027-12-25 =", b"2027-25-12 ="))
    refused = desk("commit", "-f", "json", code=8).json["error"]
    assert "sla.calendar office, days_off 2027-25-12: must be given by dates" in refused["message"]
    (home / "desk.toml").write_bytes(after.replace(b'"Christmas Day"', b'{ name = "Noel", hours = "10:00-11:00" }'))
    assert "2027-12-25: name: Noel; hours: 10:00-11:00" in desk("commit").out
    assert desk("audit", "verify", "-f", "json").data["faults"] == 0
    assert "nothing found" in desk("doctor").out


def test_what_is_refused(desk: Runner, refuses: Refuses, home: Path) -> None:
    office = str(FILES / "office.ics")
    assert "level 3" in str(refuses(5, "--as", "petros", *IMPORT, office))
    assert "level 3" in str(refuses(5, "--as", "petros", *IMPORT, office, "--dry-run"))
    assert "did you mean office?" in refuses(3, *IMPORT, office, "--calendar", "ofice")["message"]
    assert refuses(2, *IMPORT, office, "--calendar", "24x7")["message"] == "24x7 never closes"
    refuses(3, *IMPORT, "nowhere.ics")
    refuses(2, *IMPORT, str(home))
    refuses(2, *IMPORT, office, "--since", "someday")
    assert "larger than" in refuses(2, *IMPORT, "/dev/zero")["message"]
    error = refuses(2, *IMPORT, "-", stdin=(FILES / "google.ics").read_bytes()[:700])
    assert "it ends before its end" in error["message"]
    assert ".ics" in error["hint"]
    daily = file_of(*event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=DAILY"))
    assert "days off, more than 1000" in refuses(2, *IMPORT, "-", stdin=daily)["message"]
    text = (home / "desk.toml").read_text(encoding="utf-8")
    (home / "desk.toml").write_text(
        text.replace("[sla.calendar.office]", '[sla.calendar.night]\nhours = "20:00-24:00"\n\n[sla.calendar.office]'),
        encoding="utf-8",
    )
    desk("commit")
    assert "--calendar" in refuses(2, *IMPORT, office)["hint"]


def test_what_is_chosen_and_what_is_left_out_is_said(desk: Runner) -> None:
    content = file_of(
        *event("DTSTART;VALUE=DATE:20261225", "SUMMARY:Xmas", "CATEGORIES:Bank holiday,Public"),
        *event("DTSTART;VALUE=DATE:20261226", "SUMMARY:Boxing Day", "DESCRIPTION:public"),
        *event("DTSTART;VALUE=DATE:20270106", "SUMMARY:Epiphany", "CATEGORIES:BANK HOLIDAY"),
        *event("DTSTART;VALUE=DATE:20261229", "SUMMARY:Birthday of nobody"),
        *event("DTSTART;VALUE=DATE:20261399", "SUMMARY:Bank holiday") * 12,
    )

    def days(*options: str) -> list[str]:
        return [line[:10] for line in desk(*IMPORT, "-", "--dry-run", *options, stdin=content).out.splitlines()]

    assert days("--only", "bank holiday") == ["2026-12-25", "2027-01-06"]
    assert days("--only", "bank", "--only", "boxing", "--until", "2026-12-31") == ["2026-12-25", "2026-12-26"]
    assert days("--without", "birth", "--since", "2026-12-26") == ["2026-12-26", "2027-01-06"]
    warned = desk(*IMPORT, "-", "--dry-run", "-f", "json", stdin=content).json["warnings"]
    assert len(warned) == 11
    assert warned[0].startswith("left out: line 23: DTSTART")
    assert warned[-1] == "and 2 more of the kind"
    greek = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225\nSUMMARY:Χριστούγεννα\nEND:VEVENT\nEND:VCALENDAR".encode(
        "cp1253"
    )
    assert "Χριστούγεννα" in desk(*IMPORT, "-", "--dry-run", "--encoding", "windows-1253", stdin=greek).out
