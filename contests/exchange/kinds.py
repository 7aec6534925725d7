"""The kinds of rows in an archive: their models, the order of these, and the fields of each."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db import models

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
from people.models import (
    Affiliation,
    NextProject,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    PastWork,
    Person,
    PersonIdentifier,
    PersonName,
)
from record.derived_fields import DerivedField
from record.images import ImageField
from record.models import Source

from .columns import Column

#: The models of an archive. The rows of a model refer only to rows of the models before it, and of its own.
MODELS: tuple[type[models.Model], ...] = (
    *(Source, Organisation, Person),
    *(OrganisationName, PersonName, OrganisationIdentifier, PersonIdentifier, Affiliation, PastWork, NextProject),
    *(Series, SeriesOrganiser, AwardLine),
    *(CreditRole, Work, WorkIdentifier, Credit),
    *(Contest, Figure, LeadingRegion, Category, Award, Submission),
    *(Event, Appearance, Recognition, Party, Quote),
)
#: Fields that belong to a portal, not to a contest: accounts, and the results of checking URLs.
_OF_PORTAL = {
    *("contest.approved_by", "recognition.approved_by", "person.user"),
    *("source.checked_at", "source.link_state"),
}
#: What `contests.results` decides: the approval, the reveal and the revocation. An import never changes them in rows
#: that are in the database.
OF_STATE: dict[str, tuple[str, ...]] = {
    "contest": ("approved_at", "reveal_at"),
    "submission": ("reveal_at",),
    "recognition": ("approved_at", "approved_as", "reveal_at", "revoked_on", "revocation_reason"),
}
#: What makes results public. An import keeps it only if the user may approve and reveal results.
OF_APPROVAL: dict[str, tuple[str, ...]] = {
    "contest": ("approved_at", "reveal_at"),
    "submission": ("reveal_at",),
    "recognition": ("approved_at", "approved_as", "reveal_at"),
}
#: The name of the rows for former slugs. They have no permanent key of their own.
FORMER_SLUGS = "formerslug"

#: A row of an archive: its permanent key, and then the value of each column.
Row = tuple[Any, ...]


class Kind:
    """The rows of one model in an archive. The name of the kind is that of the model, in small letters."""

    def __init__(self, model: type[models.Model]):
        self.model: Any = model
        self.name = str(model._meta.model_name)
        self.key = Column(model._meta.get_field("key"))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(self._columns())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all values of a row, in the order of a `Row`."""
        return ("key", *(column.name for column in self.columns))

    @cached_property
    def place(self) -> dict[str, int]:
        """The index of each value in a `Row`, by its name."""
        return {name: index for index, name in enumerate(self.names)}

    @property
    def member(self) -> str:
        """The name of the member of the archive with these rows."""
        return f"data/{self.name}.jsonl"

    def _columns(self) -> Iterator[Column]:
        opts = self.model._meta
        images = [field for field in opts.concrete_fields if isinstance(field, ImageField)]
        # The size of an image is that of its file. The uploaded file may contain what nobody should get, such as the
        # place of a photo, so it does not leave the portal.
        beside = {f"{image.name}_{end}" for image in images for end in ("width", "height", "original")}
        for field in (*opts.concrete_fields, *opts.many_to_many):
            is_ours = not (field.primary_key or field.name == "key" or isinstance(field, DerivedField))
            if is_ours and field.name not in beside and f"{self.name}.{field.name}" not in _OF_PORTAL:
                yield Column(field, to=field.related_model._meta.model_name if field.remote_field else "")


KINDS: dict[str, Kind] = {kind.name: kind for kind in map(Kind, MODELS)}
#: The values of a row of `FORMER_SLUGS`: the kind of the row that had the slug, its permanent key, and the slug.
FORMER_SLUG_NAMES = ("kind", "key", "slug")
FORMER_SLUG_MEMBER = f"data/{FORMER_SLUGS}.jsonl"
