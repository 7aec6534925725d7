"""The people and organisations in the credits of a work, as pages and files name them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contests.models import Credit, Recognition
from people.models import Organisation, Person

Party = Person | Organisation
#: The most people and organisations that a byline names.
IN_BYLINE = 4


@dataclass(frozen=True)
class Maker:
    """A person or an organisation with all their credits in a work."""

    party: Party
    credits: tuple[Credit, ...]

    @property
    def printed_names(self) -> list[str]:
        """The names in the credits of the work, each once, if they are other than the name of the party."""
        return list(dict.fromkeys(credit.printed_name for credit in self.credits if credit.printed_name))


class FirstCredits(list[Credit]):
    """The credits of those who are named first in a byline. `number` is that of all who made the work."""

    def __init__(self, credits: Iterable[Credit], number: int):
        super().__init__(credits)
        self.number = number


def load_first_credits(recognitions: Iterable[Recognition]) -> None:
    """
    Load the credits of the works of those recognitions that name nobody, as `FirstCredits`: pages show bylines only
    there. A film may have hundreds of credits, so of the others only the keys are read. The works and the parties must
    be loaded. Needs two SQL statements, or none if there are no such works.
    """
    unnamed = [row for row in recognitions if not row.parties.all()]
    works = {entry.work_id: entry.work for row in unnamed for entry in row.submissions.all()}
    if not works:
        return
    keys: dict[int, dict[Any, list[int]]] = {work: {} for work in works}
    rows = Credit.objects.filter(work__in=list(works)).order_by("role__order", "order")
    for key, work, *party in rows.values_list("pk", "work", "person", "organisation"):
        keys[work].setdefault(tuple(party), []).append(key)
    first = [key for of_work in keys.values() for own in list(of_work.values())[:IN_BYLINE] for key in own]
    credits: dict[int, list[Credit]] = {work: [] for work in works}
    for credit in Credit.objects.by_role().select_related("source").filter(pk__in=first):
        credits[credit.work_id].append(credit)
    for row in unnamed:
        for entry in row.submissions.all():
            found = FirstCredits(credits[entry.work_id], len(keys[entry.work_id]))
            vars(entry.work).setdefault("_prefetched_objects_cache", {})["credits"] = found


def makers_of(credits: Iterable[Credit]) -> list[Maker]:
    """
    Return who made a work, in the order of their first credits: each person or organisation once, even if there are
    credits of others between their own.
    """
    found: dict[Party, list[Credit]] = {}
    for credit in credits:
        found.setdefault(credit.party, []).append(credit)
    return [Maker(party, tuple(own)) for party, own in found.items()]


def page_of(party: Party) -> str:
    """Return the URL of the page of a person or an organisation, or "" if there is no such page."""
    url_of = getattr(party, "get_absolute_url", None)
    return url_of() if url_of else ""


def as_printed(name: str, printed: Iterable[str]) -> str:
    """
    Return a name, followed by the names `printed` in the credits of the work, if any: "Eva Lis (as E. Lis)". Both may
    be HTML.
    """
    names = pgettext("between facts", ", ").join(printed)
    return _("%(name)s (as %(printed)s)") % {"name": name, "printed": names} if names else name


def with_character(text: str, character: str) -> str:
    """Return a role or a name, followed by the character that a member of the cast plays, if any: "Cast: Hamlet"."""
    if not character:
        return text
    return pgettext("name and explanation", "{name}: {words}").format(name=text, words=character)


def name_in(credit: Credit) -> str:
    """Return the name of a credit as text, such as "Eva Lis (as E. Lis)"."""
    return as_printed(credit.party.name, filter(None, [credit.printed_name]))


def role_in(credit: Credit) -> str:
    """Return the role of a credit as text, such as "Cast: Hamlet"."""
    return with_character(str(credit.role), credit.character)
