"""desk completion: the script that makes a shell complete desk's words."""

from __future__ import annotations

import click

from desk.cli import leaf
from desk.cli.app import App
from desk.cli.complete import add_bash
from desk.text import _
from desk.view.model import Done

_WHERE = {
    "bash": 'eval "$(desk completion bash)"          in ~/.bashrc',
    "zsh": 'eval "$(desk completion zsh)"           in ~/.zshrc',
    "fish": "desk completion fish > ~/.config/fish/completions/desk.fish",
}


@leaf.leaf("completion", example='eval "$(desk completion bash)"')
@click.argument("shell", type=click.Choice(tuple(_WHERE)))
def completion(app: App, shell: str) -> Done:  # noqa: ARG001 - every command gets it
    """Print the completion script of a shell: commands, options, ticket ids, staff, departments, tags, states."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - for this command only

    add_bash()
    top = click.get_current_context().find_root()
    cls = get_completion_class(shell)
    if cls is None:  # pragma: no cover - the three shells are click's own
        raise click.UsageError(_("no completion for {shell}", shell=shell))
    program = top.info_name or "desk"
    script = cls(top.command, {}, program, f"_{program.upper()}_COMPLETE").source()
    return Done(
        "completion", {"id": shell, "script": script, "install": _WHERE[shell]}, tuple(script.splitlines()), answer=True
    )
