from django.core.management.commands import loaddata

from search.index import refresh_quietly


class Command(loaddata.Command):
    """
    Django's `loaddata`, followed by an update of the search index, without which a search would not find the rows.
    """

    def handle(self, *args, **options):
        super().handle(*args, **options)
        refresh_quietly(None)
