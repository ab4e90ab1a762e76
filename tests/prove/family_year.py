"""Those who work with one family through a year, each at the pages they have."""

import json
import re
from datetime import datetime, time
from io import BytesIO

from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from interventions.models import Assignment, Course, Goal, Note
from interventions.schedule import measures
from referrals.models import Referral
from tests.factories import MunicipalityFactory, UserFactory
from tests.html import parse
from tests.interventions.courses import CONSULTATION, SKILLS, THERAPY, trained
from tests.interventions.screenings import qualify
from tibir.calendar.oslo import OSLO

FORM = ".//main//form[@method='post']"


def dotted(day):
    return f"{day:%d.%m.%Y}"


HERS, HIS, TOGETHER = "hortensia", "bringebær", "tyttebær"  # the word of each, and of both
# Of paper, by occasion: numbers that nothing else says.
SUMS = {
    "before": {HERS: {"ecbi": 187, "pss": 43}, HIS: {"ecbi": 176, "pss": 41}},
    "half_way": {HERS: {"ecbi": 163, "pss": 37}, HIS: {"ecbi": 158, "pss": 36}},
    "after": {HERS: {"ecbi": 127, "pss": 29}, HIS: {"ecbi": 118, "pss": 28}},
    "six_months": {HERS: {"ecbi": 109, "pss": 23}, HIS: {"ecbi": 106, "pss": 22}},
}


class Days:
    """The day it is. What is measured and what is asked for meet by themselves, as each minute."""

    def __init__(self, clock):
        self.clock, self.today = clock, None

    def come(self, day, hour=8, minute=0):
        self.today = day
        self.clock.move_to(datetime.combine(day, time(hour, minute), tzinfo=OSLO), tick=False)
        measures()


class Worker:
    """Somebody who is logged in: opens pages, types in what differs, and presses a button."""

    def __init__(self, client, user):
        self.client, self.user = client, user

    def logs_in(self):
        """Where somebody else sat last; and anew each day, as nobody stays logged in."""
        now = self.user.pk, timezone.localdate()
        if getattr(self.client, "sits_there", None) != now:
            self.client.logout()
            self.client.force_login(self.user)
            self.client.sits_there = now

    def sees(self, name, *args):
        self.logs_in()
        address = name if name.startswith("/") else reverse(name, args=args)
        response = self.client.get(address)
        assert response.status_code == 200, f"{self.user}: {address}: {response}"
        return response.content.decode()

    def status(self, name, *args):
        self.logs_in()
        return self.client.get(reverse(name, args=args)).status_code

    def does(self, name, *args, **typed):
        """What the page holds is sent, with what is typed over it; and it is taken."""
        address = name if name.startswith("/") else reverse(name, args=args)
        return self.sends(address, form_of(self.sees(address)), **typed)

    def sends(self, address, form, **typed):
        response = self.client.post(address, values_of(form) | typed)
        assert response.status_code == 302, f"{address}: {response.status_code} {faults(response)}"
        return response

    def presses(self, name, *args, status=302, **typed):
        """A button with no page of its own."""
        self.logs_in()
        response = self.client.post(reverse(name, args=args), typed)
        assert response.status_code == status, f"{name}: {response.status_code} {faults(response)}"
        return response


def main(html):
    return " ".join("".join(parse(html).find(".//main").itertext()).split())


def form_of(html):
    forms = [each for each in parse(html).iterfind(FORM) if "t-form" in each.get("class", "")]
    assert len(forms) == 1, f"{len(forms)} forms"
    return forms[0]


def names_in(form):
    return {field.get("name") for field in form.iter("input", "textarea", "select")}


def values_of(form):
    """Name and values of all that a browser would send, buttons apart."""
    values = {}
    for field in form.iter("input", "textarea", "select"):
        name, kind = field.get("name"), field.get("type")
        if kind in ("radio", "checkbox") and "checked" not in field.attrib:
            continue
        if field.tag == "select":
            value = field.value or ""
        elif field.tag == "textarea":
            value = (field.text or "").removeprefix("\n")
        else:
            value = field.get("value", "on" if kind == "checkbox" else "")
        values.setdefault(name, []).append(value)
    return values


def what_it_says(document):
    """All words of a paper: those it was made from, and those that stand on it."""
    pages = PdfReader(BytesIO(document.blob.content())).pages
    paper = "".join(page.extract_text() for page in pages)
    assert document.title.split()[0] in paper
    return paper + re.sub(r"<[^>]*>", " ", json.dumps(document.data, ensure_ascii=False))


def faults(response):
    form = (response.context or {}).get("form")
    return dict(form.errors) if form is not None else response.content.decode()[-300:]


class Family:
    """One family, and all those who work with it."""

    def __init__(self, client, clock, rings):
        self.place = MunicipalityFactory(name="Fjordvik", slug="fjordvik")
        self.unit = self.place.intake_unit
        self.unit.requires_cosigning = True
        self.unit.save()
        self.client, self.days, self.rings = client, Days(clock), rings
        self.turn = 0  # meetings of the therapy so far
        supervisor = trained(self.unit, "pmto_therapy", "screening", name="Sigrun Veileder")
        self.therapist = self.works(UserFactory(practises_in=self.unit, name="Tale Terapeut"))
        qualify(self.therapist.user, "pmto_therapist", supervisor=supervisor)
        self.supervisor = self.works(supervisor)
        self.screener = self.works(trained(self.unit, "screening", name="Kari Kartlegger"))
        self.trainer = self.works(trained(self.unit, "social_skills", name="Trond Trener"))
        self.consultant = self.works(trained(self.unit, "consultation", name="Kaja Konsulent"))
        self.coordinator = self.works(UserFactory(coordinates=self.unit, name="Koordinator"))
        self.givers = {
            THERAPY: self.therapist, SKILLS: self.trainer, CONSULTATION: self.consultant,
        }  # fmt: skip
        self.leader = self.works(UserFactory(leads=self.unit, name="Leder"))
        self.clerk = self.works(UserFactory(clerks_in=self.unit, name="Merkantil"))

    def works(self, user):
        return Worker(self.client, user)

    def has_been_referred(self):
        self.referral = Referral.objects.get()
        self.case = self.referral.case
        self.mother = self.case.people.get(relation="mother")
        self.father = self.case.people.get(relation="father")
        self.parents = [self.mother, self.father]

        self.word = {self.mother: HERS, self.father: HIS}
        self.asked = [str(each.pk) for each in self.parents]

    def ways(self):
        """Hers in the post, his read out."""
        to = "Lia 1\n0000 Fjordvik"
        hers = {f"way-{self.mother.pk}": "post", f"address-{self.mother.pk}": to}
        return hers | {f"way-{self.father.pk}": "read_out"}

    def says(self, person, by, purposes):
        answers = {f"purpose-{each}": "given" for each in purposes}
        said = {"channel": "meeting", "said_on": dotted(self.days.today), "language": "nb"}
        by.does("family:say", self.case.pk, person.pk, **answers, **said)

    def holds(self, by, kind, came, meeting=None):
        """The next meeting was held; the address of its note."""
        course = self.course(kind)
        meeting = meeting or course.meetings.planned().order_by("starts_at").first()
        asked = meeting.attendances.values_list("person", flat=True)
        here = {each.pk for each in came}
        said = {f"person-{pk}": "attended" if pk in here else "excused" for pk in asked}
        if meeting.child:
            said["person-child"] = "attended"
        return by.does("interventions:hold", self.case.pk, meeting.pk, **said).url

    def who_comes(self, meeting):
        """Of the parents one at a time, and every third time both; of others, those asked."""
        if meeting.course.service.kind != THERAPY:
            return list(self.case.people.filter(attendances__meeting=meeting))
        self.turn += 1
        return [[self.mother], [self.father], self.parents][self.turn % 3]

    def writes(self, by, note, came):
        """A note as most are, with what is for those who came; signed, and signed by another."""
        form = form_of(by.sees(note))
        whose = self.word.get(came[0], TOGETHER) if len(came) == 1 else TOGETHER
        said = {"internal": "Vi øvde.", "agreements": "Ringe onsdag.", "action": "sign"}
        for name in names_in(form):
            if name.startswith("rating-"):
                said[name] = str(2 + self.turn % 7)
            elif name.startswith("how-"):
                person = Assignment.objects.get(pk=name.removeprefix("how-")).person
                if person in came:
                    said[name] = f"To kvelder, {self.word.get(person, TOGETHER)}"
                    said[name.replace("how", "tried")] = "partly"
        if set(came) & set(self.parents):
            said |= {"components": ["directions"], "role_play": "on"}
            said |= {"assignment": f"Øv på ros, {whose}", "summary": f"Dere øvde, {whose}"}
        by.sends(note, form, **said)
        row = Note.objects.latest("signed_at")
        if row.awaits_cosigning:
            self.supervisor.presses("interventions:cosign", self.case.pk, row.pk)

    def plans_weeks(self, by, kind, count, **said):
        """The days are shown, and then agreed as shown."""
        address = reverse("interventions:plan_series", args=self.at(kind))
        typed = values_of(form_of(by.sees(address))) | said | {"count": str(count)}
        shown = by.client.post(address, typed | {"action": "show"})
        seen = values_of(form_of(shown.content.decode())).get("seen")
        assert seen, faults(shown)
        answer = by.client.post(address, typed | {"action": "agree", "seen": seen})
        assert answer.status_code == 302, faults(answer)

    def are_measured(self, occasion):
        """Each fills in both papers; the sums are theirs."""
        for person in self.parents:
            for code, scale in [("ecbi", "intensity"), ("pss", "stress")]:
                said = {"informant": person.pk, "occasion": occasion}
                said[f"total-{scale}"] = str(SUMS[occasion][self.word[person]][code])
                self.therapist.does("instruments:totals", self.case.pk, code, **said)

    def goals(self):
        return Goal.objects.filter(course__case=self.case).active()

    def reports(self, by, page, at, person):
        """Written to one of them, looked over as it will be, and sent."""
        paper = by.does(page, *at, recipient=person.pk).url
        way = self.ways()[f"way-{person.pk}"]
        typed = values_of(form_of(by.sees(paper))) | {"way": way, "address": "Lia 1\n0000 Fjordvik"}
        typed["assessment"] = f"Det går bedre, {self.word[person]}."
        shown = by.client.post(paper, typed | {"action": "preview"})
        typed = values_of(form_of(shown.content.decode()))
        answer = by.client.post(paper, typed | {"action": "issue"})
        assert answer.status_code == 302, faults(answer)

    def words_of(self, person):
        """What stands nowhere but where something is of this one: their word, name and sums."""
        sums = {str(each[self.word[person]]["ecbi"]) for each in SUMS.values()}
        return {self.word[person], person.person.first_name} | sums

    def newest_note(self):
        return Note.objects.filter(course=self.course(THERAPY)).latest("pk")

    def course(self, kind):
        return Course.objects.get(case=self.case, service__kind=kind)

    def at(self, kind):
        return self.case.pk, self.course(kind).pk
