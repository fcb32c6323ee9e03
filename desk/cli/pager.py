"""Output through the person's pager, where there is a terminal and the text is taller than that."""

from __future__ import annotations

import os
from collections.abc import Iterable

from desk.cli.env import Env
from desk.view.look import Look


def page(env: Env, chunks: Iterable[str], look: Look) -> None:
    """Write to the output, as git does: through a pager that leaves when it fits, passes colour on, keeps the text."""
    if not look.tty or _wants_no_pager(env):
        env.stdout.writelines(chunks)
        env.stdout.flush()
        return
    import shutil  # noqa: PLC0415 - only a terminal has a height

    text = "".join(chunks)
    if text.count("\n") < shutil.get_terminal_size().lines:
        env.stdout.write(text)
        env.stdout.flush()
        return
    import click  # noqa: PLC0415 - loaded by now; named where it is used

    # click hands this process's environment on, and looks for the R only in words that start with a dash.
    os.environ.setdefault("LESS", "-FRX")
    # None lets click look whether the pager shows colour, and take it out if not.
    click.echo_via_pager(text.removesuffix("\n"), color=None if look.color else False)


def _wants_no_pager(env: Env) -> bool:
    return env.environ.get("TERM", "dumb") == "dumb" or env.environ.get("PAGER", "less").strip() in ("", "cat")
