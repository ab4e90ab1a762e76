from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "tibir.demo"
    verbose_name = "demo"
