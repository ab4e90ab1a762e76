from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "tibir.access"
    verbose_name = "tilgang"
