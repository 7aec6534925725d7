"""
Press kits: everything public about a contest or a work as a ZIP file. `kept` keeps finished files.

All queries start from `public(viewpoint)`. The files are made one after the other, and rows are read in chunks
(`chunks.in_chunks`), so a kit of 5,000 submissions needs no more memory than one of fifty. The queries don't share a
transaction: if somebody edits a row meanwhile, a later file may have the new text and an earlier file the old one. Such
a kit is not kept.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from django.utils.translation import gettext as _

from contests.models import Contest, Figure, Quote, Recognition, Submission
from people.models import Person
from publishing import citations, fact_sheet
from publishing.citations import FORMS, Citation
from record.models import Source
from record.viewpoint import Request

from . import laurels, texts
from .archive import Member, stream, text
from .chunks import by_keys, in_chunks
from .data import AS_SAID, BY_AWARD, Data
from .images import Images

__all__ = ["Member", "of_contest", "of_work", "stream"]


def of_contest(contest: Contest, request: Request) -> Iterator[Member]:
    """Return the files of the press kit of a public contest, which must be loaded with `for_page`."""
    kit = _Kit(request)
    won, quotes = {"award__contest": contest}, {"event__contest": contest}
    url = kit.absolute(contest.get_absolute_url())
    yield text("README.txt", texts.readme(contest, url, request, _contents(is_contest=True)))
    yield Member("fact-sheet.pdf", [fact_sheet.of_contest(contest, request)], stored=True)
    yield text("contest.txt", texts.contest(contest, url))
    yield text("winners.txt", kit.results(contest))
    yield text("figures.txt", texts.figures(kit.figures(contest)))
    yield text("quotes.txt", texts.quotes(kit.quotes(**quotes), kit.absolute))
    yield text("submissions.txt", texts.submissions(kit.works(contest), kit.absolute))
    yield from kit.data_and_sources(kit.data.of_contest(contest))
    yield from kit.citations(
        lambda: chain(
            (citations.of_figure(row, kit.absolute) for row in kit.figures(contest)),
            (citations.of_quote(row, kit.absolute) for row in kit.quotes(**quotes)),
        )
    )
    yield from laurels.of(kit.won(**won), kit.absolute, pictures=False)
    images = Images()
    yield from images.of_contest(contest)
    for recognition in kit.recognitions(**won):
        if not recognition.is_revoked:
            for work in recognition.works:
                yield from images.of_work(work)
            for recipient in recognition.recipients if not recognition.works else ():
                if isinstance(recipient, Person):
                    yield from images.of_person(recipient)
    yield images.credits()


def of_work(work: Submission, request: Request) -> Iterator[Member]:
    """Return the files of the press kit of a public work, which must be loaded with `for_page`."""
    kit = _Kit(request)
    url = kit.absolute(work.get_absolute_url())
    yield text("README.txt", texts.readme(work, url, request, _contents(is_contest=False)))
    yield Member("fact-sheet.pdf", [fact_sheet.of_work(work, request)], stored=True)
    yield text("work.txt", texts.work(work, url))
    yield text("awards.txt", texts.awards(_("Awards"), kit.recognitions(submissions=work), kit.absolute))
    yield text("quotes.txt", texts.quotes(kit.about(work), kit.absolute))
    yield from kit.data_and_sources(kit.data.of_work(work))
    yield from kit.citations(
        lambda: chain(
            [citations.of_work(work, kit.absolute)],
            (citations.of_quote(row, kit.absolute) for row in kit.about(work)),
        )
    )
    yield from laurels.of(kit.won(submissions=work), kit.absolute, pictures=True)
    images = Images()
    yield from images.of_work(work)
    yield images.credits()


class _Kit:
    """The queries for one press kit, and the values that more than one file in the kit needs."""

    def __init__(self, request: Request):
        self.viewpoint = request.viewpoint
        self.absolute = request.build_absolute_uri
        self.data = Data(request)

    def recognitions(self, **of: object) -> Iterator[Recognition]:
        return in_chunks(Recognition.objects.public(self.viewpoint).filter(**of).for_winners().order_by(*BY_AWARD))

    def results(self, contest: Contest) -> Iterator[str]:
        """Return the text of the file of results: the awards, then the nominees and so on, if there are any."""
        of, winner = {"award__contest": contest}, Recognition.Standing.WINNER
        yield from texts.awards(_("Awards"), self.recognitions(**of, standing=winner), self.absolute)
        standings = [value for value in Recognition.Standing.values if value != winner]
        others = self.recognitions(**of, standing__in=standings)
        if first := next(others, None):
            title = _("Nominees, finalists and mentions")
            yield from texts.awards(title, chain([first], others), self.absolute)

    def won(self, **of: object) -> Iterator[Recognition]:
        """
        Return the wins that match the filters `of`, were given and are not revoked. Only they have laurels in the kit,
        because drawing one takes a tenth of a second. The others are on the pages of their works.
        """
        rows = Recognition.objects.public(self.viewpoint).winning().filter(**of, outcome=Recognition.Outcome.GIVEN)
        return in_chunks(rows.for_laurel(self.viewpoint).order_by(*BY_AWARD))

    def figures(self, contest: Contest) -> Iterator[Figure]:
        rows = Figure.objects.public(self.viewpoint).filter(contest=contest)
        return in_chunks(rows.select_related("contest", "organisation", "source").order_by("order"))

    def works(self, contest: Contest) -> Iterator[Submission]:
        rows = Submission.objects.public(self.viewpoint).filter(contest=contest)
        return in_chunks(rows.for_citation().order_by("sort_key", "pk"))

    def quotes(self, **of: object) -> Iterator[Quote]:
        return in_chunks(Quote.objects.public(self.viewpoint).filter(**of).for_list().order_by(*AS_SAID))

    def about(self, work: Submission) -> Iterator[Quote]:
        return in_chunks(Quote.objects.public(self.viewpoint).about(work).for_list().order_by(*AS_SAID))

    def data_and_sources(self, pieces: Iterator[str]) -> Iterator[Member]:
        """
        Return two files: the data of the kit as JSON (`pieces`), then the list of its sources. Which sources are needed
        is known only after the JSON has been written.
        """
        yield text("press-kit.json", pieces)
        sources = by_keys(
            self.data.source_keys, lambda keys: Source.objects.public(self.viewpoint).filter(pk__in=keys).order_by("pk")
        )
        yield text("sources.txt", texts.source_list(sources, self.absolute))

    def citations(self, of: Callable[[], Iterable[Citation]]) -> Iterator[Member]:
        """
        Return one file of citations for each format. `of` is called once for each format and returns the citations.
        """
        for extension, (write, _type) in FORMS.items():
            yield text(f"citations.{extension}", write(of()))


def _contents(*, is_contest: bool) -> list[tuple[str, str]]:
    """Return pairs of file name and description for the README."""
    of_contest = {
        "contest.txt": _("the contest: what it is, who runs it, where and when"),
        "winners.txt": _("who won what, who was nominated, with the jury's words"),
        "figures.txt": _("numbers as they were reported, each with its source"),
        "quotes.txt": _("what was said on stage, by whom, and where it was reported"),
        "submissions.txt": _("every public submission, with its credits"),
    }
    of_work = {
        "work.txt": _("the work: what it is, who made it"),
        "awards.txt": _("the awards of the work, with the jury’s statements"),
        "quotes.txt": _("quotes about the work and from its makers, with their sources"),
    }
    of_both = {
        "press-kit.json": _("all data as JSON, in the format of Laurel's API"),
        "sources.txt": _("where every fact comes from"),
        "citations.txt, .bib, .json": _("citations as plain text, BibTeX and CSL-JSON"),
        "laurels/": _("laurels of the winners as SVG files; the press kit of each winning work also has PNG files")
        if is_contest
        else _("winners’ laurels for light and dark backgrounds, to be used only while the award is valid"),
        "images/": _("original images; their credits are in CREDITS.txt"),
        "artwork/": _("posters that the portal drew for works without one"),
    }
    first = {"fact-sheet.pdf": _("the most important things on one page")}
    return list((first | (of_contest if is_contest else of_work) | of_both).items())
