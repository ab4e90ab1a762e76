import json
import logging
import re
import secrets
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

import psycopg
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

request_id = ContextVar("request_id", default="-")
log = logging.getLogger(__name__)


class RequestIdFilter(logging.Filter):
    def filter(self, record):
        record.request_id = request_id.get()
        return True


# What would begin a line of its own, or hide one.
UNSEEN = {code: f"\\x{code:02x}" for code in (*range(32), 127, 0x85, 0x2028, 0x2029)}


# The one address with a secret in its path, which calendar programs leave no other place for.
OPENS = re.compile(r"/kalender/[^/\s]+")


class Discreet(logging.Formatter):
    """Where it broke and what kind of error it was, never its words: they may quote a family."""

    def formatTime(self, record, datefmt=None):
        moment = datetime.fromtimestamp(record.created, UTC)
        return moment.isoformat(timespec="milliseconds")

    def formatMessage(self, record):
        """One event is one line, whatever somebody sent."""
        return OPENS.sub("/kalender/…", super().formatMessage(record)).translate(UNSEEN)

    def formatException(self, exc_info):
        _kind, error, trace = exc_info
        names = [type(each).__name__ for each in _chain(error)]
        return "".join(traceback.format_tb(trace)) + " from ".join(names)


class OneLine(Discreet):
    """The same as JSON, one line for each event and its traceback, for whatever collects logs."""

    def format(self, record):
        said = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": OPENS.sub("/kalender/…", record.getMessage()),
        }
        if record.exc_info:
            _kind, error, trace = record.exc_info
            said["error"] = [type(each).__name__ for each in _chain(error)]
            frames = traceback.extract_tb(trace)
            said["trace"] = [f"{each.filename}:{each.lineno} {each.name}" for each in frames]
        return json.dumps(said)


def _chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class RequestId:
    """A number that ties log lines together and that a person can read out to support."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = secrets.token_hex(6)
        # A form is UTF-8 whatever its sender claims: other codes can hide half a character.
        request.encoding = "utf-8"
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = request.id
        return response


class Headers:
    """Nothing of a page stays behind on a shared computer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Robots-Tag", "noindex")
        return response


class ButtonsOnly:
    """Whoever comes by the address bar to what only a button opens gets a page, not a blank."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


class Unavailable:
    """A database that is gone for a moment is a page that says so, never a traceback."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return unavailable() if is_passing(exception) else None


def server_error(request):
    """For what broke outside a view, such as while it was looked up who asks."""
    return unavailable() if is_passing(sys.exc_info()[1]) else defaults.server_error(request)


def is_passing(error):
    """Gone, full, locked or, for as long as another server takes over, read-only."""
    return isinstance(error, OperationalError) or isinstance(
        error.__cause__, psycopg.errors.ReadOnlySqlTransaction
    )


def unavailable():
    """Drawn without the request: whoever asks may be just what can't be read now."""
    log.exception("database unavailable")
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "10"})
