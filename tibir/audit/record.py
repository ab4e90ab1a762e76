from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from tibir.audit.models import Event
from tibir.core.middleware import request_id


@dataclass(frozen=True)
class Nobody:
    """An actor without a row of its own."""

    actor_kind: str
    pk: None = None


CLOCK = Nobody(Event.Actor.CLOCK)  # a job that the clock started
SENDER = Nobody(Event.Actor.SENDER)  # somebody at the public form, whoever it may be

_waiting = ContextVar("waiting", default=None)


def record(verb, target=None, *, by, basis="", case=None, municipality=None, **codes):
    """Write one row of the log in the caller's transaction: no row, no action.

    `codes` are numbers and code words. What a person wrote is never copied into the log.
    """
    said = event(verb, target, by=by, basis=basis, case=case, municipality=municipality, **codes)
    if _waiting.get() is None:
        said.save(force_insert=True)
    else:
        _waiting.get().append(said)
    return said


def record_all(events):
    """Several rows of the log in one statement, in their order; made by `event`."""
    if _waiting.get() is None:
        Event.objects.bulk_create(events)
    else:
        _waiting.get().extend(events)


@contextmanager
def at_once():
    """Whatever is recorded inside is written at its end, in one statement and in its order.

    A row has no number until then. Enter it inside a transaction: work that fails leaves no row,
    and work whose rows can't be written fails.
    """
    events = []
    token = _waiting.set(events)
    try:
        yield
    finally:
        _waiting.reset(token)
    record_all(events)


def event(verb, target=None, *, by, basis="", case=None, municipality=None, **codes):
    """A row of the log that is not written yet."""
    return Event(
        verb=verb,
        actor_kind=by.actor_kind,
        actor_id=by.pk,
        municipality_id=_id(municipality) or _of(target, "municipality_id"),
        case_id=_id(case) or _case_of(target),
        target_type=target._meta.label_lower if target is not None else "",
        target_id=target.pk if target is not None else None,
        basis=basis,
        codes=codes,
        request_id=request_id.get(),
    )


def _id(thing):
    return thing.pk if thing is not None else None


def _of(target, name):
    return getattr(target, name, None)


def _case_of(target):
    if target is not None and target._meta.label_lower == "cases.case":
        return target.pk
    return _of(target, "case_id")
