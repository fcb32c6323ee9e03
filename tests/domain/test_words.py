"""The words of a text as they are compared."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.matching.folding import fold
from desk.domain.matching.words import LONGEST, is_code, stem, tokens

SAME = (
    "certificate certificates certified certification",
    "expired expires expire expiry expiration",
    "retrieve retrieving retrieved retrieval",
    "dispense dispensed dispensation dispensing",
    "translate translated translation translations",
    "pharmacy pharmacies pharmacist pharmacists",
    "plan plans planned planning",
    "identify identified identification identifying",
    "code codes coded",
    "miss missed missing",
    "country countries",
    "συνταγή συνταγής συνταγές συνταγών",
    "σφάλμα σφάλματα σφάλματος σφαλμάτων ΣΦΆΛΜΑ",
    "πιστοποιητικό πιστοποιητικά πιστοποιητικού",
    "ασθενής ασθενή ασθενούς ασθενείς ασθενών ΑΣΘΕΝΗΣ",
    "φαρμακοποιός φαρμακοποιού φαρμακοποιοί",
    "χώρα χώρες χώρας χωρών",
    "εμφανίζεται εμφανίζονται",
    "χορήγηση χορηγήθηκε χορηγήσεις",
    "κωδικός κωδικοί κωδικούς κωδικών",
    "εμφανίζω εμφανίζει εμφάνισε εμφανίσει εμφανίστηκε εμφανισθεί εμφανίζοντας εμφανισμένος εμφάνιση εμφανίσεις",
    "ολοκληρώνω ολοκληρώνεται ολοκλήρωσαν ολοκληρώθηκε ολοκληρωθεί ολοκληρωμένα ολοκλήρωση ολοκληρώσεων",
    "αποθηκεύω αποθηκεύει αποθήκευσε αποθηκεύτηκε αποθηκεύοντας αποθηκευμένο ΑΠΟΘΗΚΕΥΣΗ",
    "τράπεζα τράπεζες τράπεζας τραπεζών",
    "λύση λύσεις λύσεων λύσης",
    "αρχίζω αρχίζει αρχίσει άρχισαν αρχίζοντας",
    "ακυρώνω ακυρώνεται ακύρωσε ακυρώθηκε ακυρωθεί ακύρωση ακυρώσεις",
    "απορρίπτω απορρίπτεται απορρίψει απόρριψη απορρίψεις",
    "επιτρέπω επιτρέπεται επιτρέψουν",
    "συνδέω συνδέεται συνδέθηκε συνδεθεί σύνδεση συνδέσεις",
    "διαγράφω διαγράφεται διαγραφή διαγραφές",
    "ελέγχει ελέγχεται έλεγχος ελέγχου",
    "λειτουργεί λειτούργησε λειτουργία λειτουργίες",
    "μονάδα μονάδες μονάδων",
)
DIFFERENT = (
    "patient summary",
    "φάρμακο φαρμακείο",
    "μονάδες μόνο",
    "prescription description",
    "connection correction",
    "4703 4704",
    "error_no_match error_no_patient",
    "consent content",
)


@pytest.mark.parametrize("words", SAME)
def test_forms_of_a_word_have_one_stem(words: str) -> None:
    assert len(set(tokens(words))) == 1, tokens(words)


@pytest.mark.parametrize("words", DIFFERENT)
def test_other_words_have_another(words: str) -> None:
    found = [set(tokens(word)) for word in words.split()]
    assert not found[0] & found[1] - {"error"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear colleagues, please could you help us?", []),
        ("Αγαπητοί κύριοι, σας παρακαλούμε για τη βοήθεια", []),
        ("error 4703", ["error", "4703"]),
        ("3 of 12 patients", ["patient"]),
        ("ERROR_PI_NO_MATCH", ["error", "pi", "match", "error_pi_no_match"]),
        ("a time-out", ["tim", "timeout"]),
        ("timeouts", ["timeout"]),
        ("it doesn't open", ["open"]),
        ("the patient's allergies", ["patient", "allerg"]),
        ("see 260723-7K3Q of 2026-07-23T06:12:44Z at 10:30 from a.b@c.example", ["see"]),
        ("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301, https://x.example/y?z", ["id"]),
        ("TLS1.2", ["tls", "tls1"]),
        ("UnicodeEncodeError", ["unicod", "encod", "error", "unicodeencodeerror"]),
        ("X509 in getHTTPResponse", ["509", "x509", "http", "respons", "gethttprespons"]),
        ("dQw4w9WgXcQ", ["dqw4w9wgxcq"]),
        ("x" * (LONGEST + 1), []),
        ("", []),
    ],
)
def test_what_is_kept(text: str, expected: list[str]) -> None:
    assert [t for t in tokens(text) if t != "out"] == expected


def test_codes_are_known_as_such() -> None:
    assert [is_code(t) for t in ("4703", "error_pi_no_match", "tls1", "error", "συνταγ")] == [True] * 3 + [False] * 2


@given(st.text(max_size=60))
def test_any_text_has_words_and_a_stem_begins_its_word(text: str) -> None:
    for token in tokens(text):
        assert token
        assert len(token) <= 2 * LONGEST
    for word in fold(text).split():
        assert word.startswith(stem(word))


@pytest.mark.parametrize("text", ["word-" * 100_000, "a" * 500_000, "a@" * 100_000, "7" * 500_000, "0-" * 100_000])
def test_long_texts_take_time_in_proportion(text: str) -> None:
    before = time.process_time()
    tokens(text)
    assert time.process_time() - before < 5
