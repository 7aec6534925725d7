from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.core.management import BaseCommand
from django.utils import timezone

from record.images import pending_uploads, put_aside, unused_files
from record.media import unfinished

# Files that are younger than this are not listed: an image is stored shortly before its row is saved, so no row may
# refer to a new file yet.
YOUNG = timedelta(hours=1)


class Command(BaseCommand):
    help = (
        "List stray files: images, renditions and originals that no row refers to, uploads kept for a form for more "
        "than a day, and temporary files of a process that was killed. Files of the last hour are skipped. Images that "
        "were replaced or deleted a short time ago stay for MEDIA_GRACE_HOURS. Also name images that are empty files."
    )

    def add_arguments(self, parser):
        parser.add_argument("--remove", action="store_true", help="delete them from the storage")

    def handle(self, *args, **options):
        before, remove = timezone.now() - YOUNG, options["remove"]
        found = waiting = 0
        since = put_aside.noted(default_storage)
        new: list[str] = []
        for storage, name in chain(unused_files.strays(before), self._others(before)):
            if name in since and not put_aside.is_over(since[name]):
                waiting += 1
                continue
            found += 1
            self.stdout.write(name)
            if remove and settings.MEDIA_GRACE and name not in since and unused_files.unused([name]):
                # A backup that is being made may have begun when a row still referred to this file.
                new.append(name)
            elif remove:
                storage.delete(name)
        if remove:
            put_aside.note(default_storage, new)
            put_aside.remove_due(default_storage, unused_files.unused)
        for name in unused_files.empty():
            self.stderr.write(f"{name} is empty")
        self.stderr.write(f"{'Removed' if remove else 'Found'} {found - len(new)} stray files")
        if new or waiting:
            hours = settings.MEDIA_GRACE.total_seconds() / 3600
            self.stderr.write(f"{len(new) + waiting} others stay until no row has referred to them for {hours:g} hours")

    @staticmethod
    def _others(before: datetime) -> Iterator[tuple[Storage, str]]:
        """Yield the files that are never named by a row."""
        for name in chain(pending_uploads.expired(default_storage), unfinished(default_storage, before)):
            yield default_storage, name
