import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tibir.core.startup import refuse_powerful_connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tibir.settings")
application = get_wsgi_application()

from tibir.deadlines.schedule import sweep_at_start  # noqa: E402 - needs Django

if settings.PRODUCTION:
    refuse_powerful_connection()
sweep_at_start()
