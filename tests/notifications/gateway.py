"""An SMS gateway on loopback that really speaks HTTP, and answers as it is told to."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

HANGS_UP, SAYS_NOTHING = "hangs up", "says nothing"


class Message(NamedTuple):
    path: str
    headers: dict
    body: dict


class Gateway:
    """`will` says what is answered, one by one; afterwards everything is fine."""

    def __init__(self):
        self.answers, self.received = [], []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler):
                self._receive(handler)

            def log_message(self, *args):
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/send?from=tibir"

    def will(self, *answers):
        self.answers += answers

    def start(self):
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def _receive(self, handler):
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.received.append(Message(handler.path, dict(handler.headers), body))
        answer = self.answers.pop(0) if self.answers else 202
        if answer == SAYS_NOTHING:
            time.sleep(1)
        elif answer != HANGS_UP:
            handler.send_response(answer)
            if answer in (301, 307):
                handler.send_header("Location", self.url)
            handler.end_headers()
