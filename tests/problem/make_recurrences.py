"""Makes a year of incidents in which some recur, and says which: `python -m tests.problem.make_recurrences`.

Planted: one fault with one country, told by 3 to 12 people within a few weeks, in English, Greek or both, each in words
of their own, with slips of the pen, sometimes without the code or the country. Between them, what only looks alike: the same
country with another fault, the same words in another department, the same fault months away or with another country,
weeks in which everything comes at once, and single incidents.
"""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "data"
STORED = FOLDER / "recurrences.jsonl"
SEED = 2026
START = datetime(2025, 7, 1, tzinfo=UTC)
DAYS = 365
COUNTRIES = {
    "Malta": "Μάλτα", "Greece": "Ελλάδα", "Portugal": "Πορτογαλία", "Estonia": "Εσθονία", "Croatia": "Κροατία",
    "Finland": "Φινλανδία", "Spain": "Ισπανία", "Poland": "Πολωνία", "Czechia": "Τσεχία", "Luxembourg": "Λουξεμβούργο",
}  # fmt: skip
CHATTER = {
    "en": (
        "The patient is waiting in front of us.", "It worked last week.", "Please call back before noon.",
        "Other countries answer as usual.", "We tried it twice with two browsers.", "The doctor asks whether there is another way.",
        "A colleague at the other hospital reports the same.", "The screenshot is attached.", "It is urgent for the ward.",
        "Our own network was checked and is fine.", "The transaction time is in the attached file.",
    ),
    "el": (
        "Ο ασθενής περιμένει μπροστά μας.", "Την προηγούμενη εβδομάδα λειτουργούσε.", "Παρακαλώ τηλεφωνήστε πριν το μεσημέρι.",
        "Οι άλλες χώρες απαντούν κανονικά.", "Δοκιμάσαμε με δύο φυλλομετρητές.", "Ο γιατρός ρωτά αν υπάρχει άλλος τρόπος.",
        "Συνάδελφος σε άλλο νοσοκομείο αναφέρει το ίδιο.", "Επισυνάπτεται στιγμιότυπο.", "Είναι επείγον για την κλινική.",
    ),
}  # fmt: skip
# What comes in besides: a thing and what is the matter with it.
THINGS = {
    "en": (
        "The label printer", "The barcode scanner", "An invoice for the connection fee", "The newsletter", "The holiday calendar",
        "The phone line of the second shift", "The card reader", "A VPN token", "The icon of the mobile app", "The user manual",
        "The leaflet for tourists", "The page with opening hours", "The monthly report for the ministry", "A name changed after marriage",
        "The export to a spreadsheet", "The vaccination card", "The organ donor register", "The headset", "The test environment",
        "The contact list of embassies", "The chat window", "A password reset", "The data protection poster", "The meeting recording",
        "The backup tape", "A duplicate user account", "The font of the Bulgarian alphabet", "The emergency phone number", "The queue display",
        "The signature pad", "An appointment with the dentist", "The reimbursement form", "A parking permit", "The fax gateway",
    ),
    "el": (
        "Ο εκτυπωτής ετικετών", "Ο σαρωτής γραμμωτού κώδικα", "Το τιμολόγιο σύνδεσης", "Το ενημερωτικό δελτίο", "Το ημερολόγιο αργιών",
        "Η τηλεφωνική γραμμή της βάρδιας", "Ο αναγνώστης καρτών", "Το εγχειρίδιο χρήσης", "Το φυλλάδιο για τουρίστες",
        "Η μηνιαία αναφορά του υπουργείου", "Η κάρτα εμβολιασμού", "Το δοκιμαστικό περιβάλλον", "Η λίστα με τις πρεσβείες",
        "Η υπενθύμιση ραντεβού", "Το έντυπο αποζημίωσης", "Ο αριθμός έκτακτης ανάγκης", "Η οθόνη της ουράς", "Ο διπλός λογαριασμός",
    ),
}  # fmt: skip
MATTERS = {
    "en": (
        "is out of order", "shows the figures of last month", "prints only half a line", "was ordered and never came", "needs a new battery",
        "has a spelling mistake on page three", "should be in French as well", "is too loud", "went to the wrong address", "can't be cancelled",
        "will be moved on Monday", "has to be signed by two people", "is missing a column", "freezes after lunch", "belongs to somebody who left",
        "costs more than agreed", "was asked for by a journalist", "beeps all day", "has to be thrown away", "looks different on a tablet",
    ),
    "el": (
        "είναι εκτός λειτουργίας", "δείχνει στοιχεία του προηγούμενου μήνα", "παραγγέλθηκε και δεν ήρθε ποτέ", "θέλει νέα μπαταρία",
        "έχει ορθογραφικό λάθος στη σελίδα τρία", "χρειάζεται και στα γαλλικά", "πήγε σε λάθος διεύθυνση", "δεν ακυρώνεται",
        "θα μετακινηθεί τη Δευτέρα", "πρέπει να υπογραφεί από δύο", "ανήκει σε κάποιον που έφυγε", "κοστίζει περισσότερο από τη συμφωνία",
    ),
}  # fmt: skip
DEPARTMENTS = ("organizational", "legal", "operation-services", "information-security", "technical", "semantic")
TAGS = (
    "certificate",
    "connectivity",
    "identification",
    "eprescription",
    "terminology",
    "data-protection",
    "security",
    "maintenance",
)
Fault = dict[str, Any]


def incidents(seed: int = SEED) -> list[dict[str, Any]]:
    """A year's incidents in order of time; `label` names the recurrence an incident belongs to, or is null."""
    faults, rng = _faults(), random.Random(seed)
    rows = [*_planted(rng, faults), *_far_apart(rng, faults), *_season(rng), *_single(rng)]
    rows.sort(key=lambda row: row["created"])
    for number, row in enumerate(rows):
        day = row["created"][2:10].replace("-", "")
        row["id"] = f"{day}-{_letters(number)}"
        row["title"], row["body"] = _slips(rng, row["title"], 0.015), _slips(rng, row["body"], 0.025)
    return rows


@functools.cache
def _faults() -> dict[str, Fault]:
    """What goes wrong, by name; `abroad` what does so in some country."""
    faults: dict[str, Fault] = yaml.safe_load((FOLDER / "faults.yaml").read_text(encoding="utf-8"))
    for fault in faults.values():
        fault["abroad"] = "{c}" in "".join(fault["en"]["titles"][:2])
    return faults


def _letters(number: int) -> str:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(alphabet[number >> shift & 31] for shift in (15, 10, 5, 0))


def _planted(rng: random.Random, faults: dict[str, Fault]) -> Iterator[dict[str, Any]]:
    """Eighteen recurrences, each with what only looks like it nearby."""
    for number, name in enumerate(rng.sample(list(faults), 18)):
        fault, country = faults[name], rng.choice(list(COUNTRIES))
        start, span = rng.uniform(0, DAYS - 40), rng.uniform(4, 32)
        languages = rng.choice(("en", "en", "el", "en el"))
        near = rng.sample([other for other in faults if other != name and faults[other]["abroad"]], 3)
        for _ in range(rng.randrange(3, 13)):
            yield _told(
                rng, fault, country, start + rng.uniform(0, span), rng.choice(languages.split()), f"R{number:02}"
            )
        for other in near:
            yield _told(rng, faults[other], country, start + rng.uniform(0, span), languages[:2])
        row = _told(rng, fault, country, start + rng.uniform(0, span), languages[:2])
        yield {**row, "department": rng.choice([d for d in DEPARTMENTS if d != fault["department"]])}
        if fault["abroad"]:
            elsewhere = rng.choice([c for c in COUNTRIES if c != country])
            yield _told(rng, fault, elsewhere, start + rng.uniform(0, span), languages[:2])


def _far_apart(rng: random.Random, faults: dict[str, Fault]) -> Iterator[dict[str, Any]]:
    """The same fault with the same country four times a year: no recurrence, each has a cause of its own."""
    for name in rng.sample(list(faults), 6):
        country, first = rng.choice(list(COUNTRIES)), rng.uniform(0, 60)
        for quarter in range(4):
            yield _told(rng, faults[name], country, first + 91 * quarter, "en")


def _season(rng: random.Random) -> Iterator[dict[str, Any]]:
    """Three weeks in which everything comes at once."""
    for week in (20, 170, 290):
        for _ in range(25):
            yield _anything(rng, week + rng.uniform(0, 7))


def _single(rng: random.Random) -> Iterator[dict[str, Any]]:
    """What comes in on any day."""
    for _ in range(120):
        yield _anything(rng, rng.uniform(0, DAYS))


def _anything(rng: random.Random, day: float) -> dict[str, Any]:
    language = rng.choice(("en", "en", "el"))
    thing, matter = rng.choice(THINGS[language]), rng.choice(MATTERS[language])
    more = [f"{rng.choice(THINGS[language])} {rng.choice(MATTERS[language])}."] if rng.random() < 0.4 else []
    told = [f"{thing} {matter}.", *more, *rng.sample(CHATTER[language], rng.choice((1, 2, 2)))]
    rng.shuffle(told)
    return _row(
        day, f"{thing} {matter}", " ".join(told), language,
        department=rng.choice(DEPARTMENTS), tags=[rng.choice(TAGS)] if rng.random() < 0.4 else [],
    )  # fmt: skip


def _told(
    rng: random.Random, fault: Fault, country: str, day: float, language: str, label: str | None = None
) -> dict[str, Any]:
    """One incident in one person's words."""
    words = fault[language]
    place = country if language == "en" else COUNTRIES[country]
    told = rng.sample(words["texts"], rng.choice((1, 2, 2))) + rng.sample(CHATTER[language], rng.choice((0, 1, 2)))
    if fault["code"] and rng.random() < 0.6:
        said = ("The error is {}.", "Error code: {}.") if language == "en" else ("Κωδικός σφάλματος {}.",)
        told.append(rng.choice(said).format(fault["code"]))
    if fault["abroad"] and rng.random() < 0.7:
        told.append(f"It concerns {place}." if language == "en" else f"Αφορά τη χώρα {place}.")
    rng.shuffle(told)
    return _row(
        day, rng.choice(words["titles"]).format(c=place), " ".join(told).format(c=place), language, label=label,
        department=fault["department"], service=fault["service"] if rng.random() < 0.6 else None,
        tags=[tag for tag in fault["tags"] if rng.random() < 0.7],
    )  # fmt: skip


def _row(day: float, title: str, body: str, language: str, **more: Any) -> dict[str, Any]:
    at = (START + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")
    first = {"id": "", "title": title, "body": body, "language": language, "created": at}
    return {**first, "service": None, "label": None, **more}


def _slips(rng: random.Random, text: str, often: float) -> str:
    """Some words with two letters swapped, or one lost or doubled."""
    return " ".join(
        _slip(rng, word) if len(word) > 4 and word.isalpha() and rng.random() < often else word
        for word in text.split(" ")
    )


def _slip(rng: random.Random, word: str) -> str:
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )


def main() -> None:
    """Write the stored set anew."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in incidents())
    STORED.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
