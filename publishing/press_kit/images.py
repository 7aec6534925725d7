"""The images of a press kit: uploaded files with their credits, and drawn posters for works without an upload."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from contests.models import Contest, Submission
from people.models import Person
from publishing import artwork
from record.images import Licence, StoredImage
from record.media import StorageAwayError

from .archive import PART, Member, text
from .file_names import Paths
from .texts import detail

CAPTION = "Artwork by Laurel, not a still"


class Images:
    """Returns the images of a press kit and collects their credits. Each image is included once."""

    def __init__(self) -> None:
        self._paths = Paths()
        self._shown: set[tuple[type, int]] = set()
        self._credits: list[str] = []

    def of_contest(self, contest: Contest) -> Iterator[Member]:
        if contest.hero:
            yield from self._upload(contest.hero, contest.slug)

    def of_work(self, work: Submission) -> Iterator[Member]:
        """Return the poster of a work, uploaded or drawn, and the uploaded portraits of the people in its credits."""
        if self._is_new(work):
            if work.poster:
                yield from self._upload(work.poster, work.slug)
            else:
                yield self._drawn(work)
        for credit in work.credits.all():
            if credit.person:
                yield from self.of_person(credit.person)

    def of_person(self, person: Person) -> Iterator[Member]:
        if person.portrait and self._is_new(person):
            yield from self._upload(person.portrait, person.slug)

    def credits(self) -> Member:
        """
        Return a text file with the descriptions and credits of all images. Call it after all images have been added.
        """
        return text("images/CREDITS.txt", iter(self._credits or [_("There are no images.") + "\n"]))

    def _is_new(self, row: Submission | Person) -> bool:
        key = (type(row), row.pk)
        if key in self._shown:
            return False
        self._shown.add(key)
        return True

    def _upload(self, image: StoredImage, name: str) -> Iterator[Member]:
        try:
            file = image.storage.open(image.stored_name)
        except StorageAwayError:
            raise  # The press kit is made later, with all images.
        except (OSError, ValueError, SuspiciousFileOperation):
            return  # The file is missing in the storage: leave it out and send the rest of the press kit.
        path = self._paths.new("images", name, PurePosixPath(image.stored_name).suffix.lower())
        credit = image.credit or _("Unknown: ask the organiser before you publish it.")
        self._note(path, credit, image.alt, _licence(image.licence))
        with file:
            yield Member(path, _parts(file), stored=True)

    def _drawn(self, work: Submission) -> Member:
        path = self._paths.new("artwork", work.slug, ".svg")
        title = {"title": work.title}
        self._note(path, _(CAPTION), _("Drawn by the portal for “%(title)s”, which has no poster.") % title)
        art = artwork.poster(work.slug, work.title)
        shown = {"art": art, "label": CAPTION, "drawing": artwork.svg(art, CAPTION)}
        return text(path, [render_to_string("publishing/artwork_file.svg", shown)])

    def _note(self, path: str, credit: str, alt: str, licence: str = "") -> None:
        told = [(_("Credit"), credit), (_("Licence"), licence), (_("Shows"), alt)]
        self._credits.append(f"{path}\n{''.join(detail(*fact) for fact in told)}\n")


def _licence(licence: Licence | None) -> str:
    return " ".join(filter(None, (str(licence.label), licence.url))) if licence else ""


def _parts(file: File) -> Iterator[bytes]:
    while part := file.read(PART):
        yield part
