"""A question to ClamAV's clamd, in the one command that takes the bytes with it."""

import socket
import struct

SECONDS = 30
CHUNK = 1 << 18


class ScannerAway(Exception):
    """Nobody has said that the file is clean, and so it is not."""


def scan(content, address):
    """The name of what was found in the bytes, or "" when clamd says that there is nothing.

    `address` is the path of a socket, or «host:port». Raises ScannerAway for any other answer.
    """
    try:
        with _connected(address) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                part = content[start : start + CHUNK]
                clamd.sendall(struct.pack(">I", len(part)) + part)
            clamd.sendall(struct.pack(">I", 0))
            said = _answer(clamd)
    except (OSError, ValueError) as error:
        raise ScannerAway(type(error).__name__) from error
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerAway("no verdict")


def _connected(address):
    if address.startswith("/"):
        clamd = socket.socket(socket.AF_UNIX)
        clamd.settimeout(SECONDS)
        try:
            clamd.connect(address)
        except OSError:
            clamd.close()
            raise
        return clamd
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)


def _answer(clamd):
    said = b""
    while not said.endswith(b"\0") and len(said) < 1000:
        part = clamd.recv(1000)
        if not part:
            break
        said += part
    whole, end, _rest = said.partition(b"\0")
    return whole.decode(errors="replace") if end else ""
