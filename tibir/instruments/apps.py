from django.apps import AppConfig


class InstrumentsConfig(AppConfig):
    name = "tibir.instruments"
    verbose_name = "måleinstrumenter"
