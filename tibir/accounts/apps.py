from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tibir.accounts"
    verbose_name = "personer og steder"
