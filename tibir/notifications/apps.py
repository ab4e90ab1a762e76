from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "tibir.notifications"
    verbose_name = "varsler"
