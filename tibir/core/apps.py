from django.apps import AppConfig

from tibir import celery


class CoreConfig(AppConfig):
    name = "tibir.core"
    verbose_name = "grunnmur"
    # Loading Django makes this the application that every shared task belongs to.
    celery = celery.app
