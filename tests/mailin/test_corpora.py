"""Mails that others have collected, through the whole path: none stops the run, none can't be read but what is too large.

`DESK_TEST_CORPORA` names a folder of them, one a file, whatever the files are called; what may not lie in this repository can
be tried so: SpamAssassin's, flufl.bounce's, those of Python's own tests. Without it this is left out.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.actions.mail import arrivals, taking
from desk.actions.mail.taking import Arriving
from tests.mailin.conftest import Inbox

RULED = ("an automatic answer that belongs to no ticket",)
"""Why a mail may be held that can be read."""
FOLDER = os.environ.get("DESK_TEST_CORPORA", "")


def collected() -> Iterator[Path]:
    """The files that begin as a mail does, or as one in a mailbox."""
    for path in sorted(Path(FOLDER).rglob("*")):
        if path.is_file() and path.suffix not in (".py", ".md", ".json", ".rst"):
            yield path


@pytest.mark.skipif(not FOLDER, reason="DESK_TEST_CORPORA names no folder of mails")
def test_none_stops_the_run_and_each_can_be_read(inbox: Inbox) -> None:
    session, states, unread = inbox.session(None), Counter[str](), dict[str, str]()
    inbox.set("mail.max_new_per_hour", "0")
    door = arrivals.door(session)
    with taking.several(session, door) as take:
        for path in collected():
            raw = path.read_bytes()
            taken = take(Arriving(raw, len(raw)))
            states[taken.state] += 1
            if taken.state == "held" and str(taken.reasons[-1]) not in RULED:
                unread[path.name] = str(taken.reasons[-1])
    assert unread == {}, states
    assert inbox.faults() == []
