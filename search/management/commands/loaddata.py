from django.core.management.commands import loaddata

from search.index import refresh_quietly


class Command(loaddata.Command):
    """
    Django's `loaddata`, followed by an update of the whole search index. Otherwise loaded rows that are not public yet
    would not be indexed: a visitor's search updates only entries of public rows.
    """

    def handle(self, *args, **options):
        super().handle(*args, **options)
        refresh_quietly(None)
