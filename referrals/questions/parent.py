"""Every question of the parents' form and of the short door, in order, as it is worded."""

from django.utils.translation import gettext_lazy as _

from referrals.questions.asking import (
    LIVES_WITH,
    RELATIONS,
    TALK,
    YES_NO,
    YES_NO_TALK,
    YES_NO_UNSURE,
    Ask,
    Door,
    Question,
    Step,
    unprotected,
)

PEOPLE_RELATIONS = (*RELATIONS[:6], ("sibling", _("Søsken")), *RELATIONS[6:])

YOU = Step(
    "deg",
    _("Deg"),
    _("Først litt om deg som ber om hjelp."),
    (
        Question("name", _("Hva heter du?"), required=True, autocomplete="name"),
        Question("relation", _("Hva er du for barnet?"), Ask.ONE, RELATIONS, required=True),
        Question(
            "protection",
            _("Har noen i familien hemmelig adresse, eller må stedet de bor holdes skjult?"),
            Ask.ONE,
            YES_NO_TALK,
            help=_(
                "For eksempel adressesperre i Folkeregisteret eller opphold på krisesenter. "
                "Svarer du ja, spør vi ikke om adresse, barnehage eller skole."
            ),
            required=True,
        ),
    ),
)

CONTACT = Step(
    "kontakt",
    _("Kontakt"),
    _("Skriv telefonnummer eller e-postadresse, og hvordan vi trygt kan nå deg."),
    (
        Question(
            "phone",
            _("Telefonnummer"),
            Ask.PHONE,
            help=_("Åtte siffer, eller med landkode."),
            autocomplete="tel",
        ),
        Question("safe_phone", _("Er det trygt at vi ringer deg?"), Ask.ONE, YES_NO),
        Question(
            "email",
            _("E-postadresse"),
            Ask.EMAIL,
            help=_("Vi skriver aldri noe om barnet i en e-post."),
            autocomplete="email",
        ),
        Question("safe_email", _("Er det trygt at vi sender deg e-post?"), Ask.ONE, YES_NO),
        Question("when", _("Når passer det best at vi tar kontakt?")),
        Question("language", _("Hvilket språk vil du helst snakke?"), autocomplete="language"),
        Question("interpreter", _("Trenger du tolk?"), Ask.ONE, YES_NO),
    ),
    one_of=("phone", "email"),
    none_of=_("Skriv telefonnummeret eller e-postadressen din, så vi kan nå deg."),
)

CHILD = Step(
    "barnet",
    _("Barnet"),
    _("Vi trenger å vite hvem barnet er. Resten kan du hoppe over."),
    (
        Question("first_name", _("Barnets fornavn"), required=True),
        Question("last_name", _("Barnets etternavn")),
        Question(
            "birth_date",
            _("Barnets fødselsdato"),
            Ask.DATE,
            help=_("Dag, måned og år, for eksempel 22 11 2019."),
        ),
        Question(
            "national_id",
            _("Barnets fødselsnummer"),
            Ask.NATIONAL_ID,
            help=_("11 siffer. Du kan hoppe over dette."),
        ),
        Question(
            "address",
            _("Hvor bor barnet?"),
            help=_("Gateadresse, postnummer og sted."),
            shown=unprotected,
        ),
        Question("place", _("Hvilken barnehage eller skole går barnet i?"), shown=unprotected),
        Question("language", _("Hvilke språk snakker dere hjemme?")),
    ),
)

FAMILY = Step(
    "familien",
    _("Familien"),
    _("Hvem bor barnet sammen med, og hvem andre er viktige for barnet?"),
    (
        Question(
            "responsibility",
            _("Har du foreldreansvar for barnet?"),
            Ask.ONE,
            YES_NO_UNSURE,
            help=_("Foreldreansvar er retten og plikten til å bestemme for barnet."),
        ),
        Question("lives_with", _("Bor barnet hos deg?"), Ask.ONE, LIVES_WITH),
    ),
    each=(
        Question("name", _("Navn")),
        Question("relation", _("Hva er personen for barnet?"), Ask.ONE, PEOPLE_RELATIONS),
        Question("responsibility", _("Har personen foreldreansvar?"), Ask.ONE, YES_NO_UNSURE),
        Question("lives_with", _("Bor barnet hos personen?"), Ask.ONE, LIVES_WITH),
        Question(
            "safe",
            _("Er det trygt for dere at vi tar kontakt med personen?"),
            Ask.ONE,
            YES_NO_UNSURE,
            help=_("Vi tar aldri kontakt med noen før vi har snakket med deg."),
        ),
        Question("phone", _("Telefonnummer"), Ask.PHONE),
        Question("email", _("E-postadresse"), Ask.EMAIL),
        Question("language", _("Språk, og om personen trenger tolk")),
    ),
)

CONCERN = Step(
    "bekymringen",
    _("Det dere strever med"),
    _("Skriv så mye eller lite du vil. Stikkord er fint."),
    (
        Question(
            "situations",
            _("Når er det vanskelig?"),
            Ask.MANY,
            (
                ("bedtime", _("Legging")),
                ("getting_up", _("Å stå opp")),
                ("meals", _("Måltider")),
                ("toothbrushing", _("Tannpuss")),
                ("directions", _("Å følge beskjeder")),
                ("siblings", _("Sammen med søsken")),
                ("peers", _("Sammen med andre barn")),
                ("transitions", _("Overganger, som å gå fra lek til mat")),
                ("other", _("Noe annet")),
            ),
            help=_("Velg alt som passer."),
        ),
        Question(
            "examples",
            _("Fortell om en situasjon som er vanskelig"),
            Ask.LONG,
            help=_("Hva skjer, hva gjør barnet, og hva gjør du?"),
        ),
        Question(
            "duration",
            _("Hvor lenge har det vært vanskelig?"),
            Ask.ONE,
            (
                ("under_6_months", _("Under seks måneder")),
                ("over_6_months", _("Seks måneder eller mer")),
                ("unknown", _("Vet ikke")),
                TALK,
            ),
        ),
        Question(
            "negativity",
            _("Er det mye kjefting, krangling eller sinne mellom dere?"),
            Ask.ONE,
            (
                ("no", _("Nei, ikke mye")),
                ("under_6_months", _("Ja, i under seks måneder")),
                ("over_6_months", _("Ja, i seks måneder eller mer")),
                ("unknown", _("Vet ikke")),
                TALK,
            ),
        ),
        Question(
            "arenas",
            _("Hvor er det vanskelig?"),
            Ask.MANY,
            (
                ("home", _("Hjemme")),
                ("kindergarten_or_school", _("I barnehagen eller på skolen")),
                ("leisure", _("I fritiden")),
            ),
        ),
        Question("tried", _("Hva har dere prøvd?"), Ask.LONG),
        Question("goes_well", _("Hva går bra?"), Ask.LONG),
    ),
)

SERVICES = Step(
    "annen-hjelp",
    _("Annen hjelp"),
    _("Får eller har dere fått hjelp fra andre?"),
    (
        Question(
            "services",
            _("Hvem har hjulpet dere?"),
            Ask.MANY,
            (
                ("health_station", _("Helsestasjon eller skolehelsetjeneste")),
                ("kindergarten", _("Barnehage")),
                ("school", _("Skole")),
                ("ppt", _("PPT (pedagogisk-psykologisk tjeneste)")),
                ("child_welfare", _("Barnevernet")),
                ("family_office", _("Familievernkontor")),
                ("gp", _("Fastlege")),
                ("bup", _("BUP (barne- og ungdomspsykiatrisk poliklinikk)")),
                ("other", _("Andre")),
            ),
            help=_("Velg alle som hjelper dere nå, eller har gjort det før."),
        ),
        Question("details", _("Hva slags hjelp, og når?"), Ask.LONG),
    ),
)

HOPES = Step(
    "onsker",
    _("Det dere ønsker"),
    "",
    (
        Question("hopes", _("Hva håper dere blir annerledes?"), Ask.LONG),
        Question(
            "format",
            _("Vil dere helst møte oss alene eller sammen med andre foreldre?"),
            Ask.ONE,
            (
                ("alone", _("Alene")),
                ("group", _("Sammen med andre foreldre")),
                ("either", _("Begge deler er fint")),
                TALK,
            ),
        ),
        Question(
            "practical",
            _("Er det noe praktisk vi bør vite?"),
            Ask.LONG,
            help=_("For eksempel tider som passer, barnepass eller reisevei."),
        ),
    ),
)

VIEW_OF_CHILD = Step(
    "barnets-mening",
    _("Barnets mening"),
    _("Barn har rett til å si hva de mener. Du kan også svare at dere ikke har snakket om det."),
    (
        Question(
            "told",
            _("Vet barnet at dere ber om hjelp?"),
            Ask.ONE,
            (("yes", _("Ja")), ("no", _("Nei")), ("later", _("Ikke ennå")), TALK),
        ),
        Question("view", _("Hva sier barnet selv?"), Ask.LONG),
    ),
)

CONSENT = Step(
    "samtykke",
    _("Informasjon og samtykke"),
    "",
    (
        Question(
            "place_contact",
            _("Kan vi kontakte barnehagen eller skolen om barnet?"),
            Ask.ONE,
            (
                ("yes", _("Ja, jeg samtykker til at dere kontakter barnehagen eller skolen")),
                ("no", _("Nei, jeg samtykker ikke til det")),
                ("later", _("Jeg vil bestemme det senere")),
            ),
            help=_("Du kan ombestemme deg når som helst. Svaret påvirker ikke om dere får hjelp."),
            shown=unprotected,
        ),
        Question(
            "notice_read",
            _("Jeg har lest hvordan kommunen bruker det jeg skriver"),
            Ask.TICK,
            required=True,
            missing=_("Les informasjonen over, og kryss av for at du har lest den."),
        ),
    ),
    notice="referrals/_notice.html",
)

STEPS = (YOU, CONTACT, CHILD, FAMILY, CONCERN, SERVICES, HOPES, VIEW_OF_CHILD, CONSENT)

CALL_ME = Step(
    "ring-meg",
    _("Ring meg"),
    "",
    (
        Question("name", _("Hva heter du?"), required=True, autocomplete="name"),
        Question(
            "phone",
            _("Telefonnummer"),
            Ask.PHONE,
            help=_("Åtte siffer, eller med landkode."),
            required=True,
            autocomplete="tel",
        ),
        Question("language", _("Hvilket språk vil du helst snakke?"), autocomplete="language"),
        Question(
            "child_age",
            _("Hvor gammelt er barnet?"),
            Ask.AGE,
            help=_("Hele år."),
            required=True,
        ),
        Question(
            "when",
            _("Når er det trygt at vi ringer?"),
            help=_("For eksempel «hverdager etter 12». Vi ringer i kontortiden."),
        ),
    ),
)

PARENT = Door("parent", "form", STEPS, sender=("deg", "kontakt", "familien"), people="familien")
CALL = Door("call_me", "call_me", (CALL_ME,), sender=("ring-meg",))
