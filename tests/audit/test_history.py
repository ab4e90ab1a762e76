"""What a row was before: seen by the database, whoever changes it and however."""

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tests.family.families import join
from tibir.audit.history import KEPT, NOT_WATCHED, WATCHED, keeps, watched_columns
from tibir.audit.models import Change, Event
from tibir.cases.models import Case, CasePerson, Grade, Person
from tibir.deadlines.models import Deadline
from tibir.family.actions import protect

ROOMS = {"cases", "notifications", "deadlines", "documents", "family", "referrals"}
ROOMS |= {"instruments", "interventions", "training"}


def test_every_model_that_knows_of_a_family_is_in_the_list_or_says_why_not():
    ours = {model._meta.label for model in apps.get_models() if model._meta.app_label in ROOMS}
    assert ours == WATCHED.keys() | NOT_WATCHED.keys()
    assert not WATCHED.keys() & NOT_WATCHED.keys()


def test_every_table_of_the_list_has_its_trigger(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_is_remembered'"
        )
        found = {name for (name,) in cursor.fetchall()}
    assert found == {apps.get_model(label)._meta.db_table for label in WATCHED}


def test_nothing_that_somebody_wrote_is_kept():
    words = (models.TextField, models.JSONField, models.BinaryField, models.EmailField)
    for label in WATCHED:
        for field in watched_columns(apps.get_model(label)):
            if keeps(field):
                assert not isinstance(field, words), field
                assert field.choices or isinstance(field, KEPT), field


@pytest.mark.django_db
class TestAChange:
    def test_a_bulk_update_is_seen_with_what_was_and_whose_case_it_is(self):
        place = MunicipalityFactory()
        case, other = refer(place).case, refer(place).case
        Change.objects.all()
        before = Change.objects.count()
        today = timezone.localdate()
        Case.objects.filter(pk__in=[case.pk, other.pk]).update(state="closed", closed_on=today)
        changes = Change.objects.order_by("pk")[before:]
        assert {change.case_id for change in changes} == {case.pk, other.pk}
        for change in changes:
            assert (change.table, change.operation) == ("cases_case", "update")
            assert change.columns == ["closed_on", "state"]
            assert change.old == {"closed_on": None, "state": "open"}
            assert change.municipality_id == place.pk
            assert change.role == "tibir_app"

    def test_plain_sql_is_seen_too(self):
        case = refer().case
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_caseperson SET relation = 'father'")
        change = Change.objects.latest("pk")
        assert (change.case_id, change.old) == (case.pk, {"relation": "mother"})

    def test_an_update_that_changes_nothing_leaves_nothing(self):
        case = refer().case
        before = Change.objects.count()
        case.save()
        Deadline.objects.update(due_on=models.F("due_on"))
        assert Change.objects.count() == before

    def test_of_names_and_addresses_only_that_they_were_changed_is_kept(self):
        case = refer().case
        person = case.child
        person.last_name, person.phone = "Hemmelig", "+4799000009"
        person.address, person.birth_date = "Nygata 2", "2019-04-01"
        person.save()
        change = Change.objects.filter(table="cases_person").latest("pk")
        assert {"last_name", "phone", "address", "birth_date"} <= set(change.columns)
        assert change.old == {"birth_date": "2019-03-14"}
        assert "Ødegård" not in str(Change.objects.values_list())

    def test_an_address_that_is_cut_leaves_nothing_behind(self):
        case = refer().case
        user = UserFactory(coordinates=case.unit)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT encode(address, 'hex') FROM cases_person WHERE id = %s", [case.child_id]
            )
            (sealed,) = cursor.fetchone()
        assert sealed
        Person.objects.filter(pk=case.child_id).update(address="")
        protect(case.child, case, by=user, grade=Grade.STRICT)
        everything = str(list(Change.objects.values_list()))
        assert "Storgata" not in everything
        assert sealed not in everything
        last = Change.objects.filter(table="cases_case").latest("pk")
        assert last.old == {"grade": "open"}

    def test_a_row_that_is_removed_leaves_its_dates_and_choices(self):
        person = join(refer().case, "mother", "yes")
        CasePerson.objects.filter(pk=person.pk).delete()
        change = Change.objects.latest("pk")
        assert (change.operation, change.row_id) == ("delete", person.pk)
        assert change.old["relation"] == "mother"
        assert change.old["person_id"] == person.person_id

    def test_who_it_was_stands_in_the_event_of_the_same_transaction(self):
        referral = refer()
        user = UserFactory(coordinates=referral.unit)
        confirm(referral, by=user)
        change = Change.objects.filter(table="cases_caseperson").latest("pk")
        said = Event.objects.filter(transaction=change.transaction, at=change.at)
        assert user.pk in said.values_list("actor_id", flat=True)

    def test_what_works_on_a_document_for_a_moment_is_no_change(self):
        refer()
        before = Change.objects.count()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE documents_document SET claimed_until = now(), attempts = 1")
        assert Change.objects.count() == before


def test_a_change_by_the_owner_of_the_database_is_seen_with_its_role(committed):
    case = refer().case
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE cases_case SET opened_on = '2020-01-01'")
    change = Change.objects.latest("pk")
    assert (change.case_id, change.role) == (case.pk, "tibir_owner")
    assert not Event.objects.filter(transaction=change.transaction, at=change.at).exists()


def test_a_migration_may_change_and_remove_columns_of_a_watched_table(committed):
    case = refer().case
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE cases_person ALTER COLUMN language TYPE varchar(50)")
        owner.execute("ALTER TABLE cases_person DROP COLUMN language")
        owner.execute("UPDATE cases_person SET birth_date = '2019-01-01'")
    assert Change.objects.filter(row_id=case.child_id).latest("pk").columns == ["birth_date"]
