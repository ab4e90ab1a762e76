"""Text messages: one door to whatever gateway the municipality has.

Where `SMS_URL` is set, a message is one POST of JSON to it: `id`, `from`, `to` and `text`, with
`SMS_TOKEN` as bearer and the id as idempotency key. Without it the demo and the tests only note
that one was sent, and production sends none.
"""

import http.client
import json
import logging
from urllib.parse import urlsplit

from django.conf import settings

log = logging.getLogger(__name__)

# The gateway is busy, or does not know us: nothing that is wrong with the receiver.
PASSING = {401, 403, 408, 425, 429}
CLIENT_ERRORS = range(400, 500)
ACCEPTED = range(200, 300)


class NotAccepted(Exception):
    """For certain nothing has been sent."""

    def __init__(self, why, *, permanent=False):
        super().__init__(why)
        self.permanent = permanent


class Unanswered(Exception):
    """It left us, and nobody said what became of it."""


def is_on():
    return bool(settings.SMS_URL) or not settings.PRODUCTION


def send(to, text, *, message_id):
    """Hand over one message, or raise NotAccepted or Unanswered."""
    if not settings.SMS_URL:
        log.info("SMS %s would have been sent now", message_id)
        return
    message = {"id": message_id, "from": settings.SMS_SENDER, "to": to, "text": text}
    code = _post(json.dumps(message).encode(), message_id)
    if code not in ACCEPTED:
        permanent = code in CLIENT_ERRORS and code not in PASSING
        raise NotAccepted(f"http {code}", permanent=permanent)


def _post(body, message_id):
    """The code of the answer."""
    where = urlsplit(settings.SMS_URL)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.netloc, timeout=settings.SMS_TIMEOUT)
    path = where._replace(scheme="", netloc="").geturl() or "/"
    headers = {
        "Authorization": f"Bearer {settings.SMS_TOKEN}",
        "Content-Type": "application/json",
        "Idempotency-Key": message_id,
    }
    try:
        try:
            connection.connect()
        except OSError as error:
            raise NotAccepted(type(error).__name__) from error
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(type(error).__name__) from error
    finally:
        connection.close()
