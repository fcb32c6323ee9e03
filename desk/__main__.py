"""The program, as it is started: `desk`, or `python -m desk`."""

import sys


def start() -> None:
    """Run it; whoever interrupts it before it has begun sees no traceback."""
    try:
        from desk.cli.main import main  # noqa: PLC0415 - what is imported here takes a moment in which Ctrl-C may come
    except KeyboardInterrupt:
        sys.exit(1)
    main()


if __name__ == "__main__":
    start()
