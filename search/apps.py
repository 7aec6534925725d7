from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self):
        from . import row_finder
        from .triggers import TRIGGERS

        TRIGGERS.connect(self)
        row_finder.register()
