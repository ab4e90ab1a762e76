from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "tibir.documents"
    verbose_name = "dokumenter"
