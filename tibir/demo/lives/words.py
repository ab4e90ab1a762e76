"""What is written of a meeting: what was done, how the week had been, and what to try at home."""

from interventions.kinds import Component, ServiceKind
from interventions.states import MeetingState

NO_SHOW, EXCUSED, LATE = (
    MeetingState.NO_SHOW, MeetingState.EXCUSED, MeetingState.LATE_CANCELLATION
)  # fmt: skip
# What becomes of one in so many meetings, and why.
MISSED = [
    (EXCUSED, "Barnet hadde feber."),
    (NO_SHOW, "Kom ikke, og svarte ikke da jeg ringte. Mor ringte selv dagen etter."),
    (LATE, "Far måtte på jobb. De sa fra samme morgen."),
    (EXCUSED, "Hele familien lå syke."),
    (LATE, "Bilen startet ikke."),
]

C = Component
# (what was done, what of the programme it was, what to try at home)
WORKED_ON = [
    ("Gikk gjennom uka. Foreldrene hadde gitt korte og tydelige beskjeder til faste tider.",
     [C.DIRECTIONS], "Én beskjed om gangen, og vente i fem sekunder."),
    ("Rollespill: å gi en beskjed på en rolig måte og vente. Alle prøvde, og lo av det.",
     [C.DIRECTIONS, C.ENCOURAGEMENT], "To beskjeder om dagen som dere har øvd på."),
    ("Laget et belønningskart sammen. Barnet skal selv velge hva det sparer til.",
     [C.ENCOURAGEMENT], "Belønningskartet hver kveld."),
    ("Snakket om hva som er lett å oppmuntre, og skrev ned fem ting til kjøleskapsdøra.",
     [C.ENCOURAGEMENT, C.INVOLVEMENT], "Fem oppmuntringer om dagen."),
    ("Øvde på rolig konsekvens. Viktigst var å kunne slutte å diskutere.",
     [C.LIMITS, C.EMOTIONS], "Rolig konsekvens én gang, og snakke om den etterpå."),
    ("Så på hvem som gjør hva når det toppet seg sist, og ble enige om å bytte tidligere.",
     [C.EMOTIONS, C.COMMUNICATION], "Bytte når dere kjenner at dere blir sinte."),
    ("Løste et problem sammen etter trinnene: mål, forslag, valg, avtale.",
     [C.PROBLEM_SOLVING], "Et familiemøte på ti minutter."),
    ("Fulgte opp samarbeidet med barnehage eller skole. De sier det samme nå.",
     [C.SCHOOL, C.SUPERVISION], "Spørre om én god ting fra dagen."),
]  # fmt: skip
WEEKS = [
    "Det gikk lettere enn sist.",
    "Det var en tyngre uke enn de andre: to kvelder endte med roping.",
    "De la merke til det selv: det er stillere hjemme.",
    "De fikk det til fem av sju dager.",
    "Det skar seg i helga, da det var besøk. De tok det opp igjen mandag.",
    "Far har øvd mest denne uka, og fikk høre at det merkes.",
    "Uka var som de andre. De er litt utålmodige.",
]
SEEN = [
    "De er gode til å rose hverandre.",
    "Jeg så at den ene tar ordet fort. Begge må få øve.",
    "De var slitne i dag, og vi holdt oss til én ting.",
    "De lo mye da de så seg selv på film.",
    "De kom med egne eksempler og trengte lite hjelp.",
]


# Of the meetings of the child, and of those who are with it by day.
BESIDE = {
    ServiceKind.SOCIAL_SKILLS: [
        "Øvde på å be om å få være med, og på å vente på tur.",
        "Rollespill med to andre: å si nei uten å dytte. Gikk bra på tredje forsøk.",
        "Snakket om hva en gjør når noen tar det en holdt på med.",
        "Øvde på å lytte. Trengte en pause halvveis, og kom tilbake selv.",
        "Spilte et spill til det var ferdig. Tapte, og sa «bra spilt».",
        "Øvde på å gi ros til en annen. Rødmet, men gjorde det.",
        "Laget en plan for friminuttet: hvem, hva, og hva hvis det ikke går.",
        "Siste samling. Fortalte de andre hva som er lettere nå.",
    ],
    ServiceKind.CONSULTATION: [
        "Gikk gjennom en vanlig dag. Overgangene etter friminutt er vanskeligst.",
        "Øvde på korte beskjeder, nær barnet og uten publikum.",
        "Ble enige om fem ting å rose, og hvem som gjør det når.",
        "Så på hva de voksne gjør når det topper seg. De bytter tidligere nå.",
        "Laget et kort med tre steg for urolige overganger. Det henger ved døra.",
        "Oppsummerte. Det er færre hendelser, og de vil fortsette selv.",
    ],
}

# The same where one parent comes alone.
ALONE = {
    "Far måtte på jobb. De sa fra samme morgen.": "Måtte på jobb. Sa fra samme morgen.",
    "Kom ikke, og svarte ikke da jeg ringte. Mor ringte selv dagen etter.":
        "Kom ikke, og svarte ikke da jeg ringte. Ringte selv dagen etter.",
    WORKED_ON[0][0]: "Gikk gjennom uka. Mor hadde gitt korte, tydelige beskjeder til faste tider.",
    WORKED_ON[1][0]: "Rollespill: å gi en beskjed på en rolig måte og vente. Vi byttet på rollene.",
    WORKED_ON[5][0]: "Så på hva som skjedde da det toppet seg sist, og hva som kan stoppe det før.",
    WORKED_ON[5][2]: "Gå ut på kjøkkenet og telle til ti når du kjenner at du blir sint.",
    WORKED_ON[1][2]: "To beskjeder om dagen som du har øvd på.",
    WORKED_ON[7][0]: "Fulgte opp samarbeidet med barnehagen eller skolen. De sier det samme nå.",
    WEEKS[2]: "Hun la merke til det selv: det er stillere hjemme.",
    WEEKS[3]: "Hun fikk det til fem av sju dager.",
    WEEKS[4]: "Det skar seg i helga, da de hadde besøk. Hun tok det opp igjen mandag.",
    WEEKS[5]: "Mormor har øvd også, og det merkes.",
    WEEKS[6]: "Uka var som de andre. Hun er litt utålmodig.",
    SEEN[0]: "Hun er god til å rose.",
    SEEN[1]: "Hun er strengere mot seg selv enn mot barnet. Vi snakket om det.",
    SEEN[2]: "Hun var sliten i dag, og vi holdt oss til én ting.",
    SEEN[3]: "Hun lo mye da hun så seg selv på film.",
    SEEN[4]: "Hun kom med egne eksempler og trengte lite hjelp.",
}  # fmt: skip

# What the parents say when it is over: (useful, what helped, what could be better).
SAID = [
    ("Å øve sammen.", "At vi gjør det likt.", "Vi skulle gjerne kommet i gang før."),
    ("Rollespillene, selv om de var flaue.", "Korte beskjeder.", "Møter på kveldstid."),
    ("Å se at det går an.", "Belønningskartet.", "Ingenting. Takk."),
    ("At noen spurte hvordan vi har det.", "Å bytte før jeg blir sint.", ""),
]
SAID_ALONE = [
    ("Å ha noen å øve med.", "Korte beskjeder.", "Jeg skulle gjerne kommet i gang før."),
    ("At noen spurte hvordan jeg har det.", "Belønningskartet.", ""),
]


def fitting(text, about):
    """As it is said of one parent, where there is one."""
    return text if about.father else ALONE.get(text, text)


def told(about, number, kind):
    """The note of a meeting; no two of a family are alike before the two hundred and eightieth."""
    if kind in BESIDE:
        return BESIDE[kind][number % len(BESIDE[kind])]
    said = [WORKED_ON[number % len(WORKED_ON)][0], WEEKS[number % len(WEEKS)],
            SEEN[number % len(SEEN)]]  # fmt: skip
    text = " ".join(fitting(each, about) for each in said)
    return text if number % 6 else f"{text} Om barnet sier mor: «{about.good}»"


def to_try(about, number):
    """(components, what to try at home) of that meeting."""
    components, assignment = WORKED_ON[number % len(WORKED_ON)][1:]
    return components, fitting(assignment, about)


def assessed(about, level):
    """What the report says of how it went; 1.0 is as hard as when they came."""
    dere = "Dere" if about.father else "Du"
    came = f"{dere} kom til oss fordi det var vanskelig hjemme: «{about.examples}» Målet var: "
    if level > 0.7:
        went = f"Noe er lettere, men ikke nok. {dere} har øvd mye, og trenger mer hjelp enn dette."
    else:
        went = f"Nå er det roligere. {dere} vet hva som hjelper når det topper seg, og gjør det."
    return f"{came}«{about.goal}» {went}"
