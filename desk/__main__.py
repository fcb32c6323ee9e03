"""The program, as `desk` and as `python -m desk`: one process for one command."""

from __future__ import annotations

import gc

_ENOUGH = 50_000
"""New objects from which on Python looks for what nobody refers to any more: most commands make half as many, and Python
would look thirty times while they start."""


def main() -> None:
    """Run one command and leave with its exit code."""
    gc.set_threshold(_ENOUGH)
    from desk.cli.main import main as run  # noqa: PLC0415 - it makes most of a command's objects

    try:
        run()
    finally:
        gc.freeze()  # the process ends: what is left goes with it, and needn't be sorted first


if __name__ == "__main__":
    main()
