from django.core.management.commands import loaddata

from search.index import refresh_quietly


class Command(loaddata.Command):
    """
    Django's `loaddata`, followed by an update of the search index. Without the update, a search would not find the new
    rows.
    """

    def handle(self, *args, **options):
        super().handle(*args, **options)
        refresh_quietly(None)
