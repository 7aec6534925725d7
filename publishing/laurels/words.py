"""What a laurel says."""

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
class Words:
    """
    What stands on a laurel; `standing` is blank for a winner, `year` where nobody knows it, `mark` for a real award.
    `honouree` is told to those who can't see the drawing.
    """

    award: str
    contest: str
    address: str
    standing: str = ""
    year: str = ""
    honouree: str = ""
    mark: str = ""


def words_of(recognition: Recognition, address: str) -> Words:
    """What the laurel of `recognition`, which comes `for_laurel()`, says; `address` is where it can be verified."""
    contest = recognition.award.contest
    is_winner = recognition.standing == Recognition.Standing.WINNER
    is_synthetic = any(row.is_synthetic for row in (recognition, recognition.honouree, contest))
    return Words(
        award=recognition.award.name,
        contest=str(contest),
        address=uri_to_iri(address).partition("://")[2].rstrip("/"),
        standing="" if is_winner else recognition.get_standing_display(),
        year=year_of(contest),
        honouree=str(recognition.honouree),
        mark=str(MARK) if is_synthetic else "",
    )


def year_of(contest: Contest) -> str:
    """
    The year in which its awards were given, by the days of its `ceremonies`; blank where no day is known, where they
    are of several years, and where its name says the year already. When something was published tells nothing.
    """
    zone = zone_named(contest.time_zone)
    years = {str(local(event.starts_at, zone).year) for event in contest.ceremonies}
    year = years.pop() if len(years) == 1 else ""
    return "" if year in str(contest) else year


def address_of(code: str) -> str:
    """Where a laurel with `code` leads: the same in every language, for it is printed once and for all."""
    with override(settings.LANGUAGE_CODE):
        return reverse("verification", args=[code])
