from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "orderly.people"
