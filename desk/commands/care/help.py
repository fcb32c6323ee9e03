"""desk help: a command's own help, or a page of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desk.cli import complete, leaf
from desk.cli.clerk import manual
from desk.cli.main import CommandGroup, load
from desk.cli.table import COMMANDS
from desk.errors import NotFound, did_you_mean
from desk.text import _, arranged
from desk.view.model import Detail, Done, View

if TYPE_CHECKING:
    from desk.cli.app import App


@leaf.leaf("help", example="desk help states\ndesk help ticket close\ndesk help")
@click.argument("topic", metavar="[TOPIC|COMMAND]", nargs=-1, shell_complete=complete.complete_topic_of_help)
def help_(app: App, topic: tuple[str, ...]) -> View:
    """Show the help of a command, or a page of the documentation; without a word, which there are."""
    wanted = " ".join(topic).removeprefix("desk ").strip()
    if not wanted:
        return _overview()
    known = manual.topics()
    name = wanted.removeprefix("docs/").removesuffix(".md")
    if name not in known and wanted in COMMANDS:
        return _of_command(wanted)
    if name not in known:
        raise NotFound(
            _(
                "there is no help about {topic!r}{meant}",
                topic=wanted[:60],
                meant=did_you_mean(name, [*known, *COMMANDS]),
            ),
            _("topics: {names}; or a command, such as desk help ticket close", names=", ".join(known)),
        )
    if wanted in COMMANDS:
        app.notes.append(_("the command's own: desk {name} --help", name=name))
    return Detail("manual", {"id": name, "title": known[name], "body": manual.page(name)})


def _overview() -> Done:
    root = click.get_current_context().find_root()
    topics = manual.topics()
    across = max(map(len, topics), default=0)
    lines = [*root.get_help().split("\n"), "", _("Topics, by desk help TOPIC:")]
    lines += [arranged("  {name}  {title}", name=name.ljust(across), title=title) for name, title in topics.items()]
    rows = [{"id": name, "title": title} for name, title in topics.items()]
    return Done("topics", rows, tuple(lines), answer=True)


def _of_command(path: str) -> Done:
    root = click.get_current_context().find_root()
    row = COMMANDS[path]
    command = load(row) if row.target else CommandGroup(path, name=path.rpartition(" ")[2], help=row.help)
    above = click.Context(root.command, info_name=arranged("desk {path}", path=path.rpartition(" ")[0]).strip())
    with click.Context(command, parent=above, info_name=path.rpartition(" ")[2]) as ctx:
        text = command.get_help(ctx)
    return Done("help", {"id": path, "text": text}, tuple(text.split("\n")), answer=True)
