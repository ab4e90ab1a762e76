from django.db import connection
from psycopg import sql


def tables_that_say(text):
    """Names of the tables in which a copy of the database shows this text, capitals or not."""
    asked = sql.SQL(
        "SELECT EXISTS (SELECT FROM {} t WHERE strpos(lower(t::text), lower(%s)) > 0"
        " OR strpos(t::text, %s) > 0)"
    )
    with connection.cursor() as cursor:
        found = set()
        for table in connection.introspection.table_names(cursor):
            cursor.execute(asked.format(sql.Identifier(table)), [text, text.encode().hex()])
            if cursor.fetchone()[0]:
                found.add(table)
    return found
