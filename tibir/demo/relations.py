"""Families of Fjordvik as they are: two homes, a foster home, a mother who hides. All invented."""

from datetime import date

from django.utils import timezone

from referrals.models import Referral
from tibir.cases.identity_number import Kind, synthetic_number
from tibir.cases.models import CasePerson
from tibir.family import actions as family

YES, NO, UNKNOWN = CasePerson.YesNo
Source, Relation, Way = CasePerson.Source, CasePerson.Relation, CasePerson.Way


def relate(municipality, *, by, practitioner):
    referrals = Referral.objects.filter(municipality=municipality).select_related("case__unit")
    cases = {
        sender.person.name: referral.case
        for referral in referrals
        for sender in CasePerson.objects.filter(case=referral.case, is_sender=True)
    }
    _two_homes(cases["Åge Tverrelv"], by=by, practitioner=practitioner)
    _foster_home(cases["Grete Myhrvold"], by=by, practitioner=practitioner)
    _in_hiding(cases["Navn Skjermet"], by=by)


def _two_homes(case, *, by, practitioner):
    """The parents do not agree on much, and each has days of their own."""
    father, mother = _named(case, "Åge"), _named(case, "Siv")
    for parent in (father, mother):
        _verify(parent, by)
    family.correct(
        mother,
        by=by,
        reason="Mor ringte og fortalte om ordningen.",
        lives_with=CasePerson.LivesWith.PARTLY,
        contact_arrangement="Annenhver uke, bytte på fredag etter skolen.",
        contact_since=date(2025, 8, 15),
        right_to_information=YES,
        information_source=Source.AGREEMENT,
    )
    family.correct(
        mother,
        by=by,
        reason="Hun vil ikke ha brev dit hun bor nå.",
        phone="+4799000131",
        safe_phone=YES,
        safe_sms=YES,
        safe_email=NO,
        safe_post=NO,
        preferred=Way.SMS,
    )
    _add(case, by, "Kjell", "Moe", Relation.STEP_PARENT, lives_with="partly")
    _add(case, by, "Bjørg", "Tverrelv", Relation.GRANDPARENT, phone="+4799000132")
    _staff(case, by, practitioner, "Skal møte foreldrene hver for seg.")


def _foster_home(case, *, by, practitioner):
    """Barnevern has taken over care and decides; the mother meets the child now and then."""
    family.verify_responsibility(
        _named(case, "Grete"),
        by=by,
        responsibility=NO,
        source=Source.REGISTER,
        on=timezone.localdate(),
    )
    mother = _add(case, by, "Lena", "Aune", Relation.MOTHER, responsibility=YES)
    _verify(mother, by)
    family.correct(
        mother,
        by=by,
        reason="Står i vedtaket.",
        contact_arrangement="Fire ganger i året, sammen med tilsynsfører.",
        contact_since=date(2025, 3, 3),
    )
    service = _add(
        case, by, "Barneverntjenesten", "v/ Torill Hegge", Relation.CHILD_WELFARE,
        phone="+4775000133",
    )  # fmt: skip
    family.stand_in(
        case,
        by=by,
        decider=service,
        people=[mother],
        legal_basis="",
        reference="FJV-2025/17",
        started_on=date(2025, 2, 10),
    )
    born = case.child.birth_date
    numbers = synthetic_number(born, 0, Kind.D_NUMBER), synthetic_number(born, 0)
    family.correct_child(case, by=by, reason="Fra barnevernet.", national_id=numbers[0])
    family.correct_child(
        case, by=by, reason="Han har fått fødselsnummer.", national_id=numbers[1], former="also"
    )
    _staff(case, by, practitioner, "Kjenner fosterhjemmet fra før.")


def _in_hiding(case, *, by):
    """Where she is stands nowhere; one way is safe."""
    mother = _named(case, "Navn")
    family.correct(
        mother,
        by=by,
        reason="Avtalt på telefonen. Ring bare på dagtid.",
        safe_phone=YES,
        safe_sms=NO,
        safe_email=NO,
        safe_post=NO,
        preferred=Way.PHONE,
    )


def _named(case, first_name):
    return case.people.select_related("person").get(person__first_name=first_name)


def _add(case, by, first, last, relation, *, responsibility=NO, lives_with="no", phone=""):
    return family.add(
        case,
        by=by,
        first_name=first,
        last_name=last,
        relation=relation,
        responsibility=responsibility,
        lives_with=lives_with,
        phone=phone,
        safe_phone=YES if phone else UNKNOWN,
        safe_email=UNKNOWN,
    )


def _verify(parent, by):
    family.verify_responsibility(
        parent, by=by, responsibility=YES, source=Source.REGISTER, on=timezone.localdate()
    )


def _staff(case, by, practitioner, reason):
    family.add_member(case, by=by, user=practitioner, role="practitioner", reason=reason)
    family.entrust(case, by=by, to=practitioner)
