"""What stands around every page of staff: a menu of the places that this person's roles have."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules as interventions
from referrals import rules
from tibir.access.roles import has_role, held_by
from tibir.accounts.middleware import seconds_left
from tibir.accounts.models import Role
from tibir.deadlines import rules as deadline_rules
from tibir.documents import rules as documents
from tibir.family import rules as family
from tibir.family.rules import access, control
from tibir.home.letters import unread_count
from tibir.home.rules import may_search
from tibir.staff import rules as staff_rules


def navigation(request):
    """Context processor for staff pages; parents' pages show none of it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    held = held_by(user)
    places = [(_("Min dag"), reverse("home:start"))]
    if rules.may_list(user):
        places.append((_("Henvisninger"), reverse("referrals:list")))
    if interventions.may_list(user):
        places.append((_("Kartlegginger"), reverse("interventions:screenings")))
        places.append((_("Tiltak"), reverse("interventions:courses")))
    if deadline_rules.may_list(user):
        places.append((_("Frister"), reverse("deadlines:list")))
    if rules.may_register(user):
        places.append((_("Registrer henvisning"), reverse("referrals:register")))
    if rules.may_discuss(user):
        places.append((_("Drøfting"), reverse("referrals:discuss")))
    if family.may_complain(user):
        places.append((_("Klager"), reverse("family:complaints")))
    if rules.may_see_rules(user):
        places.append((_("Ruting"), reverse("referrals:rules")))
    if documents.may_list(user):
        places.append((_("Brev"), reverse("documents:letters")))
    if access.may_ask_in_an_emergency(user):
        places.append((_("Nødtilgang"), reverse("family:emergency")))
    if has_role(user, Role.CLEARED):
        places.append((_("Skjermede saker"), reverse("family:shielded")))
    if staff_rules.may_list_reviews(user):
        places.append((_("Tilganger"), reverse("staff:reviews")))
    if control.may_check_log(user):
        places.append((_("Loggkontroll"), reverse("family:controls")))
    if user.is_superuser:
        places.append((_("Drift"), reverse("operations:health")))
        if settings.ADMIN_ENABLED:
            places.append((_("Oppsett"), reverse("admin:index")))
    # A place within another one is the place where one is.
    here = max((url for _label, url in places if _is_at(request.path, url)), key=len, default="")
    return {
        "navigation": [
            {"label": label, "url": url, "active": url == here} for label, url in places
        ],
        "may_search": may_search(user),
        # Asked for only where one registers a family or looks at screenings.
        "may_start_at_once": lambda: interventions.may_start_at_once(user, timezone.localdate()),
        "municipality": next(filter(None, map(_municipality, held)), None),
        "seconds_left": seconds_left(request.session),
        "unread": lambda: unread_count(user),  # asked for only where the bell is drawn
        "role_label": ", ".join(dict.fromkeys(m.get_role_display() for m in held)),
    }


def _is_at(path, url):
    return path == url if url == "/" else path.startswith(url)


def _municipality(membership):
    return membership.municipality or (membership.unit and membership.unit.municipality)
