"""Appointments as a calendar program reads them (RFC 5545): when, and next to nothing of what."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import icalendar

MAKER = "-//TIBIR//TIBIR//NO"
AGAIN = timedelta(minutes=15)  # how often a program may ask


class Appointment(NamedTuple):
    """`number` and nothing else tells one from another, and stays the same when it is moved."""

    number: int
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    is_off: bool


def written(name: str, host: str, appointments: list[Appointment], now: datetime) -> bytes:
    """A calendar of that name. Times are in UTC, so that no table of clock changes is needed."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", MAKER)
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    for each in appointments:
        calendar.add_component(_event(each, host, now))
    return calendar.to_ical()


def _event(appointment, host, now):
    event = icalendar.Event()
    event.add("uid", f"mote-{appointment.number}@{host}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", appointment.title)
    if appointment.place:
        event.add("location", appointment.place)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if appointment.is_off else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if appointment.is_off else "OPAQUE")
    return event
