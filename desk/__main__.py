"""The program, as `desk` and as `python -m desk`: one process for one command."""

from __future__ import annotations

import gc
import sys

_ENOUGH = 50_000
"""New objects from which on Python looks for what nobody refers to any more: most commands make half as many, and Python
would look thirty times while they start."""


def main() -> None:
    """Run one command and leave with its exit code; whoever interrupts it before it has begun sees no traceback."""
    gc.set_threshold(_ENOUGH)
    try:
        from desk.cli.main import main as run  # noqa: PLC0415 - takes a moment, in which Ctrl-C may come
    except KeyboardInterrupt:
        sys.exit(1)
    try:
        run()
    finally:
        gc.freeze()  # the process ends: what is left goes with it, and needn't be sorted first


if __name__ == "__main__":
    main()
