"""The program loaded once, for calls of `ask.py` and `ask.pl`: for hooks of which a push has two, where starting Python isn't the point.

warm.py SOCKET   answers one call after the other; streams, environment and folder are those of the process that asks
"""

import contextlib
import io
import marshal
import os
import socket
import struct
import sys
from pathlib import Path
from typing import NamedTuple

from desk.cli import main

_WORD = 8
"""Bytes that say how long a call is."""
_PEER = struct.Struct("3i")
"""Who is at the other end of a socket: process, user, group."""


class Call(NamedTuple):
    """What is to be run, and in whose place."""

    args: list[str]
    environ: dict[str, str]
    folder: str
    streams: list[int]


def serve(path: str) -> None:
    """Run desk for each call; in a process of its own where git takes over from it and calls hooks in turn, as over ssh."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        calling, _address = listening.accept()
        with calling, contextlib.suppress(ChildProcessError):
            call = _read(calling)
            if "shell" not in call.args:
                calling.sendall(bytes([_run(call)]))
            elif not os.fork():
                calling.sendall(bytes([_run_apart(call)]))
                os._exit(0)
            for stream in call.streams:
                os.close(stream)
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _read(calling: socket.socket) -> Call:
    size, streams, _flags, _from = socket.recv_fds(calling, _WORD, 3)
    if not streams:
        return _seen(*_PEER.unpack(calling.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)))
    said = b""
    while len(said) < int.from_bytes(size, "big"):
        said += calling.recv(1 << 16)
    args, environ, folder = marshal.loads(said)  # noqa: S302 - from the tests themselves
    return Call(args, environ, folder, streams)


def _seen(pid: int, *_owner: int) -> Call:
    """What a process asks for that says nothing of itself."""
    seen = Path(f"/proc/{pid}")
    words, environ = ((seen / name).read_bytes().decode().split("\0")[:-1] for name in ("cmdline", "environ"))
    streams = [os.open(seen / "fd" / str(number), os.O_WRONLY if number else os.O_RDONLY) for number in range(3)]
    return Call(words[3:], dict(one.split("=", 1) for one in environ), os.readlink(seen / "cwd"), streams)


def _run(call: Call) -> int:
    for number, stream in enumerate(call.streams):
        os.dup2(stream, number)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False))
    os.chdir(call.folder)
    os.environ.clear()
    os.environ.update(call.environ)
    code = main.run(call.args)
    sys.stdout.flush()
    sys.stderr.flush()
    # Whoever asks waits until nobody holds their streams.
    with open(os.devnull, "r+b") as nothing:
        for number in range(3):
            os.dup2(nothing.fileno(), number)
    return code


def _run_apart(call: Call) -> int:
    pid = os.fork()
    if not pid:
        os._exit(_run(call))
    for stream in call.streams:
        os.close(stream)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF


if __name__ == "__main__":
    serve(sys.argv[1])
