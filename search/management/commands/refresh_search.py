from django.core.management import BaseCommand, CommandError
from django.db import OperationalError

from search import index, triggers


class Command(BaseCommand):
    help = (
        "Bring the index of the search up to date. The admin and loaddata do that by themselves; run this after an "
        "update of Laurel, and after any other import."
    )

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="make every entry anew, whatever has changed")

    def handle(self, *args, **options):
        if options["all"]:
            triggers.note_everything()
        try:
            changes = index.refresh()
        except OperationalError as error:
            raise CommandError("Another process is writing to the database. Try again in a moment.") from error
        if changes:
            index.settle()
        self.stdout.write(f"The search is up to date ({changes} changes)")
