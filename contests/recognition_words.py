"""Recognitions in words: the award with its standing and outcome, and the recognitions of a person in numbers."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contests.models import Recognition
from record.list_format import enumerated

Standing = Recognition.Standing


def award_words(recognition: Recognition) -> str:
    """Return the name of the award with its standing and outcome, such as "Best Song, Nominee"."""
    return ", ".join(filter(None, (recognition.award.name, recognition.standing_words)))


def award_with_names(recognition: Recognition) -> str:
    """
    Return the award in words, for the page of a work: with the names of its recipients, if it has any, because it
    belongs to nobody else who worked on the work.
    """
    award, names = award_words(recognition), recognition.named_recipients
    return _("%(award)s: %(name)s") % {"award": award, "name": names} if names else award


def numbers_in_words(counts: Mapping[str, int]) -> str:
    """
    Return numbers of recognitions in words, such as "5 awards and 51 nominations". `counts` maps standings to numbers.
    Return "" if there are none.
    """
    phrases = {
        Standing.WINNER: ngettext("%(n)s award", "%(n)s awards", counts.get(Standing.WINNER, 0)),
        Standing.RUNNER_UP: ngettext(
            "%(n)s time runner-up", "%(n)s times runner-up", counts.get(Standing.RUNNER_UP, 0)
        ),
        Standing.FINALIST: ngettext("%(n)s time finalist", "%(n)s times finalist", counts.get(Standing.FINALIST, 0)),
        Standing.NOMINEE: ngettext("%(n)s nomination", "%(n)s nominations", counts.get(Standing.NOMINEE, 0)),
        Standing.MENTION: ngettext("%(n)s mention", "%(n)s mentions", counts.get(Standing.MENTION, 0)),
    }
    told = [phrase % {"n": counts[standing]} for standing, phrase in phrases.items() if counts.get(standing)]
    return enumerated(told) if told else ""
