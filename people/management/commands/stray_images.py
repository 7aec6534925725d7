from datetime import timedelta

from django.core.management import BaseCommand
from django.utils import timezone

from people.images import keeping

# An upload is stored a moment before the row that refers to it is written.
YOUNG = timedelta(hours=1)


class Command(BaseCommand):
    help = (
        "Name the files among images, renditions and originals that no row refers to, such as a server that was "
        "switched off in the middle of an upload leaves behind. Those of the last hour are passed over."
    )

    def add_arguments(self, parser):
        parser.add_argument("--remove", action="store_true", help="take them out of the storage")

    def handle(self, *args, **options):
        found = 0
        for storage, name in keeping.strays(timezone.now() - YOUNG):
            found += 1
            self.stdout.write(name)
            if options["remove"]:
                storage.delete(name)
        self.stderr.write(f"{'Removed' if options['remove'] else 'Found'} {found} stray files")
