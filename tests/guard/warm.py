"""The program loaded once, and forked for each call: for hooks of which a push has two, where starting Python isn't the point.

warm.py serve SOCKET            waits for calls
warm.py SOCKET guard hook …     is one: its streams, its environment and its folder are those of the process that runs
"""

import contextlib
import importlib
import json
import os
import socket
import sys

_LOADED = (
    *(
        "desk.actions.care.guard",
        "desk.commands.care.guard",
        "desk.codec.records",
        "desk.cli.pager",
        "desk.view.formats",
    ),
    *("desk.view.pages.ticket", "desk.view.render", "hashlib", "holidays.countries", "tomllib", "zoneinfo"),
)
"""What a hook loads, some of it where it looks at a repository for the first time."""
_WORD = 4
"""Bytes that say how long a call is."""


def serve(path: str) -> None:
    """Run desk for each call, in a process of its own."""
    from desk.cli import main  # noqa: PLC0415 - loaded here, and not where a call begins

    for name in _LOADED:
        importlib.import_module(name)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        call, _address = listening.accept()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if os.fork():
            call.close()
            continue
        listening.close()
        size, streams, _flags, _from = socket.recv_fds(call, _WORD, 3)
        said = b""
        while len(said) < int.from_bytes(size, "big"):
            said += call.recv(1 << 16)
        told = json.loads(said)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.chdir(told["folder"])
        os.environ.clear()
        os.environ.update(told["environ"])
        code = main.run(told["args"])
        sys.stdout.flush()
        sys.stderr.flush()
        call.sendall(bytes([code]))
        os._exit(0)


def call(path: str, args: list[str]) -> int:
    """The exit code of desk with these arguments."""
    said = json.dumps({"args": args, "environ": dict(os.environ), "folder": os.getcwd()}).encode()
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(path)
        socket.send_fds(asking, [len(said).to_bytes(_WORD, "big")], [0, 1, 2])
        asking.sendall(said)
        return (asking.recv(1) or b"\1")[0]


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    sys.exit(call(sys.argv[1], sys.argv[2:]))
