"""The program as a process: `desk`, and `python -m desk`."""

import sys


def start() -> None:
    """Run the program. Ctrl-C while its modules load ends it without a word, as a shell takes it: nothing was begun."""
    try:
        from desk.cli.main import main  # noqa: PLC0415 - loading it is what may be interrupted

        main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    start()
