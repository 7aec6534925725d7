from django.core.management.commands import loaddata

from search.index import refresh_quietly


class Command(loaddata.Command):
    """Django's, after which what was loaded can be found: a visitor's search sees only to what is public already."""

    def handle(self, *args, **options):
        super().handle(*args, **options)
        refresh_quietly(None)
