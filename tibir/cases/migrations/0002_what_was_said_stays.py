from django.db import migrations

# A row that says what was said is never changed; that it is in another case now, or that a
# complaint or a report has been answered, is told beside it (the columns that a trigger is given).
KEEP = """
CREATE FUNCTION cases_keep_what_was_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
"""
FORGET = "DROP FUNCTION cases_keep_what_was_said();"
KEPT = {
    "wording": [],
    "consent": [],
    "notice": [],
    "consentdecision": ["case_id"],
    "childview": ["case_id"],
    "standin": ["ended_on"],
    "dutyreport": [
        "case_id", "receipt_on", "feedback_on", "feedback", "released_at", "released_by_id",
        "release_reason",
    ],
    "complaint": [
        "case_id", "unit_id", "state", "outcome", "forwarded_to", "explanation", "ended_on",
    ],
}  # fmt: skip


def kept():
    for table, columns in KEPT.items():
        name, given = f"cases_{table}", ", ".join(f"'{column}'" for column in columns)
        yield migrations.RunSQL(
            f"""
            CREATE TRIGGER {name}_is_kept BEFORE UPDATE OR DELETE ON {name}
                FOR EACH ROW EXECUTE FUNCTION cases_keep_what_was_said({given});
            CREATE TRIGGER {name}_is_whole BEFORE TRUNCATE ON {name}
                FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_what_was_said();
            """,
            f"DROP TRIGGER {name}_is_kept ON {name}; DROP TRIGGER {name}_is_whole ON {name};",
        )


# What is told to the family cannot be untold.
RELEASED = """
CREATE FUNCTION cases_stay_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a report that was released stays so';
END $$;
CREATE TRIGGER cases_dutyreport_stays_released BEFORE UPDATE ON cases_dutyreport FOR EACH ROW
    WHEN (OLD.released_at IS NOT NULL AND NEW.released_at IS DISTINCT FROM OLD.released_at)
    EXECUTE FUNCTION cases_stay_released();
"""
UNRELEASED = """
DROP TRIGGER cases_dutyreport_stays_released ON cases_dutyreport;
DROP FUNCTION cases_stay_released();
"""

# Nobody writes an address into a strictly protected case again, whichever page or job it is.
FORBID = """
CREATE FUNCTION cases_refuse_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM cases_case
        WHERE child_id = NEW.id AND grade IN ('strict', 'strict_abroad')
    ) OR EXISTS (
        SELECT FROM cases_caseperson
        JOIN cases_case ON cases_case.id = cases_caseperson.case_id
        WHERE cases_caseperson.person_id = NEW.id AND grade IN ('strict', 'strict_abroad')
    ) THEN
        RAISE EXCEPTION 'nobody in a strictly protected case has an address'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_person_address_stays_cut AFTER UPDATE OF address ON cases_person
    FOR EACH ROW WHEN (NEW.address <> ''::bytea) EXECUTE FUNCTION cases_refuse_address();
"""
ALLOW = """
DROP TRIGGER cases_person_address_stays_cut ON cases_person;
DROP FUNCTION cases_refuse_address();
"""

# Starting texts, which a municipality looks over and replaces with its own. The first says what
# the referral form says, word for word.
TEXTS = {
    "information": (
        "Kommunen bruker opplysningene til å vurdere hvilken hjelp dere kan få.\n"
        "Bare de som tar imot og vurderer henvisninger, kan lese dem. Alle har taushetsplikt, og "
        "vi loggfører hvem som leser.\n"
        "Vi kontakter ingen andre uten at du vet om det. Unntaket er når vi etter loven må melde "
        "fra om at et barn kan være i fare.\n"
        "Du kan be om å få se, rette eller trekke det du har sendt.",
        "Kommunen bruker opplysningane til å vurdere kva hjelp de kan få.\n"
        "Berre dei som tek imot og vurderer tilvisingar, kan lese dei. Alle har teieplikt, og vi "
        "loggfører kven som les.\n"
        "Vi kontaktar ingen andre utan at du veit om det. Unntaket er når vi etter lova må melde "
        "frå om at eit barn kan vere i fare.\n"
        "Du kan be om å få sjå, rette eller trekkje det du har sendt.",
        "The municipality uses the information to find out what help you can get.\n"
        "Only those who receive and assess referrals can read it. They all have a duty of "
        "confidentiality, and we log who reads it.\n"
        "We contact nobody else without your knowing. The exception is when the law says that we "
        "must report that a child may be in danger.\n"
        "You can ask to see, correct or withdraw what you have sent.",
    ),
    "take_part": (
        "Jeg sier ja til at familien tar imot hjelp fra kommunen. Jeg har fått vite hva hjelpen "
        "går ut på. Det er frivillig, og jeg kan ombestemme meg når som helst.",
        "Eg seier ja til at familien tek imot hjelp frå kommunen. Eg har fått vite kva hjelpa går "
        "ut på. Det er frivillig, og eg kan ombestemme meg når som helst.",
        "I agree that the family receives help from the municipality. I have been told what the "
        "help is. It is voluntary, and I can change my mind at any time.",
    ),
    "social_skills": (
        "Jeg sier ja til at barnet er med på sosial ferdighetstrening. Jeg kan ombestemme meg når "
        "som helst.",
        "Eg seier ja til at barnet er med på sosial ferdigheitstrening. Eg kan ombestemme meg når "
        "som helst.",
        "I agree that the child takes part in social skills training. I can change my mind at any "
        "time.",
    ),
    "place_contact": (
        "Jeg sier ja til at kommunen kontakter barnehagen eller skolen om barnet. Jeg har fått "
        "vite hva dere vil snakke om. Jeg kan ombestemme meg når som helst.",
        "Eg seier ja til at kommunen kontaktar barnehagen eller skulen om barnet. Eg har fått "
        "vite kva de vil snakke om. Eg kan ombestemme meg når som helst.",
        "I agree that the municipality contacts the kindergarten or school about the child. I have "
        "been told what you want to talk about. I can change my mind at any time.",
    ),
    "cooperation": (
        "Jeg sier ja til at kommunen samarbeider om barnet med tjenesten som er nevnt. Jeg har "
        "fått vite hvorfor, og hva dere vil dele. Samtykket gjelder tjenesten og ikke en bestemt "
        "ansatt. Jeg kan ombestemme meg når som helst.",
        "Eg seier ja til at kommunen samarbeider om barnet med tenesta som er nemnd. Eg har fått "
        "vite kvifor, og kva de vil dele. Samtykket gjeld tenesta og ikkje ein bestemt tilsett. "
        "Eg kan ombestemme meg når som helst.",
        "I agree that the municipality works together on the child with the service that is named. "
        "I have been told why, and what you want to share. It is the service I agree to, not one "
        "person there. I can change my mind at any time.",
    ),
    "team": (
        "Jeg sier ja til at det er en ansvarsgruppe for barnet. Jeg vet hvem som er med i den. "
        "Jeg kan ombestemme meg når som helst.",
        "Eg seier ja til at det er ei ansvarsgruppe for barnet. Eg veit kven som er med i ho. Eg "
        "kan ombestemme meg når som helst.",
        "I agree that there is a team around the child. I know who is in it. I can change my mind "
        "at any time.",
    ),
    "referrer": (
        "Jeg sier ja til at den som henviste oss, får vite hva det førte til. Jeg kan ombestemme "
        "meg når som helst.",
        "Eg seier ja til at den som tilviste oss, får vite kva det førte til. Eg kan ombestemme "
        "meg når som helst.",
        "I agree that whoever referred us is told what came of it. I can change my mind at any "
        "time.",
    ),
    "video_supervision": (
        "Jeg sier ja til at møter blir tatt opp på video, og at den som veileder behandleren, ser "
        "opptakene. De blir slettet etterpå, og med en gang hvis jeg ombestemmer meg.",
        "Eg seier ja til at møte blir tekne opp på video, og at den som rettleier behandlaren, ser "
        "opptaka. Dei blir sletta etterpå, og med ein gong viss eg ombestemmer meg.",
        "I agree that meetings are recorded on video, and that the therapist's supervisor sees the "
        "recordings. They are deleted afterwards, and at once if I change my mind.",
    ),
    "video_fidelity": (
        "Jeg sier ja til at møter blir tatt opp på video for å vurdere hvordan metoden blir brukt. "
        "Opptakene blir slettet etterpå, og med en gang hvis jeg ombestemmer meg.",
        "Eg seier ja til at møte blir tekne opp på video for å vurdere korleis metoden blir brukt. "
        "Opptaka blir sletta etterpå, og med ein gong viss eg ombestemmer meg.",
        "I agree that meetings are recorded on video to see how the method is used. The recordings "
        "are deleted afterwards, and at once if I change my mind.",
    ),
    "quality": (
        "Jeg sier ja til at kommunen bruker opplysninger om hjelpen vi får, til å gjøre tjenesten "
        "bedre. Ingen får se hvem vi er. Jeg kan ombestemme meg når som helst.",
        "Eg seier ja til at kommunen bruker opplysningar om hjelpa vi får, til å gjere tenesta "
        "betre. Ingen får sjå kven vi er. Eg kan ombestemme meg når som helst.",
        "I agree that the municipality uses information about the help we get to make the service "
        "better. Nobody is shown who we are. I can change my mind at any time.",
    ),
    "messages": (
        "Jeg sier ja til å få beskjeder på SMS og e-post. Det står aldri noe om barnet i dem. Jeg "
        "kan ombestemme meg når som helst.",
        "Eg seier ja til å få beskjedar på SMS og e-post. Det står aldri noko om barnet i dei. Eg "
        "kan ombestemme meg når som helst.",
        "I agree to get messages by text message and e-mail. They never say anything about the "
        "child. I can change my mind at any time.",
    ),
}


def ship(apps, schema_editor):
    Wording = apps.get_model("cases", "Wording")
    Wording.objects.bulk_create(
        Wording(matter=matter, language=language, version=1, text=text)
        for matter, texts in TEXTS.items()
        for language, text in zip(("nb", "nn", "en"), texts, strict=True)
    )


class Migration(migrations.Migration):
    replaces = [
        ("cases", "0005_what_people_agree_to"),
        ("cases", "0006_who_may_know_of_a_case"),
    ]
    dependencies = [
        ("cases", "0001_tables"),
    ]

    operations = [
        migrations.RunSQL(KEEP, FORGET),
        *kept(),
        migrations.RunSQL(RELEASED, UNRELEASED),
        migrations.RunSQL(FORBID, ALLOW),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
