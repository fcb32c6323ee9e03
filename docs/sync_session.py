"""Two towns without a network for a week, as docs/sync.md shows it: each works on, and on Friday they meet."""

from __future__ import annotations

from docs.sessions import Step

WEEK = (
    Step('desk init nicosia --name "eHealth contact point"', "06:12:44", silent=True),
    Step("cd nicosia", "06:13:05", silent=True),
    Step(
        'desk staff create petros --name "Petros Ioannou" --email petros@clinic.example --level 1 --department technical',
        "06:14:00",
        silent=True,
    ),
    Step(
        'desk ticket create --title "Nothing from the Maltese gateway" --department technical', "06:20:00", silent=True
    ),
    Step("git clone -q --bare . ../hub.git", "06:21:00", silent=True),
    Step("git remote add origin ../hub.git", "06:21:00", silent=True),
    Step("desk sync", "06:22:00", silent=True),
    Step("cd ..", "06:30:00", silent=True),
    Step("desk clone hub.git larnaca", "06:30:00"),
    Step("cd larnaca", "06:31:00", silent=True),
    Step('git config user.name "Petros Ioannou"', "06:31:00", silent=True),
    Step("git config user.email petros@clinic.example", "06:31:00", silent=True),
    Step("cd ..", "06:31:00", silent=True),
    Step("cd nicosia     # Monday, and no network until Friday", "07:10:00"),
    Step("desk ticket assign 7K3Q --to maria", "07:11:00"),
    Step('desk ticket reply 7K3Q --body "We have asked Malta."', "08:40:00"),
    Step("cd ../larnaca     # Tuesday: nobody knows of that here", "06:05:00", day="2026-07-21"),
    Step("desk ticket assign 7K3Q --to petros", "06:06:00", day="2026-07-21"),
    Step('desk ticket reply 7K3Q --body "The certificate is being renewed."', "06:30:00", day="2026-07-21"),
    Step(
        'desk ticket create --title "Patient summary in Greek only" --department technical -f ids',
        "07:00:00",
        day="2026-07-21",
    ),
    Step("desk ticket close 7K3Q", "09:00:00", day="2026-07-21"),
    Step("cd ../nicosia     # Friday: the network is back", "06:00:00", day="2026-07-24"),
    Step('desk ticket reply 7K3Q --body "Malta will call back."', "06:05:00", day="2026-07-24"),
    Step("desk status", "06:09:00", day="2026-07-24"),
    Step("desk sync", "06:10:00", day="2026-07-24"),
    Step("cd ../larnaca", "06:20:00", day="2026-07-24"),
    Step("desk sync --dry-run", "06:21:00", day="2026-07-24"),
    Step("desk sync", "06:22:00", day="2026-07-24"),
    Step("desk ticket show 7K3Q", "06:23:00", day="2026-07-24"),
    Step("desk log --ticket 7K3Q --limit 4", "06:24:00", day="2026-07-24"),
    Step("cd ../nicosia", "06:30:00", day="2026-07-24"),
    Step("desk sync", "06:31:00", day="2026-07-24"),
    Step("desk audit verify", "06:32:00", day="2026-07-24"),
)
