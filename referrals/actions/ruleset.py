"""The rules of a municipality, from a draft until they hold: two people, and a try-out between."""

from collections import Counter
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals import routing
from referrals.models import Recommendation, RuleSet, RuleWriter, TryOut
from tibir.accounts.models import Municipality
from tibir.audit.record import record
from tibir.core.errors import DomainError, StaleState

State = RuleSet.State
A_YEAR = timedelta(days=365)


@transaction.atomic
def copy_rules(rule_set, *, by, municipality):
    """A new draft that begins as this version, over the facts that TIBIR tells of today."""
    Municipality.objects.select_for_update().get(pk=municipality.pk)  # one number at a time
    newest = RuleSet.objects.filter(municipality=municipality).aggregate(Max("version"))
    draft = RuleSet.objects.create(
        municipality=municipality,
        version=(newest["version__max"] or 0) + 1,
        rules=rule_set.rules | {"facts": routing.written(routing.CATALOGUE)},
        copied_from=rule_set,
        author=by,
    )
    if rule_set.approved_by_id is None:  # nobody has looked at what these have written
        others = rule_set.writers.exclude(user=by).values_list("user", flat=True)
        RuleWriter.objects.bulk_create(RuleWriter(rule_set=draft, user_id=pk) for pk in others)
    record("routing.copied", draft, by=by, source=rule_set.pk)
    return draft


@transaction.atomic
def change_rules(rule_set, *, by, table, edition):
    """The draft says this now. What was tried is a draft again.

    `edition` is the one that was looked at: whoever has changed it meanwhile is not undone.
    """
    mine = RuleSet.objects.filter(pk=rule_set.pk, edition=edition, state__in=RuleSet.EDITABLE)
    changed = {
        "rules": table.written(),
        "edition": edition + 1,
        "state": State.DRAFT,
        "author": by,
        "changed_at": timezone.now(),
    }
    if not mine.update(**changed):
        raise StaleState(_("«%(thing)s» er endret av noen andre.") % {"thing": rule_set})
    rule_set.refresh_from_db()
    record("routing.changed", rule_set, by=by, edition=rule_set.edition)


@transaction.atomic
def try_rules(rule_set, *, by, today):
    """Ask it and the version in force of the families of the last twelve months."""
    rule_set = _held(rule_set)
    _require_in_order(rule_set)
    place = rule_set.municipality
    in_force = RuleSet.objects.in_force(place, today)
    since = today - A_YEAR
    days = (_midnight(since), _midnight(today + timedelta(days=1)))
    stored = Recommendation.objects.newest_of_each_case(place, *days).values_list("pk", "inputs")
    tried = routing.try_out(stored.iterator(), in_force.table, rule_set.table)
    rule_set.move_to(State.TRIED)
    said = TryOut.objects.create(
        rule_set=rule_set,
        edition=rule_set.edition,
        against=in_force,
        since=since,
        until=today,
        total=tried.total,
        changed_count=len(tried.changed),
        counts={
            "before": [[_said(one), count] for one, count in tried.before.most_common()],
            "after": [[_said(one), count] for one, count in tried.after.most_common()],
            "changes": [
                [_said(was), _said(becomes), count]
                for (was, becomes), count in Counter(
                    (was, becomes) for _pk, was, becomes in tried.changed
                ).most_common()
            ],
        },
        changed=[[pk, _said(was), _said(becomes)] for pk, was, becomes in tried.changed],
        by=by,
    )
    record("routing.tried", rule_set, by=by, total=tried.total, changed=len(tried.changed))
    return said


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def _said(outcome):
    return [list(outcome.services), outcome.path, outcome.risk, outcome.priority]


@transaction.atomic
def approve_rules(rule_set, *, by, edition):
    """What was tried out is right, says somebody who has written nothing of it."""
    rule_set = _held(rule_set)
    if rule_set.edition != edition:
        raise StaleState(_("«%(thing)s» er endret av noen andre.") % {"thing": rule_set})
    if rule_set.is_written_by(by):
        raise DomainError(_("En annen enn dem som har skrevet på reglene, må godkjenne dem."))
    _require_in_order(rule_set)
    rule_set.move_to(State.APPROVED, approved_by=by, approved_on=timezone.localdate())
    record("routing.approved", rule_set, by=by)


@transaction.atomic
def activate_rules(rule_set, *, by, on):
    """It holds from this day, and the one before it until then."""
    Municipality.objects.select_for_update().get(pk=rule_set.municipality_id)
    if on < timezone.localdate():
        raise DomainError(_("Reglene kan ikke tas i bruk en dag som har vært."))
    others = RuleSet.objects.filter(municipality=rule_set.municipality_id)
    later = others.filter(active_from__gt=on).filter(
        Q(active_until=None) | Q(active_until__gt=F("active_from"))
    )
    if later.exists():
        raise DomainError(
            _("En annen versjon er alt bestemt tatt i bruk senere. Velg en dag etter den.")
        )
    for before in others.filter(active_from__lte=on, active_until=None):
        before.move_to(State.RETIRED, active_until=on)
        record("routing.retired", before, by=by, on=on.isoformat())
    rule_set.move_to(State.ACTIVE, active_from=on)
    record("routing.activated", rule_set, by=by, on=on.isoformat())


@transaction.atomic
def discard_rules(rule_set, *, by):
    """A draft, or what was approved and never taken in use, is put away."""
    rule_set = _held(rule_set)
    if rule_set.active_from is not None or rule_set.is_starting_point:
        raise DomainError(_("Regler som er i bruk, erstattes av en ny versjon."))
    rule_set.move_to(State.RETIRED)
    record("routing.discarded", rule_set, by=by)


def _held(rule_set):
    """Locked, and as it is now."""
    found = RuleSet.objects.select_for_update(of=["self"]).select_related("municipality")
    return found.get(pk=rule_set.pk)


def _require_in_order(rule_set):
    if not routing.is_in_order(rule_set.table):
        raise DomainError(_("Reglene har feil. Rett det som står i rødt, og prøv igjen."))
