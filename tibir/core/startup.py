"""Production does not start with a connection that could change the log or the tables."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

QUESTION = """
SELECT rolsuper OR rolbypassrls OR EXISTS (
    SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = rolname
) FROM pg_roles WHERE rolname = current_user
"""


def refuse_powerful_connection():
    with connection.cursor() as cursor:
        cursor.execute(QUESTION)
        (powerful,) = cursor.fetchone()
    connection.close()
    if powerful:
        raise ImproperlyConfigured(
            "DATABASE_URL must name the application's role: no superuser, no BYPASSRLS and not "
            "the owner of the tables. See docs/deploy.md."
        )
