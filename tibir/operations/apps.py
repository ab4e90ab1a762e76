from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "tibir.operations"
    verbose_name = "drift"
