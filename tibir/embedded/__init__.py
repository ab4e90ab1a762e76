"""PostgreSQL and Redis for a first try and for the tests, out of packages that pip installed.

Never for production: whoever reaches the socket folder is let in without a password.
Both outlive the process that started them, so a crash loses nothing and the next start finds
them again. No pid is trusted here: a server is up when it answers.
"""

import contextlib
from urllib.parse import parse_qs, quote, urlsplit

from tibir.embedded.postgres import Postgres
from tibir.embedded.redis import Redis
from tibir.embedded.server import Unavailable

__all__ = [
    "Unavailable",
    "database_url",
    "redis_client_url",
    "redis_url",
    "running",
    "start_postgres",
    "start_redis",
    "stop_postgres",
    "stop_redis",
]


def database_url(folder, role="tibir_app", name="tibir"):
    return Postgres(folder).url(role, name)


def redis_url(folder, db=0):
    """The way Celery writes it; redis-py has another way, see `redis_client_url`."""
    return f"redis+socket://{quote(str(Redis(folder).socket))}?virtual_host={db}"


def redis_client_url(url):
    """The same Redis for redis-py. A URL that both understand comes back as it was."""
    if not url.startswith("redis+socket:"):
        return url
    parts = urlsplit(url)
    db = parse_qs(parts.query).get("virtual_host", ["0"])[0]
    return f"unix://{parts.path}?db={db}"


def start_postgres(folder):
    Postgres(folder).start()


def stop_postgres(folder):
    Postgres(folder).stop()


def start_redis(folder):
    Redis(folder).start()


def stop_redis(folder):
    Redis(folder).stop()


@contextlib.contextmanager
def running(folder):
    try:
        start_postgres(folder)
        start_redis(folder)
        yield
    finally:
        stop_redis(folder)
        stop_postgres(folder)
