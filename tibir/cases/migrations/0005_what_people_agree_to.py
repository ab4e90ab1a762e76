import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import tibir.core.encryption

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
    dependencies = [
        ("accounts", "0003_unit_says_how_to_complain"),
        ("cases", "0004_people_members_and_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StandIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="hvem som bestemmer")),
                ("legal_basis", models.CharField(max_length=200, verbose_name="hjemmel")),
                ("started_on", models.DateField(verbose_name="fra og med")),
                ("ended_on", models.DateField(null=True, verbose_name="til")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stand_ins",
                        to="cases.caseperson",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "den som bestemmer i stedet",
                "verbose_name_plural": "de som bestemmer i stedet",
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "matter",
                    models.CharField(
                        choices=[
                            ("information", "informasjon om personvern"),
                            ("take_part", "å ta imot hjelp fra oss"),
                            ("social_skills", "at barnet er med på sosial ferdighetstrening"),
                            ("place_contact", "kontakt med barnehagen eller skolen"),
                            ("cooperation", "samarbeid med en annen tjeneste"),
                            ("team", "ansvarsgruppe"),
                            ("referrer", "at den som henviste, får vite hva det førte til"),
                            ("video_supervision", "videoopptak til veiledning"),
                            ("video_fidelity", "videoopptak til vurdering av metoden"),
                            ("quality", "bruk av opplysninger til å gjøre tjenesten bedre"),
                            ("messages", "beskjeder på SMS og e-post"),
                        ],
                        max_length=30,
                        verbose_name="gjelder",
                    ),
                ),
                ("language", models.CharField(max_length=5, verbose_name="språk")),
                ("version", models.PositiveSmallIntegerField(verbose_name="versjon")),
                ("text", models.TextField(verbose_name="tekst")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="laget"
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.municipality",
                        verbose_name="kommune",
                    ),
                ),
            ],
            options={
                "verbose_name": "samtykketekst",
                "verbose_name_plural": "samtykketekster",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("form", "leste det i skjemaet"),
                            ("spoken", "fikk det forklart"),
                            ("paper", "fikk det på papir"),
                            ("letter", "fikk det i et brev"),
                            ("referrer_spoken", "den som henviste, sier at de har snakket sammen"),
                            (
                                "referrer_written",
                                "den som henviste, sier at det er gjort skriftlig",
                            ),
                        ],
                        max_length=20,
                        verbose_name="hvordan",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="dag")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="cases.caseperson",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.wording",
                    ),
                ),
            ],
            options={
                "verbose_name": "informasjon som er gitt",
                "verbose_name_plural": "informasjon som er gitt",
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("take_part", "å ta imot hjelp fra oss"),
                            ("social_skills", "at barnet er med på sosial ferdighetstrening"),
                            ("place_contact", "kontakt med barnehagen eller skolen"),
                            ("cooperation", "samarbeid med en annen tjeneste"),
                            ("team", "ansvarsgruppe"),
                            ("referrer", "at den som henviste, får vite hva det førte til"),
                            ("video_supervision", "videoopptak til veiledning"),
                            ("video_fidelity", "videoopptak til vurdering av metoden"),
                            ("quality", "bruk av opplysninger til å gjøre tjenesten bedre"),
                            ("messages", "beskjeder på SMS og e-post"),
                        ],
                        max_length=30,
                        verbose_name="formål",
                    ),
                ),
                ("service", models.CharField(blank=True, max_length=100, verbose_name="tjeneste")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "er spurt"),
                            ("given", "har sagt ja"),
                            ("refused", "har sagt nei"),
                            ("withdrawn", "har trukket samtykket"),
                            ("expired", "samtykket er gått ut"),
                        ],
                        max_length=10,
                        verbose_name="svar",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("form", "i skjemaet"),
                            ("meeting", "i et møte"),
                            ("phone", "på telefon"),
                            ("paper", "på papir, med underskrift"),
                            ("letter", "i et brev eller en e-post"),
                        ],
                        max_length=10,
                        verbose_name="hvordan",
                    ),
                ),
                ("limits", models.TextField(blank=True, verbose_name="avgrensning")),
                ("said_on", models.DateField(verbose_name="dag")),
                ("expires_on", models.DateField(null=True, verbose_name="gjelder til og med")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="skrevet inn",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="cases.caseperson",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.standin",
                    ),
                ),
                (
                    "wording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.wording",
                        verbose_name="tekst",
                    ),
                ),
            ],
            options={
                "verbose_name": "samtykke",
                "verbose_name_plural": "samtykker",
            },
        ),
        migrations.CreateModel(
            name="ChildView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("talk", "i en samtale"),
                            ("play", "i lek eller med tegning"),
                            ("parent", "en av foreldrene spurte"),
                            ("other", "en annen voksen spurte"),
                            ("not_asked", "barnet er ikke spurt"),
                        ],
                        max_length=10,
                        verbose_name="hvordan",
                    ),
                ),
                ("talked_on", models.DateField(verbose_name="dag")),
                (
                    "talked_with",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="hvem snakket med barnet"
                    ),
                ),
                ("said", models.TextField(blank=True, verbose_name="det barnet sa")),
                (
                    "why_not",
                    models.TextField(blank=True, verbose_name="hvorfor barnet ikke er spurt"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="child_views",
                        to="cases.case",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "barnets mening",
                "verbose_name_plural": "barnets mening",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("how", "not_asked"),
                                ("said", ""),
                                ("talked_with", ""),
                                models.Q(("why_not", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("how", "not_asked"), _negated=True),
                                models.Q(("said", ""), _negated=True),
                                models.Q(("talked_with", ""), _negated=True),
                                ("why_not", ""),
                            ),
                            _connector="OR",
                        ),
                        name="childview_is_what_was_said_or_why_not",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("service", "serviceklage"),
                            ("administrative", "forvaltningsklage"),
                            ("health", "helseklage"),
                        ],
                        max_length=20,
                        verbose_name="slag",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("letter", "brev"),
                            ("email", "e-post eller skjema"),
                            ("phone", "telefon"),
                            ("in_person", "oppmøte"),
                        ],
                        max_length=10,
                        verbose_name="hvordan den kom",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="mottatt")),
                (
                    "complainant",
                    tibir.core.encryption.EncryptedTextField(verbose_name="hvem som klager"),
                ),
                ("about", tibir.core.encryption.EncryptedTextField(verbose_name="hva det gjelder")),
                ("told_on", models.DateField(null=True, verbose_name="fikk vite om avgjørelsen")),
                ("due_on", models.DateField(verbose_name="frist")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "mottatt"),
                            ("answered", "besvart"),
                            ("forwarded", "sendt videre"),
                            ("withdrawn", "trukket"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("upheld", "medhold"),
                            ("partly", "delvis medhold"),
                            ("not_upheld", "ikke medhold"),
                        ],
                        max_length=10,
                        verbose_name="utfall",
                    ),
                ),
                (
                    "forwarded_to",
                    models.CharField(blank=True, max_length=200, verbose_name="sendt til"),
                ),
                (
                    "explanation",
                    tibir.core.encryption.EncryptedTextField(
                        default="", verbose_name="svaret i korte trekk"
                    ),
                ),
                ("ended_on", models.DateField(null=True, verbose_name="avsluttet")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="cases.case",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.municipality",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "klage",
                "verbose_name_plural": "klager",
                "indexes": [
                    models.Index(fields=["unit", "-received_on", "-id"], name="complaint_of_unit")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "received"), ("ended_on__isnull", False), _connector="XOR"
                        ),
                        name="complaint_ended_has_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "answered"), ("outcome", ""), _connector="XOR"
                        ),
                        name="complaint_answered_has_an_outcome",
                        violation_error_message="Velg om klageren fikk medhold.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "forwarded"), ("forwarded_to", ""), _connector="XOR"
                        ),
                        name="complaint_forwarded_has_a_receiver",
                        violation_error_message="Skriv hvem klagen er sendt til.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("received_on"))),
                        name="complaint_is_due_after_it_came",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("take_part", "å ta imot hjelp fra oss"),
                            ("social_skills", "at barnet er med på sosial ferdighetstrening"),
                            ("place_contact", "kontakt med barnehagen eller skolen"),
                            ("cooperation", "samarbeid med en annen tjeneste"),
                            ("team", "ansvarsgruppe"),
                            ("referrer", "at den som henviste, får vite hva det førte til"),
                            ("video_supervision", "videoopptak til veiledning"),
                            ("video_fidelity", "videoopptak til vurdering av metoden"),
                            ("quality", "bruk av opplysninger til å gjøre tjenesten bedre"),
                            ("messages", "beskjeder på SMS og e-post"),
                        ],
                        max_length=30,
                        verbose_name="formål",
                    ),
                ),
                ("service", models.CharField(blank=True, max_length=100, verbose_name="tjeneste")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("guide", "vi veileder dem som har sagt ja"),
                            ("proceed", "vi gjør det likevel"),
                            ("stop", "vi gjør det ikke"),
                        ],
                        max_length=10,
                        verbose_name="avgjørelse",
                    ),
                ),
                ("legal_basis", models.CharField(max_length=200, verbose_name="hjemmel")),
                ("reason", models.TextField(verbose_name="begrunnelse")),
                ("agreed", models.JSONField(default=list)),
                ("against", models.JSONField(default=list)),
                ("unheard", models.JSONField(default=list)),
                (
                    "decided_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="avgjort"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consent_decisions",
                        to="cases.case",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "avgjørelse om samtykke",
                "verbose_name_plural": "avgjørelser om samtykke",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("legal_basis", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="consentdecision_has_basis_and_reason",
                        violation_error_message="Skriv både hjemmel og begrunnelse.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ["guide", "stop"]), ("purpose", "take_part")),
                            models.Q(
                                models.Q(("purpose", "take_part"), _negated=True),
                                ("outcome__in", ["proceed", "stop"]),
                            ),
                            _connector="OR",
                        ),
                        name="consentdecision_to_take_part_is_guidance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("grounds", models.JSONField(verbose_name="grunnlag")),
                (
                    "concern",
                    tibir.core.encryption.EncryptedTextField(verbose_name="det som er meldt"),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("digital", "digital bekymringsmelding"),
                            ("phone", "på telefon"),
                            ("letter", "i et brev"),
                            ("in_person", "ved oppmøte"),
                        ],
                        max_length=10,
                        verbose_name="sendt",
                    ),
                ),
                ("sent_to", models.CharField(max_length=200, verbose_name="til")),
                ("reported_on", models.DateField(verbose_name="meldt")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("receipt_on", models.DateField(null=True, verbose_name="kvittert")),
                ("feedback_on", models.DateField(null=True, verbose_name="tilbakemelding")),
                (
                    "feedback",
                    tibir.core.encryption.EncryptedTextField(
                        default="", verbose_name="det barnevernet svarte"
                    ),
                ),
                (
                    "released_at",
                    models.DateTimeField(null=True, verbose_name="kan vises for familien fra"),
                ),
                (
                    "release_reason",
                    tibir.core.encryption.EncryptedTextField(
                        default="", verbose_name="begrunnelse"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_reports",
                        to="cases.case",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "bekymringsmelding",
                "verbose_name_plural": "bekymringsmeldinger",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("grounds", []), _negated=True),
                        name="dutyreport_has_a_ground",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("released_at", None), ("released_by", None)),
                            models.Q(
                                ("released_at__isnull", False), ("released_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="dutyreport_is_released_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("receipt_on", None),
                                ("receipt_on__gte", models.F("reported_on")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("feedback_on", None),
                                ("feedback_on__gte", models.F("reported_on")),
                                _connector="OR",
                            ),
                        ),
                        name="dutyreport_is_answered_after_it_was_sent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalBasis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="hjemmel")),
                ("is_active", models.BooleanField(default=True, verbose_name="kan velges")),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.municipality",
                        verbose_name="kommune",
                    ),
                ),
            ],
            options={
                "verbose_name": "hjemmel",
                "verbose_name_plural": "hjemler",
                "constraints": [
                    models.UniqueConstraint(fields=("municipality", "text"), name="legalbasis_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                ),
                name="standin_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)),
                fields=("person",),
                name="standin_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(
                fields=("municipality", "matter", "language", "version"),
                name="wording_once_per_version",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("wording", None),
                    ("how__in", ["form", "spoken", "paper", "letter"]),
                    _connector="XOR",
                ),
                name="notice_says_which_text_unless_somebody_else_gave_it",
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["person", "purpose", "-said_on"], name="consent_of_person"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["requested", "given", "refused", "withdrawn"])),
                name="consent_says_what_somebody_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose", "cooperation"), ("service", ""), _connector="XOR"),
                name="consent_names_the_service_it_is_about",
                violation_error_message="Skriv hvilken tjeneste det gjelder.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_on", None),
                    models.Q(("expires_on__gte", models.F("said_on")), ("state", "given")),
                    _connector="OR",
                ),
                name="consent_given_may_expire",
            ),
        ),
        migrations.RunSQL(KEEP, FORGET),
        *kept(),
        migrations.RunSQL(RELEASED, UNRELEASED),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
