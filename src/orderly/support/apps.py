from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "orderly.support"
