from django.apps import AppConfig


class SeriesConfig(AppConfig):
    name = "orderly.series"
