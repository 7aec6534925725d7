from datetime import timedelta
from itertools import chain

from django.core.files.storage import default_storage
from django.core.management import BaseCommand
from django.utils import timezone

from record.images import pending_uploads, unused_files

# Files that are younger than this are not listed: an image is stored shortly before its row is saved, so no row may
# refer to a new file yet.
YOUNG = timedelta(hours=1)


class Command(BaseCommand):
    help = (
        "List stray files: images, renditions and originals that no row refers to, for example after a crash during an "
        "upload, and uploads kept for a form for more than a day. Images of the last hour are skipped."
    )

    def add_arguments(self, parser):
        parser.add_argument("--remove", action="store_true", help="delete them from the storage")

    def handle(self, *args, **options):
        found = 0
        nobody_came_back_for = ((default_storage, name) for name in pending_uploads.expired(default_storage))
        for storage, name in chain(unused_files.strays(timezone.now() - YOUNG), nobody_came_back_for):
            found += 1
            self.stdout.write(name)
            if options["remove"]:
                storage.delete(name)
        self.stderr.write(f"{'Removed' if options['remove'] else 'Found'} {found} stray files")
