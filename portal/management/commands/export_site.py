from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from portal.static_copy.crawl import CopyFailedError, StaticCopy
from portal.static_copy.folder import Folder, WrongFolderError
from portal.static_copy.scope import LARGE, UnknownSlugError, scope_of
from record.progress import Progress
from record.viewpoint import Viewpoint

MOST_JOBS = 64


class Command(BaseCommand):
    help = (
        "Write the public site, or one contest or series, as plain files: pages in every language, images, cards and "
        "data. The copy works from any file server, and from a folder by double-click. A second run writes only what "
        "has changed, and removes the files of pages that are gone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", default="", help="a contest or a series (default: the whole site)")
        parser.add_argument("--output", metavar="DIR", help="the folder of the copy (var/site, or var/site-SLUG)")
        known = [code for code, _name in settings.LANGUAGES]
        parser.add_argument(
            "--languages", nargs="+", choices=known, default=known, metavar="CODE", help=", ".join(known)
        )
        parser.add_argument(
            "--without", nargs="+", choices=LARGE, default=[], help="leave out files that take long to make"
        )
        parser.add_argument(
            "--jobs", type=_number, default=1, metavar="N", help="how many processes draw and render (1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start, viewpoint = perf_counter(), Viewpoint.now()
        slug, languages = options["slug"].strip("/"), list(dict.fromkeys(options["languages"]))
        name = "-".join(filter(None, ["site", slug.replace("/", "-")]))
        output = Path(options["output"] or settings.VAR_DIR / name)
        try:
            scope = scope_of(slug, viewpoint, options["without"])
            folder = Folder(output, scope.name)
            copy = StaticCopy(folder, scope, languages, viewpoint, self._say(), options["jobs"])
            copy.make()
        except (CopyFailedError, UnknownSlugError, WrongFolderError) as error:
            raise CommandError(str(error)) from error
        seconds = perf_counter() - start
        number, size = len(folder.checksums), folder.size / 1e6
        self.stdout.write(
            f"{folder.written:,} files written, {folder.unchanged:,} unchanged, {folder.removed:,} removed. "
            f"The copy in {output} has {number:,} files ({size:,.1f} MB); "
            f"{seconds:.1f} s, {number / seconds:,.0f} files a second."
        )
        if not copy.portal:
            self.stdout.write("SITE_URL is not a public URL, so links out of the copy are plain text.")

    def _say(self) -> Any:
        progress = Progress(self.stdout, 0, "files")

        def say(done: int, known: int) -> None:
            # The pages lead to more pages, so the total grows.
            progress.total = known
            if done % 100 == 0:
                progress(done)

        return say


def _number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_JOBS:
        raise ValueError(text)
    return number
