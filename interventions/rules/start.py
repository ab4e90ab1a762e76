"""What a course lacks before it can begin, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.kinds import ServiceKind
from tibir.cases.models import Purpose
from tibir.family.rules.consent import agreements

# What those who decide for the child must have agreed to. Where they do not agree, nobody here
# settles it; whoever said yes may be guided, and the rest waits until it is decided for itself.
ASKS = {
    ServiceKind.COUNSELLING: Purpose.TAKE_PART,
    ServiceKind.PMTO_THERAPY: Purpose.TAKE_PART,
    ServiceKind.PARENT_GROUP: Purpose.TAKE_PART,
    ServiceKind.SOCIAL_SKILLS: Purpose.SOCIAL_SKILLS,
    ServiceKind.CONSULTATION: Purpose.PLACE_CONTACT,
}
NEEDS_PARENTS = gettext_lazy(
    "Foreldrene må ha takket ja til et tiltak, eller ha et i gang, før dette kan begynne."
)


def agreement(case, kind, today):
    """How the consent stands that a service of this kind asks for."""
    purpose = ASKS[kind]
    return next(each for each in agreements(case, today) if each.purpose == purpose)


def lacking(course, today, *, names=True):
    """Why it cannot begin today; nothing when it can. Without `names` nobody hears who it is that
    has said what."""
    found = []
    if course.service.needs_family_course and not (course.beside and course.beside.is_promised):
        found.append(NEEDS_PARENTS)
    stands = agreement(course.case, course.service.kind, today)
    if not stands.may_go_on:
        what = {"what": stands.what}
        found.append(_("Samtykket til %(what)s er ikke på plass.") % what)
        found += stands.sentences if names else []
    for child in course.children.current().select_related("case"):
        if not agreement(child.case, course.service.kind, today).may_go_on:
            found.append(_("Samtykket er ikke på plass i saken til et søsken."))
    return found
