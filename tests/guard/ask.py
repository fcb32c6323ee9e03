"""ask.py SOCKET guard hook …: has `warm.py` run desk with these arguments, in place of this process.

It imports nothing that isn't part of Python itself: that would take longer than all the rest.
"""

import _socket
import marshal
import os
import struct
import sys


def ask(place: str, args: list[str], environ: dict[str, str], folder: str, streams: tuple[int, int, int]) -> int:
    """The exit code of desk with these arguments."""
    said = marshal.dumps((args, environ, folder))
    asking = _socket.socket(_socket.AF_UNIX)
    try:
        asking.connect(place)
        given = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, struct.pack("3i", *streams))
        asking.sendmsg([len(said).to_bytes(8, "big")], [given])
        asking.sendall(said)
        return (asking.recv(1) or b"\1")[0]
    finally:
        asking.close()


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], sys.argv[2:], dict(os.environ), os.getcwd(), (0, 1, 2)))
