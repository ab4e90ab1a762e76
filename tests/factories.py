"""The cast: people and things named after what they are, so that a test reads as a sentence."""

import datetime
import hashlib

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from referrals import actions
from referrals.questions import door_of
from tests.documents import corpus
from tibir.accounts.models import Membership, Municipality, Region, Role, Unit, User
from tibir.audit.record import SENDER
from tibir.cases.models import CaseMember
from tibir.core.codes import TOKEN_BITS, new_secret
from tibir.core.encryption import encrypt
from tibir.documents.models import Attachment
from tibir.documents.sanitise import Code

LONG_AGO = datetime.date(2020, 1, 1)


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region

    name = factory.Sequence("Region {}".format)


class MunicipalityFactory(DjangoModelFactory):
    """A municipality that receives: `intake_unit` is made with it."""

    class Meta:
        model = Municipality
        skip_postgeneration_save = True

    region = factory.SubFactory(RegionFactory)
    name = factory.Sequence("Kommune {}".format)
    slug = factory.Sequence("kommune-{}".format)
    phone = "75 00 00 00"
    email = "post@kommune.example"

    @factory.post_generation
    def intake(self, create, extracted, **kwargs):
        self.intake_unit = UnitFactory(municipality=self, name="Inntak")
        self.save(update_fields=["intake_unit"])


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    municipality = factory.SubFactory(MunicipalityFactory)
    name = factory.Sequence("Enhet {}".format)
    law_profile = Unit.LawProfile.UPBRINGING


class UserFactory(DjangoModelFactory):
    """Traits name a role and take its place: `UserFactory(coordinates=unit)`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("ansatt{}@kommune.example".format)
    name = factory.Sequence("Ansatt {}".format)
    password = "!"

    @staticmethod
    def _belongs(role):
        @factory.post_generation
        def belong(self, create, place, **kwargs):
            if place is not None:
                scope = type(place).__name__.lower()
                Membership.objects.create(
                    user=self, role=role, started_on=LONG_AGO, **{scope: place}
                )

        return belong

    coordinates = _belongs(Role.COORDINATOR)
    leads = _belongs(Role.LEADER)
    practises_in = _belongs(Role.PRACTITIONER)
    clerks_in = _belongs(Role.CLERK)
    supervises_in = _belongs(Role.SUPERVISOR)
    cleared_in = _belongs(Role.CLEARED)
    coordinates_region = _belongs(Role.REGIONAL_COORDINATOR)

    @factory.post_generation
    def works_with(self, create, case, **kwargs):
        if case is not None:
            CaseMember.objects.create(
                case=case, user=self, role=Role.PRACTITIONER, started_on=LONG_AGO
            )


ANSWERS = {
    "deg": {"name": "Åse-Lill Ødegård", "relation": "mother", "protection": "no"},
    "kontakt": {
        "phone": "+4799000001",
        "safe_phone": "yes",
        "email": "aaselill@post.example",
        "safe_email": "yes",
        "when": "",
        "language": "",
        "interpreter": "",
    },
    "barnet": {
        "first_name": "Odin",
        "last_name": "Ødegård",
        "birth_date": "2019-03-14",
        "national_id": "",
        "address": "Storgata 1, 0000 Fjordvik",
        "place": "Solkroken barnehage",
        "language": "norsk",
    },
    "familien": {"responsibility": "yes", "lives_with": "yes", "people": []},
    "bekymringen": {"situations": ["bedtime"], "examples": "Det tar to timer.", "arenas": []},
    "annen-hjelp": {"services": [], "details": ""},
    "onsker": {"hopes": "", "format": "", "practical": ""},
    "barnets-mening": {"told": "", "view": ""},
    "samtykke": {"place_contact": "later", "notice_read": True},
}
PROFESSIONAL = {
    "fagperson": {"name": "Frøydis Henviser", "role": "kindergarten", "protection": "no"},
    "kontakt": {
        "workplace": "Solkroken barnehage",
        "title": "pedagogisk leder",
        "phone": "+4775000021",
        "email": "froydis@kommune.example",
        "when": "",
    },
    "foreldrene": {
        "people": [
            {
                "name": "Åse-Lill Ødegård",
                "relation": "mother",
                "responsibility": "yes",
                "lives_with": "yes",
                "phone": "+4799000001",
                "email": "",
                "safe": "yes",
                "language": "",
                "interpreter": "no",
                "informed": "spoken",
                "why_not": "",
                "agrees": "yes",
            },
            {
                "name": "Terje Ødegård",
                "relation": "father",
                "responsibility": "yes",
                "lives_with": "no",
                "phone": "",
                "email": "",
                "safe": "unknown",
                "language": "",
                "interpreter": "",
                "informed": "no",
                "why_not": "Vi har ikke nådd ham.",
                "agrees": "not_asked",
            },
        ]
    },
    "barnet": ANSWERS["barnet"],
    "bekymringen": ANSWERS["bekymringen"],
    "annen-hjelp": ANSWERS["annen-hjelp"],
    "onsker": {"hopes": "", "parents_hopes": "", "practical": ""},
    "barnets-mening": {"told": "", "view": "", "told_by": ""},
    "bekreft": {"consent": True, "notice_read": True},
}
AT_THE_DESK = {
    "registrert": {"channel": "phone", "received_on": "2026-11-02"},
    "henviser": {"name": "Åse-Lill Ødegård", "who": "mother", "phone": "+4799000001"},
    "skjerming": {"protection": "no"},
    "barnet": ANSWERS["barnet"],
    "foreldrene": {"people": []},
    "bekymringen": ANSWERS["bekymringen"],
}
CALL = {
    "ring-meg": {
        "name": "Samira Rahmani",
        "phone": "+4799000003",
        "language": "dari",
        "child_age": 5,
        "when": "etter 12",
    }
}


def submit(municipality=None, *, answers=None, received_at=None, language="nb", token=None):
    """A submission, through the same action as the form uses."""
    municipality = municipality or MunicipalityFactory()
    answers = answers or ANSWERS
    return actions.receive(
        municipality,
        by=SENDER,
        token=token or new_secret(TOKEN_BITS),
        channel=door_of(answers).channel,
        language=language,
        answers=answers,
        received_at=received_at,
    )


def refer(municipality=None, **about):
    """A referral that has come in, with its case and its clock."""
    return submit(municipality, **about).referral


def register(municipality, *, answers=AT_THE_DESK, by=None):
    """A submission that somebody has typed in at the desk."""
    by = by or UserFactory(coordinates=municipality.intake_unit)
    token = new_secret(TOKEN_BITS)
    return actions.register(municipality, by=by, token=token, answers=answers)


def confirm(referral, *, by):
    """Staff has spoken with whoever sent it."""
    sender = referral.case.people.get(pk=referral.sent_by_id)
    return actions.confirm_contact(
        referral,
        sender,
        by=by,
        how="called",
        phone=sender.person.phone,
        email=sender.person.email,
        safe_phone="yes",
        safe_email="yes",
        responsibility="yes",
    )


def attach(referral, name="epikrise.pdf", *, by=None, state=Attachment.State.CLEAN):
    """A file that staff has added to a referral, checked with that outcome."""
    by = by or UserFactory(coordinates=referral.unit)
    content = corpus.pdf()
    copy = {
        "original": None,
        "copy": encrypt(content, Attachment.COPY),
        "sha256": hashlib.sha256(content).digest(),
        "pages": 1,
    }
    changes = {
        Attachment.State.CLEAN: copy,
        Attachment.State.DAMAGED: copy,
        Attachment.State.REFUSED: {"original": None, "refused_for": Code.LOCKED_PDF},
    }
    attachment = actions.attach(referral, by=by, content=content, name=name)
    Attachment.objects.filter(pk=attachment.pk).update(
        state=state, checked_at=timezone.now(), **changes.get(state, {})
    )
    return attachment
