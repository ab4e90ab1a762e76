"""A clamd that speaks the real protocol on a local socket and knows one virus."""

import contextlib
import socketserver
import struct
import threading

from tests.documents.corpus import eicar


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        server = self.server
        asked = self.rfile.read(len(b"zINSTREAM\0"))
        if asked != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > server.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        server.heard.append(content)
        if server.says is not None:
            self.wfile.write(server.says)
        elif eicar() in content:
            self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


class Clamd(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    says = None  # instead of the truth
    most = 25_000_000

    def __init__(self, path):
        super().__init__(str(path), _Talk)
        self.address, self.heard = str(path), []


@contextlib.contextmanager
def clamd(path):
    with Clamd(path) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
