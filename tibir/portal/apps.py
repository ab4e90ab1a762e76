from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "tibir.portal"
    verbose_name = "for foreldre"
