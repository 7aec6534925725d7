from django.core.management import BaseCommand, CommandError
from django.db import OperationalError

from record.progress import Progress
from search import index, triggers
from search.models import Change


class Command(BaseCommand):
    help = (
        "Update the search index. The admin and loaddata do this automatically; run this command after an update of "
        "Laurel and after any other change, such as SQL by hand."
    )

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="rebuild all entries, not only changed ones")

    def handle(self, *args, **options):
        if options["all"]:
            triggers.note_everything()
        try:
            changes = index.refresh(say=Progress(self.stdout, Change.objects.count(), "search entries"), may_fork=True)
        except OperationalError as error:
            # SQLite: "database is locked"; PostgreSQL: "lock timeout", "deadlock detected".
            if "lock" not in str(error):
                raise
            raise CommandError("Another process is writing to the database. Try again in a moment.") from error
        if changes:
            index.settle()
        self.stdout.write(f"The search is up to date ({changes} changes)")
