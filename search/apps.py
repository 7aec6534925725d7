from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self):
        from record.importing.running import record_changed

        from . import index, row_finder
        from .triggers import TRIGGERS

        TRIGGERS.connect(self)
        row_finder.register()
        record_changed.connect(lambda sender, **signal: index.refresh_quietly(None), weak=False)
