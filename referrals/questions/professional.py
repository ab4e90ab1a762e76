"""What somebody who works with children is asked: of «barnet» and «foreldrene», never «dere»."""

from django.utils.translation import gettext_lazy as _

from referrals.questions.asking import (
    LIVES_WITH,
    RELATIONS,
    ROLES,
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
from referrals.questions.parent import CONCERN as PARENTS_CONCERN
from referrals.questions.parent import SERVICES as PARENTS_SERVICES

YOU = Step(
    "fagperson",
    _("Deg"),
    _("Først litt om deg som henviser."),
    (
        Question("name", _("Hva heter du?"), required=True, autocomplete="name"),
        Question("role", _("Hvor jobber du?"), Ask.ONE, ROLES, required=True),
        Question(
            "protection",
            _("Har noen i familien hemmelig adresse, eller må stedet de bor holdes skjult?"),
            Ask.ONE,
            YES_NO_TALK,
            help=_(
                "For eksempel adressesperre i Folkeregisteret eller opphold på krisesenter. "
                "Svarer du ja, spør vi ikke om adresse, barnehage, skole eller arbeidsstedet ditt."
            ),
            required=True,
        ),
    ),
)

WORK = Step(
    "kontakt",
    _("Arbeidssted"),
    _("Skriv telefonnummeret eller e-postadressen du har på jobb."),
    (
        Question(
            "workplace",
            _("Hva heter arbeidsstedet ditt?"),
            help=_("For eksempel navnet på barnehagen, skolen eller helsestasjonen."),
            autocomplete="organization",
            shown=unprotected,
        ),
        Question("title", _("Hva er stillingen din?"), autocomplete="organization-title"),
        Question(
            "phone",
            _("Telefonnummer på jobb"),
            Ask.PHONE,
            help=_("Åtte siffer, eller med landkode."),
            autocomplete="tel",
        ),
        Question(
            "email",
            _("E-postadresse på jobb"),
            Ask.EMAIL,
            help=_("Vi skriver aldri noe om barnet i en e-post."),
            autocomplete="email",
        ),
        Question("when", _("Når passer det best at vi ringer deg?")),
    ),
    one_of=("phone", "email"),
    none_of=_("Skriv telefonnummeret eller e-postadressen du har på jobb, så vi kan nå deg."),
)

INFORMED = (
    ("spoken", _("Ja, jeg har snakket med personen")),
    ("written", _("Ja, skriftlig")),
    ("no", _("Nei")),
)
AGREES = (
    ("yes", _("Ja, personen har sagt ja")),
    ("no", _("Nei, personen har sagt nei")),
    ("not_asked", _("Personen er ikke spurt")),
)
# Of each parent, for everybody who refers on a parent's behalf.
AGREEMENT = (
    Question("informed", _("Vet personen om henvisningen?"), Ask.ONE, INFORMED),
    Question("why_not", _("Hvis nei: hvorfor vet ikke personen om den?")),
    Question("agrees", _("Har personen sagt ja til henvisningen?"), Ask.ONE, AGREES),
)
ABOUT_A_PARENT = (
    Question("relation", _("Hva er personen for barnet?"), Ask.ONE, RELATIONS),
    Question(
        "responsibility",
        _("Har personen foreldreansvar?"),
        Ask.ONE,
        YES_NO_UNSURE,
        help=_("Foreldreansvar er retten og plikten til å bestemme for barnet."),
    ),
    Question("lives_with", _("Bor barnet hos personen?"), Ask.ONE, LIVES_WITH),
    Question("phone", _("Telefonnummer"), Ask.PHONE),
    Question("email", _("E-postadresse"), Ask.EMAIL),
    Question(
        "safe",
        _("Er det trygt for barnet og familien at vi tar kontakt med personen?"),
        Ask.ONE,
        YES_NO_UNSURE,
    ),
    Question("language", _("Hvilket språk snakker personen helst?")),
    Question("interpreter", _("Trenger personen tolk?"), Ask.ONE, YES_NO),
)

PARENTS = Step(
    "foreldrene",
    _("Foreldrene"),
    _(
        "Minst én med foreldreansvar må ha sagt ja til henvisningen. Skriv om alle som har "
        "foreldreansvar, også dem du ikke har snakket med."
    ),
    each=(Question("name", _("Navn"), required=True), *ABOUT_A_PARENT, *AGREEMENT),
    least=1,
    needs_agreement=True,
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
        Question("language", _("Hvilke språk snakker barnet hjemme?")),
    ),
)

OF_PARENTS = {question.key: question for question in PARENTS_CONCERN.questions}
CONCERN = Step(
    "bekymringen",
    _("Bekymringen"),
    _("Skriv det du selv har sett, og det foreldrene har fortalt. Stikkord er fint."),
    (
        OF_PARENTS["situations"],
        Question(
            "examples",
            _("Fortell om en situasjon som er vanskelig"),
            Ask.LONG,
            help=_("Hva skjer, hva gjør barnet, og hva gjør de voksne?"),
        ),
        OF_PARENTS["duration"],
        Question(
            "negativity",
            _("Er det mye kjefting, krangling eller sinne mellom barnet og foreldrene?"),
            Ask.ONE,
            OF_PARENTS["negativity"].choices,
        ),
        OF_PARENTS["arenas"],
        Question("tried", _("Hva er prøvd?"), Ask.LONG),
        OF_PARENTS["goes_well"],
    ),
)

SERVICES = Step(
    "annen-hjelp",
    _("Annen hjelp"),
    _("Får eller har barnet og foreldrene fått hjelp fra andre?"),
    (
        Question(
            "services",
            _("Hvem har hjulpet dem?"),
            Ask.MANY,
            PARENTS_SERVICES.questions[0].choices,
            help=_("Velg alle som hjelper nå, eller har gjort det før."),
        ),
        Question("details", _("Hva slags hjelp, og når?"), Ask.LONG),
    ),
)

HOPES = Step(
    "onsker",
    _("Det du håper på"),
    "",
    (
        Question("hopes", _("Hva håper du blir annerledes for barnet?"), Ask.LONG),
        Question("parents_hopes", _("Hva ønsker foreldrene selv?"), Ask.LONG),
        Question(
            "practical",
            _("Er det noe praktisk vi bør vite?"),
            Ask.LONG,
            help=_("For eksempel tider som passer foreldrene, eller møter som er avtalt."),
        ),
    ),
)

VIEW_OF_CHILD = Step(
    "barnets-mening",
    _("Barnets mening"),
    _("Barn har rett til å si hva de mener. Du kan også svare at ingen har snakket om det."),
    (
        Question(
            "told",
            _("Vet barnet om henvisningen?"),
            Ask.ONE,
            (
                ("yes", _("Ja")),
                ("no", _("Nei")),
                ("later", _("Ikke ennå")),
                ("unknown", _("Vet ikke")),
                TALK,
            ),
        ),
        Question("view", _("Hva sier barnet selv?"), Ask.LONG),
        Question(
            "told_by",
            _("Hvem har barnet sagt det til?"),
            help=_("For eksempel deg, mor eller en annen i barnehagen."),
        ),
    ),
)

CONFIRM = Step(
    "bekreft",
    _("Bekreft"),
    "",
    (
        Question(
            "consent",
            _("Foreldrene er informert og har sagt ja slik jeg har svart"),
            Ask.TICK,
            required=True,
            missing=_("Kryss av for at det du har svart om foreldrene, stemmer."),
        ),
        Question(
            "notice_read",
            _("Jeg har lest hvordan kommunen bruker det jeg skriver"),
            Ask.TICK,
            required=True,
            missing=_("Les informasjonen over, og kryss av for at du har lest den."),
        ),
    ),
    notice="referrals/_professional_notice.html",
)

PROFESSIONAL = Door(
    "professional",
    "professional",
    (YOU, WORK, PARENTS, CHILD, CONCERN, SERVICES, HOPES, VIEW_OF_CHILD, CONFIRM),
    sender=("fagperson", "kontakt"),
    people="foreldrene",
)


def lacking(people):
    """(number of the person, what stands in the way) when it cannot be sent; else None.

    A referral needs one holder of parental responsibility who has said yes, and none who has
    said no. That another one is not asked stops nothing: the coordinator sees it.
    """
    holders = [(n, one) for n, one in enumerate(people) if one.get("responsibility") == "yes"]
    for number, one in holders:
        if one.get("agrees") == "no":
            return number, _(
                "Henvisningen kan ikke sendes når en som har foreldreansvar, har sagt nei."
            )
    if not any(one.get("agrees") == "yes" for _number, one in holders):
        return 0, _(
            "Henvisningen kan ikke sendes før minst én som har foreldreansvar, har sagt ja."
        )
    return None
