from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tibir.audit"
    verbose_name = "logg"
