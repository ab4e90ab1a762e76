"""Two sites in one process: ours, and under /bare/ one with Django's standard middleware.

/bare-behind-login/ is the same bare page behind our middleware: it tells how much of a page's
cost is to know who asks, and how much is the page.
"""

import os

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
ours = get_wsgi_application()


def _with(middleware):
    whole, settings.MIDDLEWARE = settings.MIDDLEWARE, middleware
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = whole


bare = _with(settings.STANDARD_MIDDLEWARE)


def application(environ, start_response):
    handler = bare if environ["PATH_INFO"].startswith("/bare/") else ours
    return handler(environ, start_response)
