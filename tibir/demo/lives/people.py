"""Forty families that Fjordvik has met in three years, and who met them. Nobody here exists."""

from dataclasses import dataclass
from enum import StrEnum

from tibir.accounts.models import Qualification, Role

Kind, Status = Qualification.Kind, Qualification.Status


class Life(StrEnum):
    """What became of a family with us."""

    COUNSELLED = "rådgivning, fullført"
    COUNSELLING_LEFT = "rådgivning, familien ville ikke mer"
    THERAPY = "PMTO-terapi, fullført"
    THERAPY_LONG = "PMTO-terapi, over tretti møter"
    THERAPY_NOW = "PMTO-terapi, i gang"
    THERAPY_PAUSED = "PMTO-terapi, på pause"
    THERAPY_MOVED = "PMTO-terapi, familien flyttet"
    THERAPY_SKILLS = "PMTO-terapi med sosial ferdighetstrening"
    THERAPY_SCHOOL = "PMTO-terapi med konsultasjon i barnehage eller skole"
    TRAINEE = "rådgivning av en under opplæring"
    STEPPED_UP = "rådgivning, så PMTO-terapi"
    BACK_AGAIN = "rådgivning to ganger, med et år mellom"
    WAITING = "kartlagt, venter på oppstart"
    ABOUT_TO_BEGIN = "kartlagt, skal begynne"
    REFERRED_ON = "henvist videre"


class Met(StrEnum):
    TODAY = "i dag"
    YESTERDAY = "i går"


# (e-mail, name, role, qualifications): they do not stand on the login page.
COLLEAGUES = [
    ("solveig", "Solveig Nesheim", Role.PRACTITIONER,
     [(Kind.SCREENER, ""), (Kind.COUNSELLOR, ""), (Kind.PMTO_THERAPIST, "")]),
    ("jonas", "Jonas Bråten", Role.PRACTITIONER,
     [(Kind.SCREENER, ""), (Kind.PMTO_THERAPIST, "")]),
    ("hanne", "Hanne Lundemo", Role.PRACTITIONER,
     [(Kind.COUNSELLOR, ""), (Kind.CONSULTANT, ""), (Kind.SCREENER, "")]),
    ("ingrid", "Ingrid Aaslid", Role.PRACTITIONER,
     [(Kind.SOCIAL_SKILLS_TRAINER, ""), (Kind.SCREENER, "")]),
    ("amund", "Amund Rødseth", Role.PRACTITIONER,
     [(Kind.SCREENER, ""), (Kind.COUNSELLOR, "solveig")]),
]  # fmt: skip


@dataclass(frozen=True)
class Family:
    """One family: its people, what was hard, and how long ago it began."""

    days_ago: int
    life: Life
    child: tuple[str, str, int]  # first name, last name, years old when they came
    mother: str
    father: str = ""
    apart: bool = False  # the father lives elsewhere
    is_met: Met | None = None  # so that the day of whoever looks has something in it
    leaves_a_draft: bool = False  # the last note is not signed yet
    place: str = ""
    hard: str = ""
    examples: str = ""
    good: str = ""
    goal: str = ""


FAMILIES = [
    Family(1080, Life.COUNSELLED, ("Tuva", "Grindheim", 4), "Marit Grindheim", "Stian Grindheim",
           place="Solkroken barnehage", hard="bedtime",
           examples="Leggingen tar to timer, og alle er såre når det er over.",
           good="Hun synger for lillebroren.", goal="At vi er ferdige til klokka åtte."),
    Family(1062, Life.THERAPY, ("Elias", "Vestbø", 7), "Linn Vestbø", "Geir Vestbø", apart=True,
           place="Nordbygda skole", hard="directions",
           examples="Han nekter det meste og roper til oss flere ganger om dagen.",
           good="Han er god med dyrene på gården.", goal="At han gjør det han får beskjed om."),
    Family(1041, Life.THERAPY_SKILLS, ("Ahmed", "Warsame", 8), "Hodan Warsame", "Yusuf Warsame",
           place="Nordbygda skole", hard="peers",
           examples="Han havner i krangel hvert friminutt, og kommer hjem og sparker i dører.",
           good="Han er morsom og fort til å hjelpe.", goal="At han har en å være sammen med."),
    Family(1013, Life.COUNSELLED, ("Nora", "Haugdal", 3), "Silje Haugdal",
           place="Fjellheim barnehage", hard="meals",
           examples="Hun spytter ut maten og løper fra bordet.",
           good="Hun er nysgjerrig på alt.", goal="At vi kan spise et måltid sammen."),
    Family(990, Life.REFERRED_ON, ("Ole-Jakob", "Sæterdal", 12), "Berit Sæterdal", "Arne Sæterdal",
           place="Nordbygda skole", hard="other",
           examples="Han går ikke på skolen lenger.", good="Han er flink med datamaskiner."),
    Family(968, Life.THERAPY_LONG, ("Máret", "Gaup", 6), "Inga Gaup", "Nils Ante Gaup",
           place="Nordbygda skole", hard="siblings",
           examples="Hun slår broren sin så vi ikke tør gå fra dem.",
           good="Hun er glad i å være ute.", goal="At de to kan være i samme rom."),
    Family(941, Life.COUNSELLED, ("Filip", "Kowalski", 5), "Agnieszka Kowalska",
           "Marcin Kowalski", place="Solkroken barnehage", hard="getting_up",
           examples="Morgenen er en kamp, og vi kommer for sent på jobb.",
           good="Han tegner fine dinosaurer.", goal="En morgen uten gråt."),
    Family(917, Life.THERAPY, ("Sigrid", "Oppedal", 9), "Anne Oppedal", "Trond Oppedal",
           place="Nordbygda skole", hard="directions",
           examples="Hun lyver om lekser og blir rasende når vi spør.",
           good="Hun leser alt hun kommer over.", goal="At vi kan stole på hverandre."),
    Family(893, Life.COUNSELLING_LEFT, ("Leon", "Myrseth", 6), "Kristin Myrseth",
           place="Nordbygda skole", hard="bedtime",
           examples="Han vil ikke sove alene.", good="Han bygger høye tårn.",
           goal="At han sover i sin egen seng."),
    Family(870, Life.BACK_AGAIN, ("Vilde", "Storhaug", 5), "Mona Storhaug", "Lars Storhaug",
           place="Fjellheim barnehage", hard="transitions",
           examples="Å gå fra barnehagen tar en halv time og ender med bæring.",
           good="Hun er kjempesterk i klatrestativet.", goal="At vi kan gå hjem hånd i hånd."),
    Family(846, Life.THERAPY_SCHOOL, ("Johannes", "Tveitan", 7), "Randi Tveitan",
           "Olav Tveitan", place="Nordbygda skole", hard="directions",
           examples="Han forlater timen og knuser ting når noen stopper ham.",
           good="Han elsker musikk.", goal="At en skoledag går bra fra start til slutt."),
    Family(820, Life.COUNSELLED, ("Selma", "Ulriksen", 4), "Camilla Ulriksen", "Petter Ulriksen",
           apart=True, place="Solkroken barnehage", hard="transitions",
           examples="Hver gang hun bytter hjem, er de to første dagene fulle av gråt.",
           good="Hun er god til å si hva hun føler.", goal="At byttene blir rolige."),
    Family(797, Life.THERAPY_MOVED, ("Adrian", "Fosshaug", 8), "Hege Fosshaug", "Kim Fosshaug",
           place="Nordbygda skole", hard="peers",
           examples="Han truer andre barn og ler når vi snakker om det.",
           good="Han er snill mot bestemor.", goal="At han kan leke uten at noen gråter."),
    Family(771, Life.TRAINEE, ("Iselin", "Bakkejord", 3), "Turid Bakkejord",
           place="Fjellheim barnehage", hard="toothbrushing",
           examples="Tannpussen tar en time.", good="Hun ler av alt.",
           goal="Tannpuss på fem minutter."),
    Family(748, Life.THERAPY, ("Mikkel", "Rasmussen", 10), "Trine Rasmussen", "Bo Rasmussen",
           place="Nordbygda skole", hard="directions",
           examples="Han kaller oss stygge ting og kaster det han har i hendene.",
           good="Han er en god keeper.", goal="At vi snakker pent til hverandre."),
    Family(723, Life.COUNSELLED, ("Aurora", "Lillebø", 5), "Janne Lillebø", "Espen Lillebø",
           place="Solkroken barnehage", hard="siblings",
           examples="De tre søsknene krangler fra de står opp.",
           good="Hun passer på de minste.", goal="At de kan spille et spill ferdig."),
    Family(699, Life.STEPPED_UP, ("Kasper", "Hjortland", 6), "Ida Hjortland", "Roar Hjortland",
           place="Nordbygda skole", hard="directions",
           examples="Vi har prøvd alt. Han hører ikke før vi roper.",
           good="Han er omsorgsfull når noen er syke.", goal="At vi slutter å rope."),
    Family(675, Life.THERAPY_SKILLS, ("Layla", "Haddad", 9), "Rana Haddad", "Samir Haddad",
           place="Nordbygda skole", hard="peers",
           examples="Hun er alene i friminuttene og blir sint når noen snakker til henne.",
           good="Hun er god i matematikk.", goal="At hun vil på skolen."),
    Family(650, Life.COUNSELLED, ("Theodor", "Engeset", 4), "Maja Engeset",
           place="Fjellheim barnehage", hard="bedtime",
           examples="Han står opp ti ganger hver kveld.", good="Han er tålmodig med katten.",
           goal="At han blir liggende."),
    Family(627, Life.THERAPY, ("Live", "Skaret", 7), "Gunn Skaret", "Jarle Skaret", apart=True,
           place="Nordbygda skole", hard="getting_up",
           examples="Hun kommer ikke på skolen før ti.", good="Hun lager mat med bestefar.",
           goal="På skolen til det ringer, fire av fem dager."),
    Family(601, Life.COUNSELLED, ("Emrik", "Solvang", 5), "Vigdis Solvang", "Tore Solvang",
           place="Solkroken barnehage", hard="meals",
           examples="Han spiser bare hvit mat.", good="Han kan alle bilmerker.",
           goal="At han smaker på én ny ting i uka."),
    Family(578, Life.COUNSELLED, ("Sanna", "Balto", 6), "Berit Anne Balto", "Jon Balto",
           place="Nordbygda skole", hard="directions",
           examples="Leksene ender med gråt hver dag.", good="Hun joiker for oss.",
           goal="Lekser på en halv time."),
    Family(553, Life.THERAPY_PAUSED, ("Noel", "Askvik", 8), "Stine Askvik", "Morten Askvik",
           place="Nordbygda skole", hard="siblings",
           examples="Han er hard mot lillesøster.", good="Han er stolt når han får ansvar.",
           goal="At hun ikke er redd ham."),
    Family(529, Life.COUNSELLED, ("Ronja", "Heggland", 4), "Eva Heggland", "Dag Heggland",
           place="Fjellheim barnehage", hard="transitions",
           examples="Hun legger seg ned på butikkgulvet.", good="Hun husker alle sanger.",
           goal="En handletur uten skrik."),
    Family(504, Life.THERAPY, ("Isak", "Nordmo", 6), "Elin Nordmo", "Vegard Nordmo",
           place="Nordbygda skole", hard="directions",
           examples="Han biter og slår oss når vi sier nei.", good="Han trøster gjerne.",
           goal="At et nei er greit."),
    Family(480, Life.TRAINEE, ("Ylva", "Rognlien", 5), "Tone Rognlien", "Even Rognlien",
           place="Solkroken barnehage", hard="bedtime",
           examples="Hun er redd for å sove.", good="Hun finner på lange eventyr.",
           goal="At hun sovner på sitt eget rom."),
    Family(455, Life.COUNSELLING_LEFT, ("Birk", "Haukås", 3), "Sara Haukås",
           place="Fjellheim barnehage", hard="meals",
           examples="Han kaster maten.", good="Han danser.", goal="At maten blir på bordet."),
    Family(431, Life.THERAPY_SCHOOL, ("Emil", "Dybdahl", 9), "Nina Dybdahl", "Rune Dybdahl",
           place="Nordbygda skole", hard="peers",
           examples="Læreren ringer flere ganger i uka.", good="Han er rask på ski.",
           goal="En uke uten telefon fra skolen."),
    Family(406, Life.COUNSELLED, ("Alma", "Brekke", 6), "Heidi Brekke", "Jens Brekke",
           place="Nordbygda skole", hard="directions",
           examples="Hun gjør det motsatte av det vi ber om.", good="Hun er god mot de små.",
           goal="At vi slipper å mase."),
    Family(380, Life.THERAPY, ("Samuel", "Okafor", 7), "Grace Okafor", "Daniel Okafor",
           place="Nordbygda skole", hard="siblings",
           examples="Han og tvillingbroren slåss til blods.", good="De deler alt når det er bra.",
           goal="At de kan dele rom."),
    Family(352, Life.STEPPED_UP, ("Hedda", "Sandvær", 4), "Lise Sandvær", "Knut Sandvær",
           place="Solkroken barnehage", hard="directions",
           examples="Hun bestemmer alt hjemme.", good="Hun er ei god venninne.",
           goal="At de voksne bestemmer."),
    Family(326, Life.COUNSELLED, ("Oskar", "Melhus", 5), "Guro Melhus", "Sindre Melhus",
           apart=True, place="Fjellheim barnehage", hard="bedtime",
           examples="Han sovner sent begge steder.", good="Han teller til tusen.",
           goal="Likt i begge hjem."),
    Family(196, Life.THERAPY_NOW, ("Wilma", "Tangen", 8), "Britt Tangen", "Asle Tangen",
           place="Nordbygda skole", hard="directions",
           examples="Hun stikker av når hun blir sint.", good="Hun er modig.",
           goal="At hun blir, og sier hva som er galt.", is_met=Met.TODAY),
    Family(172, Life.THERAPY_NOW, ("Jakob", "Ravnås", 6), "Mari Ravnås", "Ståle Ravnås",
           apart=True, place="Nordbygda skole", hard="peers",
           examples="Han ødelegger leken for de andre.", good="Han er god til å si unnskyld.",
           goal="At han kan tape i et spill.", is_met=Met.TODAY),
    Family(188, Life.THERAPY_SKILLS, ("Emma", "Liavåg", 7), "Wenche Liavåg", "Frode Liavåg",
           place="Nordbygda skole", hard="peers",
           examples="Hun slår når andre vil være med.", good="Hun tar vare på de som faller.",
           goal="At hun kan leke to og to."),
    Family(155, Life.THERAPY_PAUSED, ("Magnus", "Eikrem", 10), "Karin Eikrem", "Bjarne Eikrem",
           place="Nordbygda skole", hard="directions",
           examples="Han sitter oppe om natta og er rasende om dagen.", good="Han lager film.",
           goal="Å sove om natta."),
    Family(176, Life.COUNSELLED, ("Signe", "Vollan", 4), "Ragnhild Vollan", "Audun Vollan",
           place="Solkroken barnehage", hard="transitions",
           examples="Hun gråter hver gang vi leverer.", good="Hun er varm og god.",
           goal="At vi kan si hadet med et smil."),
    Family(141, Life.THERAPY_NOW, ("Tobias", "Kleiven", 9), "Hilde Kleiven", "Ørjan Kleiven",
           place="Nordbygda skole", hard="directions",
           examples="Han skriker og kaster ting når vi sier nei.",
           good="Han er morsom i selskaper.", goal="At vi tør å si nei.", is_met=Met.YESTERDAY,
           leaves_a_draft=True),
    Family(68, Life.COUNSELLED, ("Ada", "Furuheim", 3), "Line Furuheim", "Simen Furuheim",
           place="Fjellheim barnehage", hard="meals",
           examples="Hun vil bare spise foran skjermen.", good="Hun ler med hele kroppen.",
           goal="Middag uten skjerm."),
    Family(62, Life.TRAINEE, ("August", "Nymoen", 5), "Kine Nymoen",
           place="Solkroken barnehage", hard="bedtime",
           examples="Han roper etter meg hele kvelden.", good="Han er god til å vente på tur.",
           goal="At kvelden blir min fra klokka åtte."),
    Family(58, Life.WAITING, ("Eira", "Stavnes", 6), "Maren Stavnes", "Håvard Stavnes",
           place="Nordbygda skole", hard="siblings",
           examples="Alt handler om å være først.", good="Hun er raus når hun har det bra.",
           goal="At alle tre får være først av og til."),
    Family(37, Life.ABOUT_TO_BEGIN, ("Julian", "Rossland", 7), "Ellen Rossland", "Tom Rossland",
           apart=True, place="Nordbygda skole", hard="directions",
           examples="Han hører på far, men ikke på meg.", good="Han er hjelpsom.",
           goal="At han hører på oss begge."),
]  # fmt: skip
