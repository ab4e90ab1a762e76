"""Whose time a meeting takes."""

from django.db import transaction

from interventions.models import MeetingStaff, free


@transaction.atomic
def put_in_charge(meeting, *, by, user, instead_of=None):
    """One person leads the meeting, and is free then."""
    with free(user):
        if instead_of is None:
            times = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
            MeetingStaff.objects.create(meeting=meeting, user=user, **times)
        else:
            meeting.staff.filter(user=instead_of).update(user=user)
