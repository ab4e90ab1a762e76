from django.apps import AppConfig


class FamilyConfig(AppConfig):
    name = "tibir.family"
    verbose_name = "familie"
