"""Collects the texts of a laurel from a recognition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import uri_to_iri
from django.utils.translation import override

from contests.made_up import is_made_up
from contests.models import Contest, Recognition
from record.synthetic import MARK
from record.time_zones import local, zone_named


@dataclass(frozen=True)
class LaurelTexts:
    """
    The texts of a laurel. `standing` is blank for a winner. `year` is blank if it is unknown or already part of
    `contest`. `mark` is blank unless the award is synthetic. `honouree`, the names of all that share
    the award, appears only in the text alternative.
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
    Return the texts for `recognition`, which must be loaded with `for_laurel()`. `url` is the URL where the award
    can be verified.
    """
    contest = recognition.award.contest
    is_winner = recognition.standing == Recognition.Standing.WINNER
    is_synthetic = any(is_made_up(row) for row in (recognition, *recognition.honourees))
    return LaurelTexts(
        award=recognition.award.name,
        contest=str(contest),
        url=uri_to_iri(url).partition("://")[2].rstrip("/"),
        standing="" if is_winner else recognition.get_standing_display(),
        year=year_of(contest),
        honouree=recognition.named if recognition.honouree else recognition.detail,
        mark=str(MARK) if is_synthetic else "",
    )


def year_of(contest: Contest) -> str:
    """
    Return the year in which the contest gave its awards, from the dates of its `ceremonies`. Return a blank string if
    no date is known, if the dates are in different years, or if the contest's name already contains the year.
    Publication dates are not used.
    """
    zone = zone_named(contest.time_zone)
    loaded: Any = contest  # `for_laurel` has added the attribute `ceremonies`.
    years = {str(local(event.starts_at, zone).year) for event in loaded.ceremonies}
    year = years.pop() if len(years) == 1 else ""
    return "" if year in str(contest) else year


def verification_path(code: str) -> str:
    """
    Return the path of the page that verifies `code`. The path has no language prefix, because it is printed on laurels.
    """
    with override(settings.LANGUAGE_CODE):
        return reverse("verification", args=[code])
