"""Arguments that several commands take."""

from __future__ import annotations

import click

from desk.cli.complete import complete_ticket

# -- ids ---------------------------------------------------------------------------------------------------------------

ticket_ids = click.argument("ids", metavar="ID…", nargs=-1, required=True, shell_complete=complete_ticket)
one_ticket = click.argument("ids", metavar="ID[,ID…]", shell_complete=complete_ticket)
"""For commands in which other words follow: several ids are joined by commas."""
