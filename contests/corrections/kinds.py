"""The models and fields that the public list of corrections shows, and their labels."""

from dataclasses import dataclass
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from contests.models import (
    Appearance,
    Award,
    AwardLine,
    Category,
    Contest,
    Credit,
    CreditRole,
    Event,
    Figure,
    LeadingRegion,
    Party,
    Quote,
    Recognition,
    Series,
    SeriesOrganiser,
    Submission,
    Work,
    WorkIdentifier,
)
from contests.work_kinds import WorkKind
from people.models import Organisation, Person
from record.models import Source
from record.viewpoint import Viewpoint

SOURCE, SOURCES = gettext_lazy("Source"), gettext_lazy("Sources")
PERSON, ROLE = gettext_lazy("Person"), gettext_lazy("Role")
DESCRIPTION, NAME, TITLE = gettext_lazy("Description"), gettext_lazy("Name"), gettext_lazy("Title")
# `label_in` replaces this label by the contest's own word for its works, such as "Film".
WORK = gettext_lazy("Work")
CONTINUING = gettext_lazy("Continuing award")
CITY, KIND = gettext_lazy("City"), gettext_lazy("Kind")


@dataclass(frozen=True)
class Kind:
    """
    What the list of corrections shows of a model: its `name` for the public, and its `fields`, each with a label.
    `to_contest` is the lookup path to the contest; blank if rows don't belong to one contest. `part` is the column that
    refers to a submission, if any; the submission must be public too. `of_work` is the column with the key of the work
    to which a row belongs, if any: the row concerns each contest with a public entry of this work. `added` names the
    fields shown for a new row.
    """

    model: type[models.Model]
    name: Any
    to_contest: str
    fields: dict[str, Any]
    part: str = ""
    of_work: str = ""
    added: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.model.__name__.lower()

    @property
    def history(self) -> Any:
        """The manager of the model's history records."""
        return self.model.history  # type: ignore[attr-defined]

    def field(self, name: str) -> models.Field:
        """Return the model field with the name `name`."""
        return cast("models.Field", self.model._meta.get_field(name))

    def public(self, viewpoint: Viewpoint) -> Any:
        """Return the queryset of the model's rows that are public at the time of `viewpoint`."""
        rows: Any = self.model._default_manager
        return rows.public(viewpoint)


def label_in(contest: Contest, label: Any) -> Any:
    """Return `label` as the pages of `contest` show it: `WORK` becomes the contest's own word for its works."""
    return WorkKind(contest.work_kind).label if label is WORK else label


KINDS = {
    kind.label: kind
    for kind in (
        Kind(
            Contest,
            gettext_lazy("The contest"),
            "id",
            {
                "title": TITLE,
                "edition_number": gettext_lazy("Edition"),
                "year_label": gettext_lazy("Year"),
                "held_from": gettext_lazy("Held on or from"),
                "held_to": gettext_lazy("Held until"),
                "tagline": gettext_lazy("Tagline"),
                "about": gettext_lazy("The contest’s story"),
                "organiser": gettext_lazy("Organiser"),
                "work_kind": gettext_lazy("Kind of works"),
                "host_event": gettext_lazy("Alongside"),
                "city": CITY,
                "country": gettext_lazy("Country or region"),
                "prize_pool": gettext_lazy("Prize pool"),
                "prize_currency": gettext_lazy("Currency"),
                "opens_at": gettext_lazy("Opens"),
                "closes_at": gettext_lazy("Closes"),
                "hero": gettext_lazy("Image"),
                "sources": SOURCES,
            },
        ),
        Kind(
            Submission,
            WORK,
            "contest",
            {
                "title": TITLE,
                "original_title": gettext_lazy("Original title"),
                "categories": gettext_lazy("Category"),
                "logline": gettext_lazy("Logline"),
                "synopsis": gettext_lazy("Synopsis"),
                "language": gettext_lazy("Spoken language"),
                "countries": gettext_lazy("Countries and regions"),
                "runtime": gettext_lazy("Runtime"),
                "year": gettext_lazy("Year"),
                "tools": gettext_lazy("Tools used"),
                "work_url": gettext_lazy("Link to the work"),
                "poster": gettext_lazy("Poster"),
                "sources": SOURCES,
            },
        ),
        Kind(
            Work,
            WORK,
            "",
            {
                "title": TITLE,
                "original_title": gettext_lazy("Original title"),
                "disambiguation": gettext_lazy("Disambiguation"),
                "year_from": gettext_lazy("Year"),
                "year_to": gettext_lazy("Last year"),
                "countries": gettext_lazy("Countries and regions"),
                "languages": gettext_lazy("Languages"),
                "sources": SOURCES,
            },
            of_work="id",
        ),
        Kind(
            WorkIdentifier,
            gettext_lazy("Identifier"),
            "",
            {"scheme": KIND, "value": gettext_lazy("Identifier")},
            of_work="work_id",
            added=("scheme", "value"),
        ),
        Kind(
            Credit,
            pgettext_lazy("of a work", "Credit"),
            "",
            {
                "person": PERSON,
                "organisation": gettext_lazy("Organisation"),
                "role": ROLE,
                "wording": gettext_lazy("Role as printed"),
                "character": gettext_lazy("Character"),
                "credited_as": gettext_lazy("Credited as"),
                "source": SOURCE,
            },
            of_work="work_id",
            added=("person", "organisation", "role", "character"),
        ),
        Kind(
            Award,
            gettext_lazy("Award"),
            "contest",
            {
                "name": NAME,
                "line": CONTINUING,
                "kind": KIND,
                "description": DESCRIPTION,
                "prize_amount": gettext_lazy("Prize money"),
                "prize_currency": gettext_lazy("Currency"),
                "source": SOURCE,
            },
        ),
        Kind(
            Recognition,
            gettext_lazy("Award"),
            "award__contest",
            {
                "award": gettext_lazy("Award"),
                "submissions": WORK,
                "standing": gettext_lazy("Standing"),
                "outcome": gettext_lazy("Outcome"),
                "rank": gettext_lazy("Place"),
                "is_tied": gettext_lazy("Tied"),
                "is_shared": gettext_lazy("Shared prize"),
                "detail": gettext_lazy("What was recognised"),
                "note": gettext_lazy("Note"),
                "citation": gettext_lazy("The jury’s words"),
                "presenters": gettext_lazy("Presented by"),
                "revoked_on": gettext_lazy("Revoked on"),
                "revocation_reason": gettext_lazy("Reason"),
                "source": SOURCE,
            },
            added=("standing",),
        ),
        Kind(
            Party,
            pgettext_lazy("of an award", "Recipient"),
            "recognition__award__contest",
            {
                "person": PERSON,
                "organisation": gettext_lazy("Organisation"),
                "part": gettext_lazy("Part"),
                "credited_as": gettext_lazy("Credited as"),
            },
            added=("person", "organisation", "part"),
        ),
        Kind(
            Event,
            gettext_lazy("Event"),
            "contest",
            {
                "title": TITLE,
                "kind": KIND,
                "host": gettext_lazy("Host"),
                "part_of": gettext_lazy("Part of"),
                "starts_at": gettext_lazy("Starts"),
                "ends_at": gettext_lazy("Ends"),
                "venue": gettext_lazy("Venue"),
                "city": CITY,
                "description": DESCRIPTION,
                "sources": SOURCES,
            },
        ),
        Kind(
            Appearance,
            gettext_lazy("Appearance"),
            "event__contest",
            {"person": PERSON, "role": ROLE, "source": SOURCE},
            added=("person", "role"),
        ),
        Kind(
            Quote,
            gettext_lazy("Quote"),
            "event__contest",
            {
                "text": gettext_lazy("Words"),
                "speaker": gettext_lazy("Speaker"),
                "event": gettext_lazy("Event"),
                "submission": WORK,
                "context": gettext_lazy("Context"),
                "language": gettext_lazy("Language"),
                "source": SOURCE,
            },
            part="submission_id",
        ),
        Kind(
            Figure,
            gettext_lazy("Figure"),
            "contest",
            {
                "qualifier": gettext_lazy("How exact"),
                "value": gettext_lazy("Number"),
                "label": gettext_lazy("What is counted"),
                "unit": gettext_lazy("Unit"),
                "currency": gettext_lazy("Currency"),
                "note": gettext_lazy("Note"),
                "organisation": gettext_lazy("Organisation"),
                "source": SOURCE,
            },
            added=("qualifier", "value"),
        ),
        Kind(
            LeadingRegion,
            gettext_lazy("Country with the most entries"),
            "contest",
            {"country": gettext_lazy("Country or region"), "rank": gettext_lazy("Rank"), "source": SOURCE},
            added=("rank",),
        ),
        Kind(Category, gettext_lazy("Category"), "contest", {"name": NAME, "description": DESCRIPTION}),
    )
}

#: The models whose rows don't belong to one contest. The function `tied` decides which contests show corrections of
#: these rows.
TIED = {
    kind.label: kind
    for kind in (
        Kind(
            Person,
            PERSON,
            "",
            {
                "name": NAME,
                "native_name": gettext_lazy("Name in their own script"),
                "country": gettext_lazy("Country or region"),
                "born": pgettext_lazy("birth", "Born"),
                "died": gettext_lazy("Died"),
            },
        ),
        Kind(
            Organisation,
            gettext_lazy("Organisation"),
            "",
            {
                "name": NAME,
                "country": gettext_lazy("Country or region"),
                "founded": gettext_lazy("Founded"),
                "dissolved": gettext_lazy("Dissolved"),
            },
        ),
        Kind(Series, gettext_lazy("Series"), "", {"name": NAME}),
        Kind(
            SeriesOrganiser,
            gettext_lazy("Organiser of the series"),
            "",
            {
                "organisation": gettext_lazy("Organisation"),
                "since": gettext_lazy("Since"),
                "until": gettext_lazy("Until"),
                "source": SOURCE,
            },
        ),
        Kind(
            AwardLine,
            CONTINUING,
            "",
            {"name": NAME, "description": DESCRIPTION, "continues": gettext_lazy("Continues"), "source": SOURCE},
        ),
    )
}

ALL_KINDS = {**KINDS, **TIED}

#: The field with a row's name or title, for each model whose rows a correction can mention. `CreditRole` has another
#: field for each language of the interface.
NAMED: dict[type[models.Model], str] = {
    CreditRole: "name",
    Person: "name",
    Organisation: "name",
    Source: "title",
    Submission: "title",
    Work: "title",
    Award: "name",
    AwardLine: "name",
    Category: "name",
    Event: "title",
    Quote: "text",
}
