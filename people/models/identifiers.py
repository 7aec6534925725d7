from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from record.models.identifier import ExternalIdentifier, scheme_field


class PersonIdentifier(ExternalIdentifier):
    """The identifier of a person in another catalogue."""

    imdb_letters = "nm"

    scheme = scheme_field("wikidata", "imdb", "viaf", "isni", "orcid", "gnd", "ulan", "own")
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="identifiers", verbose_name=_("person"))

    history = HistoricalRecords()

    class Meta(ExternalIdentifier.Meta):
        ordering = ["person", "pk"]
        verbose_name = _("identifier of a person")
        verbose_name_plural = _("identifiers of people")


class OrganisationIdentifier(ExternalIdentifier):
    """The identifier of an organisation in another catalogue."""

    imdb_letters = "co"

    scheme = scheme_field("wikidata", "imdb", "eidr", "ror", "viaf", "isni", "gnd", "ulan", "own")
    organisation = models.ForeignKey(
        "people.Organisation", models.CASCADE, related_name="identifiers", verbose_name=_("organisation")
    )

    history = HistoricalRecords()

    class Meta(ExternalIdentifier.Meta):
        ordering = ["organisation", "pk"]
        verbose_name = _("identifier of an organisation")
        verbose_name_plural = _("identifiers of organisations")
