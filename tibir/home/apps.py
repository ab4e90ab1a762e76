from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "tibir.home"
    verbose_name = "arbeidsplass"
