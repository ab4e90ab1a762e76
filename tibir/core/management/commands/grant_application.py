"""Give the application's role what it needs and no more, and the tables of a case their memory.

Run by the owner after migrate.
"""

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from psycopg import sql


class Command(BaseCommand):
    help = "Grants the application's role its rights on every table; append-only stays so."

    def add_arguments(self, parser):
        parser.add_argument("--role", default="tibir_app")

    @transaction.atomic
    def handle(self, *, role, **options):
        name = sql.Identifier(role)
        append_only = [m._meta.db_table for m in apps.get_models() if hasattr(m, "APPEND_ONLY")]
        append_only.append("django_admin_log")
        by_triggers = [m._meta.db_table for m in apps.get_models() if hasattr(m, "BY_TRIGGERS")]
        statements = [
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {0}").format(name),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {0}").format(name),
            sql.SQL(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {0}"
            ).format(name),
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {0}").format(name),
            sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {0}").format(name),
        ]
        statements += [
            sql.SQL("REVOKE UPDATE, DELETE ON {1} FROM {0}").format(name, sql.Identifier(table))
            for table in append_only
        ]
        statements += [
            sql.SQL("REVOKE INSERT ON {1} FROM {0}").format(name, sql.Identifier(table))
            for table in by_triggers
        ]
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        call_command("watch_tables", stdout=self.stdout)
        self.stdout.write(f"Granted {role}; append-only: {', '.join(append_only)}.")
