from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deadlines", "0004_kinds_of_who_may_know"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadline",
            name="subject",
            field=models.CharField(
                blank=True,
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
                db_default="",
                max_length=30,
                verbose_name="hva det gjelder",
            ),
        ),
    ]
