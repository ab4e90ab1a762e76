from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tibir.cases"
    verbose_name = "saker"
