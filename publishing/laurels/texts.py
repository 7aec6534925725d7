"""The words of a laurel."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import uri_to_iri
from django.utils.translation import override

from contests.models import Contest, Recognition
from record.synthetic import MARK
from record.time_zones import local, zone_named


@dataclass(frozen=True)
class LaurelTexts:
    """
    The words of a laurel. `standing` is blank for a winner, `year` if unknown, `mark` for a real award. `honouree`
    appears only in the text alternative.
    """

    award: str
    contest: str
    url: str
    standing: str = ""
    year: str = ""
    honouree: str = ""
    mark: str = ""


def texts_of(recognition: Recognition, url: str) -> LaurelTexts:
    """
    Return the words for `recognition`, loaded by `for_laurel()`. `url` is the URL where the award can be verified.
    """
    contest = recognition.award.contest
    is_winner = recognition.standing == Recognition.Standing.WINNER
    is_synthetic = any(row.is_synthetic for row in (recognition, recognition.honouree, contest))
    return LaurelTexts(
        award=recognition.award.name,
        contest=str(contest),
        url=uri_to_iri(url).partition("://")[2].rstrip("/"),
        standing="" if is_winner else recognition.get_standing_display(),
        year=year_of(contest),
        honouree=str(recognition.honouree),
        mark=str(MARK) if is_synthetic else "",
    )


def year_of(contest: Contest) -> str:
    """
    Return the year in which the awards were given, from the dates of the contest's `ceremonies`. Blank if no date is
    known, if the dates are in several years, or if the contest's name already contains the year. Publication dates are
    not used.
    """
    zone = zone_named(contest.time_zone)
    years = {str(local(event.starts_at, zone).year) for event in contest.ceremonies}
    year = years.pop() if len(years) == 1 else ""
    return "" if year in str(contest) else year


def verification_path(code: str) -> str:
    """
    Return the path of the page that verifies `code`. It is the same in every language, because laurels get printed.
    """
    with override(settings.LANGUAGE_CODE):
        return reverse("verification", args=[code])
