"""ECBI, PSS and SDQ as data: numbers and scales, and never a word of the items.

Where the rules are from: ECBI's missing items and the American cut-offs from the teaching slides
of its manual; the PSS's reversed items and the SDQ's scales and missing rule from published
scoring programs that agree (for the SDQ after sdqinfo.org); the British bands from sdqinfo.org.
No standard deviation or reliability could be found in a source, so none is shipped. No missing
rule was found for the PSS or for the SDQ's impact score: they need every answer.
"""

from django.db import migrations

# What was said is never changed; what is told of it later stands in the columns that are given.
# The function came with consent, in the migrations of cases.
KEPT = {
    "instrument": [],
    "licence": [],
    "measurement": ["checked_by_id", "checked_at", "struck_by_id", "struck_at", "struck_reason"],
}


def kept():
    for table, columns in KEPT.items():
        name, given = f"instruments_{table}", ", ".join(f"'{column}'" for column in columns)
        yield migrations.RunSQL(
            f"""
            CREATE TRIGGER {name}_is_kept BEFORE UPDATE OR DELETE ON {name}
                FOR EACH ROW EXECUTE FUNCTION cases_keep_what_was_said({given});
            CREATE TRIGGER {name}_is_whole BEFORE TRUNCATE ON {name}
                FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_what_was_said();
            """,
            f"DROP TRIGGER {name}_is_kept ON {name}; DROP TRIGGER {name}_is_whole ON {name};",
        )


# Scores are held against a norm set: from then on it is what it was. That it is used no longer,
# or after another one, changes nothing of what was counted.
USED = """
CREATE FUNCTION instruments_keep_used_norms() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_set bigint;
BEGIN
    IF TG_TABLE_NAME = 'instruments_normset' THEN
        its_set := OLD.id;
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{is_in_use,rank,valid_until}'::text[]
            = to_jsonb(OLD) - '{is_in_use,rank,valid_until}'::text[] THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'INSERT' THEN
        its_set := NEW.norm_set_id;
    ELSE
        its_set := OLD.norm_set_id;
    END IF;
    IF EXISTS (SELECT FROM instruments_measurement WHERE norm_set_id = its_set) THEN
        RAISE EXCEPTION 'scores were held against this norm set: make another one';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER instruments_normset_is_kept BEFORE UPDATE OR DELETE ON instruments_normset
    FOR EACH ROW EXECUTE FUNCTION instruments_keep_used_norms();
CREATE TRIGGER instruments_normrow_is_kept BEFORE INSERT OR UPDATE OR DELETE ON instruments_normrow
    FOR EACH ROW EXECUTE FUNCTION instruments_keep_used_norms();
"""
UNUSED = """
DROP TRIGGER instruments_normset_is_kept ON instruments_normset;
DROP TRIGGER instruments_normrow_is_kept ON instruments_normrow;
DROP FUNCTION instruments_keep_used_norms();
"""

NO_RULE = {"rule": "none"}
ECBI = {
    "informant": "parent",
    "least_age": 2,
    "most_age": 16,
    "columns": [
        {
            "key": "intensity", "name": "intensitet", "items": 36, "least": 1, "most": 7,
            "help": "Skriv tallet det er satt ring rundt.",
        },
        {
            "key": "problem", "name": "problem", "items": 36, "least": 0, "most": 1,
            "help": "Skriv 1 for ja og 0 for nei.",
        },
    ],
    "scales": [
        {
            "key": "intensity", "name": "intensitet", "column": "intensity", "items": "all",
            "missing": {"rule": "as", "most": 3, "value": 1},
        },
        {
            "key": "problem", "name": "problem", "column": "problem", "items": "all",
            "missing": {"rule": "as", "most": 3, "value": 0},
        },
    ],
}  # fmt: skip
PSS = {
    "informant": "parent",
    "columns": [
        {
            "key": "items", "name": "svar", "items": 18, "least": 1, "most": 5,
            "reversed": [1, 2, 5, 6, 7, 8, 17, 18],
            "help": "Skriv tallet som er valgt. Ikke snu noen av dem.",
        }
    ],
    "scales": [
        {
            "key": "stress", "name": "foreldrestress", "column": "items", "items": "all",
            "missing": NO_RULE,
        }
    ],
}  # fmt: skip

SDQ_SCALES = {
    "emotional": ("emosjonelle vansker", [3, 8, 13, 16, 24]),
    "conduct": ("atferdsvansker", [5, 7, 12, 18, 22]),
    "hyperactivity": ("hyperaktivitet", [2, 10, 15, 21, 25]),
    "peer": ("vansker med jevnaldrende", [6, 11, 14, 19, 23]),
    "prosocial": ("prososial atferd", [1, 4, 9, 17, 20]),
}


def sdq(informant, ages, impact, supplement):
    """`impact`: which of the `supplement` questions of the form are counted. The first asks
    whether there are difficulties at all; how long, and the burden on others, are not counted."""
    least_age, most_age = ages
    return {
        "informant": informant,
        "least_age": least_age,
        "most_age": most_age,
        "columns": [
            {
                "key": "items", "name": "svar", "items": 25, "least": 0, "most": 2,
                "reversed": [7, 11, 14, 21, 25],
                "help": "Første rute er 0, andre er 1, tredje er 2. Ikke snu noen av dem.",
            },
            {
                "key": "impact", "name": "tilleggsspørsmål", "items": supplement, "least": 0,
                "most": 3, "recode": [0, 0, 1, 2],
                "help": "I samme rekkefølge som på papiret. Første rute er 0, så 1, 2 og 3. Er "
                "første svar nei, er resten tomt.",
            },
        ],
        "scales": [
            *(
                {
                    "key": key, "name": name, "column": "items", "items": items,
                    "missing": {"rule": "mean", "most": 2},
                }
                for key, (name, items) in SDQ_SCALES.items()
            ),
            {
                "key": "total", "name": "samlede vansker",
                "sum_of": ["emotional", "conduct", "hyperactivity", "peer"],
            },
            {"key": "externalising", "name": "utagerende", "sum_of": ["conduct", "hyperactivity"]},
            {"key": "internalising", "name": "innagerende", "sum_of": ["emotional", "peer"]},
            {
                "key": "impact", "name": "belastning i hverdagen", "column": "impact",
                "items": impact, "missing": NO_RULE,
                "unless": {"item": 1, "is": 0, "then": 0},
            },
        ],
    }  # fmt: skip


PARENTS, TEACHERS = ([3, 4, 5, 6, 7], 8), ([3, 4, 5], 6)
# (code, name, licence, definition, on as shipped)
INSTRUMENTS = [
    ("ecbi", "ECBI", "ecbi", ECBI, True),
    ("pss", "PSS", "pss", PSS, True),
    ("sdq-parent-2-4", "SDQ foreldre, 2–4 år", "sdq", sdq("parent", (2, 4), *PARENTS), False),
    ("sdq-parent-4-17", "SDQ foreldre, 4–17 år", "sdq", sdq("parent", (4, 17), *PARENTS), False),
    ("sdq-teacher-2-4", "SDQ barnehage, 2–4 år", "sdq", sdq("teacher", (2, 4), *TEACHERS), False),
    ("sdq-teacher-4-17", "SDQ lærer, 4–17 år", "sdq", sdq("teacher", (4, 17), *TEACHERS), False),
]

FOUR = ["average", "raised", "high", "very_high"]
FOUR_LOW = ["very_low", "low", "lowered", "average"]
THREE = ["normal", "borderline", "abnormal"]
THREE_LOW = ["abnormal", "borderline", "normal"]
# The least score of each band, the lowest first. For the prosocial scale little is what is rare.
PARENT_FOUR = {
    "total": [0, 14, 17, 20],
    "emotional": [0, 4, 5, 7],
    "conduct": [0, 3, 4, 6],
    "hyperactivity": [0, 6, 8, 9],
    "peer": [0, 3, 4, 5],
    "prosocial": [0, 6, 7, 8],
    "impact": [0, 1, 2, 3],
}
TEACHER_FOUR = {
    "total": [0, 12, 16, 19],
    "emotional": [0, 4, 5, 6],
    "conduct": [0, 3, 4, 5],
    "hyperactivity": [0, 6, 8, 9],
    "peer": [0, 3, 5, 6],
    "prosocial": [0, 4, 5, 6],
    "impact": [0, 1, 2, 3],
}
PARENT_THREE = {
    "total": [0, 14, 17],
    "emotional": [0, 4, 5],
    "conduct": [0, 3, 4],
    "hyperactivity": [0, 6, 7],
    "peer": [0, 3, 4],
    "prosocial": [0, 5, 6],
    "impact": [0, 1, 2],
}
TEACHER_THREE = {
    "total": [0, 12, 16],
    "emotional": [0, 5, 6],
    "conduct": [0, 3, 4],
    "hyperactivity": [0, 6, 7],
    "peer": [0, 4, 5],
    "prosocial": [0, 5, 6],
    "impact": [0, 1, 2],
}
PARENT_THREE_2_4 = {
    "total": [0, 13, 16],
    "emotional": [0, 3, 4],
    "conduct": [0, 4, 5],
    "hyperactivity": [0, 6, 7],
    "peer": [0, 3, 4],
    "prosocial": [0, 6, 7],
}


def bands(codes, low_codes, starts):
    return {
        scale: [
            list(pair)
            for pair in zip(low_codes if scale == "prosocial" else codes, least, strict=True)
        ]
        for scale, least in starts.items()
    }


def four(starts):
    return bands(FOUR, FOUR_LOW, starts)


def three(starts):
    return bands(THREE, THREE_LOW, starts)


UK_FOUR, UK_THREE = "britiske grenseverdier, fire nivåer", "britiske grenseverdier, tre nivåer"
NORWAY = "norske grenseverdier"
SDQINFO = "Storbritannia, 4–17 år (sdqinfo.org)"
TO_FILL_IN = "Tom til kommunen har fylt inn tall fra en kilde den har rett til å bruke."
# (instrument, name, source, ages, rank, in use, bands by scale)
NORM_SETS = [
    (
        "ecbi", "amerikanske grenseverdier", "USA, manualen for ECBI (PAR)", (2, 16), 10, True,
        {"intensity": [["under", 36], ["over", 131]], "problem": [["under", 0], ["over", 15]]},
    ),
    ("sdq-parent-4-17", UK_FOUR, SDQINFO, (4, 17), 10, True, four(PARENT_FOUR)),
    ("sdq-parent-4-17", UK_THREE, SDQINFO, (4, 17), 20, False, three(PARENT_THREE)),
    ("sdq-teacher-4-17", UK_FOUR, SDQINFO, (4, 17), 10, True, four(TEACHER_FOUR)),
    ("sdq-teacher-4-17", UK_THREE, SDQINFO, (4, 17), 20, False, three(TEACHER_THREE)),
    (
        "sdq-parent-2-4", UK_THREE, "Storbritannia, 2–4 år, gjengitt i en studie fra Agder (BMC)",
        (2, 4), 10, True, three(PARENT_THREE_2_4),
    ),
    (
        "ecbi", NORWAY, "Reedtz og medarbeidere, 2008. Tallene har den som har lisensen.", (4, 12),
        1, True, {"intensity": [], "problem": []},
    ),
    ("pss", NORWAY, TO_FILL_IN, (None, None), 1, True, {"stress": []}),
    ("sdq-parent-2-4", NORWAY, TO_FILL_IN, (2, 4), 1, True, dict.fromkeys(PARENT_THREE_2_4, ())),
    ("sdq-parent-4-17", NORWAY, TO_FILL_IN, (4, 17), 1, True, dict.fromkeys(PARENT_FOUR, ())),
    ("sdq-teacher-2-4", NORWAY, TO_FILL_IN, (2, 4), 1, True, dict.fromkeys(TEACHER_FOUR, ())),
    ("sdq-teacher-4-17", NORWAY, TO_FILL_IN, (4, 17), 1, True, dict.fromkeys(TEACHER_FOUR, ())),
]  # fmt: skip


def ship(apps, schema_editor):
    model = {
        name: apps.get_model("instruments", name) for name in ("Instrument", "NormSet", "NormRow")
    }
    for code, name, licence, definition, is_on in INSTRUMENTS:
        about = {"licence": licence, "definition": definition, "is_on": is_on}
        model["Instrument"].objects.create(code=code, version=1, name=name, **about)
    for code, name, source, (least_age, most_age), rank, is_in_use, rows in NORM_SETS:
        about = {"rank": rank, "is_in_use": is_in_use}
        norm_set = model["NormSet"].objects.create(code=code, name=name, source=source, **about)
        ages = {"least_age": least_age, "most_age": most_age}
        for scale, found in rows.items():
            model["NormRow"].objects.create(norm_set=norm_set, scale=scale, bands=found, **ages)


class Migration(migrations.Migration):
    replaces = [
        ("instruments", "0002_shipped_instruments"),
    ]
    dependencies = [
        ("instruments", "0001_tables"),
        ("cases", "0002_what_was_said_stays"),
    ]

    operations = [
        *kept(),
        migrations.RunSQL(USED, UNUSED),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
