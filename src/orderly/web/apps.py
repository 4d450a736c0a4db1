from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "orderly.web"
