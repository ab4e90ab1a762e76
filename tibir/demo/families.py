"""What the families of Fjordvik wrote. Nobody here exists."""


def full(days_ago, hour, you, child, concern, *, people=(), hopes="", view="", services=()):
    relation, name, phone, email, protection = you
    first, last, born, place = child
    situations, examples, duration, goes_well = concern
    return {
        "days_ago": days_ago,
        "hour": hour,
        "answers": {
            "deg": {
                "name": name,
                "relation": relation,
                "protection": protection,
            },
            "kontakt": {
                "phone": phone,
                "safe_phone": "yes",
                "email": email,
                "safe_email": "yes" if email else "",
                "when": "",
                "language": "",
                "interpreter": "",
            },
            "barnet": {
                "first_name": first,
                "last_name": last,
                "birth_date": born,
                "national_id": "",
                "language": "norsk",
            }
            | ({"address": "", "place": place} if protection == "no" else {}),
            "familien": {
                "responsibility": "yes",
                "lives_with": "yes",
                "people": [
                    {
                        "name": name,
                        "relation": relation,
                        "responsibility": "yes",
                        "lives_with": lives_with,
                        "safe": safe,
                        "phone": "",
                        "email": "",
                        "language": "",
                    }
                    for name, relation, lives_with, safe in people
                ],
            },
            "bekymringen": {
                "situations": list(situations),
                "examples": examples,
                "duration": duration,
                "negativity": duration,
                "arenas": ["home"],
                "tried": "",
                "goes_well": goes_well,
            },
            "annen-hjelp": {"services": list(services), "details": ""},
            "onsker": {"hopes": hopes, "format": "either", "practical": ""},
            "barnets-mening": {"told": "yes" if view else "", "view": view},
            "samtykke": {"notice_read": True}
            | ({"place_contact": "later"} if protection == "no" else {}),
        },
    }


def _call(days_ago, hour, name, phone, age, when, language=""):
    return {
        "days_ago": days_ago,
        "hour": hour,
        "answers": {
            "ring-meg": {
                "name": name,
                "phone": phone,
                "language": language,
                "child_age": age,
                "when": when,
            }
        },
    }


def _from_work(days_ago, hour, you, child, parents, concern, *, protection="no", services=()):
    role, name, workplace, title, phone = you
    first, last, born, place = child
    situations, examples, goes_well = concern
    hidden = protection != "no"
    return {
        "days_ago": days_ago,
        "hour": hour,
        "answers": {
            "fagperson": {"name": name, "role": role, "protection": protection},
            "kontakt": {"title": title, "phone": phone, "email": "", "when": ""}
            | ({} if hidden else {"workplace": workplace}),
            "foreldrene": {
                "people": [
                    {
                        "name": parent,
                        "relation": relation,
                        "responsibility": "yes",
                        "lives_with": lives_with,
                        "phone": reached,
                        "email": "",
                        "safe": "yes",
                        "language": language,
                        "interpreter": "yes" if language else "no",
                        "informed": informed,
                        "why_not": "" if informed != "no" else "Vi har ikke nådd ham ennå.",
                        "agrees": agrees,
                    }
                    for parent, relation, lives_with, reached, language, informed, agrees in parents
                ]
            },
            "barnet": {
                "first_name": first,
                "last_name": last,
                "birth_date": born,
                "national_id": "",
                "language": "",
            }
            | ({} if hidden else {"address": "", "place": place}),
            "bekymringen": {
                "situations": list(situations),
                "examples": examples,
                "duration": "over_6_months",
                "negativity": "unknown",
                "arenas": ["kindergarten_or_school"],
                "tried": "",
                "goes_well": goes_well,
            },
            "annen-hjelp": {"services": list(services), "details": ""},
            "onsker": {"hopes": "", "parents_hopes": "", "practical": ""},
            "barnets-mening": {"told": "", "view": "", "told_by": ""},
            "bekreft": {"consent": True, "notice_read": True},
        },
    }


FAMILIES = [
    full(
        16, 21,
        ("mother", "Ingvild Sørbråten", "+4799000101", "ingvild@post.example", "no"),
        ("Odin", "Sørbråten", "2019-03-14", "Solkroken barnehage"),
        (["bedtime", "directions"],
         "Leggingen tar over to timer. Han roper og kaster ting når vi sier at det er natt, og til "
         "slutt sitter jeg der inne til han sovner.",
         "over_6_months", "Han er omsorgsfull mot lillesøsteren sin."),
        people=[("Terje Sørbråten", "father", "yes", "yes")],
        hopes="At kveldene blir rolige, og at vi slutter å kjefte.",
        services=["health_station"],
    ),
    full(
        13, 9,
        ("father", "Åge Tverrelv", "+4799000102", "", "no"),
        ("Sander", "Tverrelv", "2017-08-30", "Nordbygda skole"),
        (["getting_up", "directions", "siblings"],
         "Vi kommer for sent nesten hver dag. Han nekter å kle på seg.",
         "over_6_months", "Elsker fotball og er god på å bygge."),
        people=[("Siv Tverrelv", "mother", "partly", "yes")],
        hopes="En morgen uten gråt.",
    ),
    _call(12, 14, "Samira Rahmani", "+4799000103", 5, "Etter klokka 12", "dari"),
    full(
        11, 22,
        ("mother", "Čáhppe Ánde Somby", "+4799000104", "somby@post.example", "no"),
        ("Elle Risten", "Somby", "2020-11-02", "Fjellheim barnehage"),
        (["meals", "transitions"],
         "Hun blir veldig sint når vi skal gå fra lek til mat.",
         "under_6_months", "Forteller fine historier."),
        view="«Mamma blir så streng når maten er ferdig.»",
    ),
    full(
        9, 23,
        ("mother", "Navn Skjermet", "+4799000105", "", "yes"),
        ("Ella", "", "2018-05-19", ""),
        (["bedtime", "other"],
         "Hun er redd om kvelden og vil ikke være alene i et rom.",
         "over_6_months", "Hun er flink til å tegne."),
    ),
    full(
        8, 20,
        ("grandparent", "Bjørg Ødegård", "+4799000106", "bjorg@post.example", "talk"),
        ("Noah", "Ødegård-Lie", "2016-01-08", ""),
        (["directions", "peers"],
         "Han slår når han ikke får viljen sin, både hjemme og på skolen.",
         "over_6_months", "Han er glad i dyr."),
        services=["school", "ppt"],
    ),
    _call(6, 8, "Tomasz Wójcik", "+4799000107", 9, "Før klokka 10", "polsk"),
    full(
        5, 21,
        ("mother", "Åse-Lill Ødegård", "+4799000108", "aaselill@post.example", "no"),
        ("Iben", "Ødegård", "2021-06-25", "Solkroken barnehage"),
        (["toothbrushing", "bedtime"],
         "Tannpussen ender med at to voksne må holde henne. Det vil vi ikke.",
         "under_6_months", "Hun er morsom og nysgjerrig."),
        hopes="At vi klarer hverdagen uten tvang.",
    ),
    full(
        3, 12,
        ("foster_parent", "Grete Myhrvold", "+4799000109", "grete@post.example", "no"),
        ("Jonas", "Aune", "2015-09-12", "Nordbygda skole"),
        (["directions", "peers", "transitions"],
         "Små beskjeder blir store krangler. Vi vil gjerne ha hjelp til å gjøre det likt hjemme.",
         "over_6_months", "Han har begynt å fortelle om dagen sin."),
        services=["child_welfare", "school"],
    ),
    full(
        2, 16,
        ("father", "Even Kvalsund", "+4799000110", "", "no"),
        ("Mia", "Kvalsund", "2012-04-02", "Nordbygda skole"),
        (["siblings"],
         "Hun og broren krangler hele tida.",
         "under_6_months", "Hun leser mye."),
    ),
    _from_work(
        10, 13,
        ("kindergarten", "Frøydis Lervåg", "Solkroken barnehage", "pedagogisk leder",
         "+4775000121"),
        ("Jesper", "Tangvik", "2021-04-17", "Solkroken barnehage"),
        [("Camilla Tangvik", "mother", "yes", "+4799000121", "", "spoken", "yes"),
         ("Rolf Bjørnevik", "father", "no", "", "", "no", "not_asked")],
        (["transitions", "peers"],
         "Han biter og slår når leken blir avbrutt. Mor forteller om det samme hjemme.",
         "Han trøster andre barn."),
    ),
    _from_work(
        7, 10,
        ("health_station", "Ragna Ytterøy", "Helsestasjonen", "helsesykepleier", "+4775000122"),
        ("Maryam", "Haidari", "2022-09-03", ""),
        [("Zahra Haidari", "mother", "yes", "+4799000122", "dari", "spoken", "yes"),
         ("Karim Haidari", "father", "yes", "+4799000123", "dari", "spoken", "yes")],
        (["bedtime", "meals"],
         "Foreldrene er slitne og ber om hjelp til måltider og legging.",
         "Hun er nysgjerrig og snakker mye."),
        services=["health_station"],
    ),
    _from_work(
        4, 14,
        ("school", "Håkon Ås", "Nordbygda skole", "kontaktlærer", "+4775000123"),
        ("Ludvig", "Hjelmås", "2017-02-11", "Nordbygda skole"),
        [("Anne Hjelmås", "mother", "yes", "+4799000124", "", "written", "yes")],
        (["directions", "peers"],
         "Han forlater timen når han får beskjed om å begynne, nesten hver dag.",
         "Han er god i matematikk."),
        services=["school", "ppt"],
    ),
    # About the child of the family that comes last.
    full(
        1, 19,
        ("grandparent", "Arvid Breivik", "+4799000113", "arvid@post.example", "no"),
        ("Aksel", "Breivik Nordahl", "2020-02-29", "Fjellheim barnehage"),
        (["directions", "meals"],
         "Jeg har ham hver onsdag. Måltidene blir til krangel, og foreldrene hans er slitne.",
         "over_6_months", "Han er god til å hjelpe til i hagen."),
        hopes="At vi voksne gjør det likt.",
    ),
    _call(1, 11, "Liv Hansgård", "+4799000111", 4, "Hele dagen"),
    full(
        0, 7,
        ("co_mother", "Tonje Breivik-Nordahl", "+4799000112", "tonje@post.example", "no"),
        ("Aksel", "Breivik-Nordahl", "2020-02-29", "Fjellheim barnehage"),
        (["directions", "getting_up", "meals", "siblings"],
         "Alt blir til kamp. Vi er slitne og vil ha noen verktøy.",
         "over_6_months", "Han ler mye når vi har det fint."),
        people=[("Hege Nordahl", "mother", "yes", "yes")],
    ),
]  # fmt: skip

# (days ago, who called, topic, minutes): nobody was named, and nothing came of it but advice.
DISCUSSIONS = [
    (40, "kindergarten", "talking_with_parents", 25),
    (21, "school", "behaviour", 30),
    (12, "health_station", "which_service", 15),
    (3, "kindergarten", "behaviour", 20),
]
