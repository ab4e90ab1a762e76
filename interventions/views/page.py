"""What every page of a course begins with, and how one form about it is shown."""

from django.shortcuts import render
from django.utils import timezone

from interventions import rules
from interventions.models import Course, Meeting, Note
from tibir.access.gate import NotThere, find, permit
from tibir.audit.record import record
from tibir.cases.models import CasePerson
from tibir.core.errors import DomainError, say_why

PAGE = ["GET", "HEAD", "POST"]
SHOWN = (
    "case__child", "case__unit", "case__municipality", "case__responsible", "service", "unit",
    "practitioner", "supervisor", "referral__submission",
)  # fmt: skip


def find_course(request, pk, course):
    """For whoever may know that it is given."""
    courses = Course.objects.visible_to(request.user).filter(case=pk)
    return find(courses.select_related(*SHOWN), pk=course)


def work_on(request, pk, course):
    """The same, for those who give it."""
    course = find_course(request, pk, course)
    permit(rules.may_work(request.user, course))
    return course


def find_meeting(request, pk, meeting):
    meetings = Meeting.objects.visible_to(request.user).filter(course__case=pk)
    shown = [f"course__{each}" for each in SHOWN]
    meeting = find(meetings.select_related(*shown), pk=meeting)
    permit(rules.may_work(request.user, meeting.course))
    return meeting


def find_note(request, pk, note):
    notes = Note.objects.visible_to(request.user).filter(course__case=pk)
    shown = [f"course__{each}" for each in SHOWN]
    return find(
        notes.select_related("meeting", "author", "on_behalf_of", "signed_by", *shown), pk=note
    )


def find_note_or_left(request, pk, note):
    """The same; or a draft that the user may not read, and may take over since nobody else can."""
    try:
        return find_note(request, pk, note)
    except NotThere:
        courses = Course.objects.visible_to(request.user).filter(case=pk, notes=note)
        course = courses.select_related(*SHOWN).first()
        left = course and course.notes.select_related("author", "on_behalf_of").get(pk=note)
        if left is None or not rules.may_take_over(request.user, left):
            raise
        return left


def people_of(request, case):
    """Those who belong to the case today, the guardians first."""
    people = CasePerson.objects.visible_to(request.user).filter(case=case).current().for_list()
    return sorted(people, key=lambda each: not rules.is_carer(each))


def typed(request):
    return request.POST if request.method == "POST" else None


def today():
    return timezone.localdate()


def tried(form, action, *args, **said):
    """Whether the action did it; if not, the form says why, with all that was typed."""
    try:
        action(*args, **said)
    except DomainError as error:
        say_why(form, error)
        return False
    return True


def act(request, course, form, *, title, button, lead="", back="", verb="course.read", **more):
    """One form about a course, and nothing else to look at."""
    template = more.pop("template", "family/act.html")
    is_journal = verb != "course.read"
    basis = more.pop("basis", "") or (rules.journal_basis if is_journal else _basis)(
        request.user, course
    )
    record(verb, course, by=request.user, basis=basis)
    status = 409 if form.non_field_errors() and form.has_error("__all__", "refused") else 200
    context = {"case": course.case, "course": course, "form": form, "title": title}
    context |= {"button": button, "lead": lead, "back": back or course.get_absolute_url()} | more
    return render(request, template, context, status=status)


def _basis(user, course):
    return rules.basis(user, course.case)
