"""A mail server on loopback that really speaks SMTP, and answers as it is told to."""

import email
import email.policy
import socket

from aiosmtpd.controller import Controller

HANGS_UP = "hangs up"


class MailServer:
    """`answers` are given one by one at the stage they are for; otherwise everything is fine."""

    def __init__(self):
        self.answers = []
        self.received = []
        self.visits = 0
        self._controller = None

    def will(self, stage, *answers):
        """«RCPT» or «DATA», and what is said then: "450 Later" or HANGS_UP."""
        self.answers += [(stage, answer) for answer in answers]

    def start(self, **about):
        port = _free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=port, **about)
        self._controller.start()
        return port

    def stop(self):
        self._controller.stop()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.visits += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self._answer("RCPT", server)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received.append((envelope.rcpt_tos, message))
        return self._answer("DATA", server)

    def _answer(self, stage, server):
        if not self.answers or self.answers[0][0] != stage:
            return "250 OK"
        answer = self.answers.pop(0)[1]
        if answer == HANGS_UP:
            server.transport.close()
        return answer


def _free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]
