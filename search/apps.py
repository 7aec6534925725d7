from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self):
        from .triggers import TRIGGERS

        TRIGGERS.connect(self)
