"""The life of a recurring incident, for docs/problem-management.md."""

from __future__ import annotations

from docs.sessions import Step, play

_FIRST, _SECOND, _THIRD, _FIXED = "2026-07-06", "2026-07-14", "2026-07-15", "2026-07-22"
_TICKETS = ("2MQ7", "8VDK", "C4RN", "7K3Q")
_USERS = ("4F9X2", "8M3KT", "P6Y1D")


def _reported(title: str, requester: str, text: str, day: str, at: str, *more: str) -> Step:
    words = " ".join(("--department technical --tag incident", *more))
    return Step(
        f'desk ticket create --title "{title}" \\\n    --requester {requester} {words} \\\n    --body "{text}"',
        at,
        day=day,
    )


STEPS = (
    Step('desk init helpdesk --name "Clinic service desk"', "06:00:00", silent=True, day=_FIRST),
    Step("cd helpdesk", "06:00:00", silent=True, day=_FIRST),
    _reported(
        "No patient summary from Malta", "dr.andreou@hospital.example",
        "ERROR_GENERIC_CONNECTION_NOT_POSSIBLE: the certificate of Malta has expired.", _FIRST, "06:12:44",
    ),
    Step(
        'desk ticket reply 2MQ7 --body "Malta has renewed the certificate. It works again." --close', "09:30:00", day=_FIRST
    ),
    _reported(
        "Patient summary fails, Malta again", "ward3@clinic.example",
        "ERROR_GENERIC_CONNECTION_NOT_POSSIBLE since this morning, certificate not valid.", _SECOND, "05:41:10",
    ),
    _reported(
        "Δεν ανακτάται ιστορικό από Μάλτα", "pharmacy@nicosia.example",
        "ERROR_GENERIC_CONNECTION_NOT_POSSIBLE, το πιστοποιητικό έληξε.", _THIRD, "07:02:31", "--language el",
    ),
    Step("desk problem candidates", "07:20:00", day=_THIRD),
    Step(
        "desk problem open --from 260706-2MQ7,260714-8VDK,260715-C4RN \\\n"
        '    --title "Certificates of partner countries run out unnoticed"',
        "07:24:10", day=_THIRD,
    ),
    Step(
        'desk problem cause 7K3Q --body "Nobody here is told when a partner\'s certificate is about to run out."',
        "10:05:00", day=_THIRD,
    ),
    Step(
        'desk problem workaround 7K3Q --body "Ask the Maltese desk for the summary by phone: +356 2000 0000."',
        "10:06:30", day=_THIRD,
    ),
    Step("desk problem known-error 7K3Q --slug certificate-unnoticed", "10:20:00", day=_THIRD),
    Step(
        "desk kb edit certificate-unnoticed \\\n"
        '    --body "One country only? Look at the end date of its certificate: openssl s_client -connect HOST:443"',
        "10:29:00", day=_THIRD,
    ),
    Step("desk kb publish certificate-unnoticed", "10:31:00", day=_THIRD),
    Step("desk ticket show 8VDK     # the ward phones: what can be done meanwhile?", "11:15:00", day=_THIRD),
    Step(
        "desk problem resolve 7K3Q --close-incidents --response incident-resolved --dry-run \\\n"
        '    --fix "The gateway reports certificates thirty days before they run out." | head -n 12',
        "08:00:00", day=_FIXED,
    ),
    Step(
        "desk problem resolve 7K3Q --close-incidents --response incident-resolved \\\n"
        '    --fix "The gateway reports certificates thirty days before they run out."',
        "08:02:00", day=_FIXED,
    ),
    Step("desk problem show 7K3Q", "08:03:00", day=_FIXED),
    Step("desk kb show certificate-unnoticed", "08:05:00", day=_FIXED),
    Step("git log --reverse --date=short --format='%ad  %an  %s'", "08:10:00", day=_FIXED),
    Step("git log -1 --format=%B", "08:10:00", day=_FIXED),
)  # fmt: skip


def told() -> str:
    """The transcript."""
    return f"```console\n{play(STEPS, tickets=_TICKETS, users=_USERS)}\n```"
