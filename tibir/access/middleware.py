from django.db import transaction
from django.shortcuts import render

from tibir.access.gate import NotThere, NotYours
from tibir.audit.record import record
from tibir.core.errors import DomainError

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class Refusals:
    """A no is logged, after the page's own transaction has been undone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # What somebody was let in to read they may not change: see `known_to`.
        if request.method not in SAFE_METHODS:
            request.user.is_writing = True
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, NotThere | NotYours):
            self._log(request, exception)
        if isinstance(exception, DomainError):
            return render(request, "409.html", {"message": str(exception)}, status=409)
        return None

    @transaction.atomic
    def _log(self, request, exception):
        if not request.user.is_authenticated:
            return
        where = request.resolver_match
        verb = "access.not_there" if isinstance(exception, NotThere) else "access.not_yours"
        what = getattr(exception, "target_type", "")
        ids = _ids(where.kwargs)
        record(verb, by=request.user, page=where.view_name, ids=ids, what=what)


def _ids(kwargs):
    return {name: str(value) for name, value in kwargs.items() if name in ("pk", "case", "person")}
