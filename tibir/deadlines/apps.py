from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "tibir.deadlines"
    verbose_name = "frister"
