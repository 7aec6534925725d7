from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from record.content_languages import LanguageField
from record.models.record import Record, unique_in
from record.models.source import source_of_fact
from record.sort_keys import NameKeyField

TAKEN = _("This name is in the list already.")


class OtherName(Record):
    """The abstract base class of the other names of people and organisations. Each can be searched for."""

    name = models.CharField(_("name"), max_length=200)
    name_key = NameKeyField(source="name")
    language = LanguageField(_("language"), blank=True)

    class Meta:
        abstract = True
        verbose_name = _("other name")
        verbose_name_plural = _("other names")

    def __str__(self) -> str:
        return self.name


class PersonName(OtherName):
    """Another name of a person, such as a birth name or a stage name."""

    class Kind(models.TextChoices):
        BIRTH = "birth", _("Birth name")
        STAGE = "stage", _("Stage name")
        MARRIED = "married", _("Married name")
        TRANSLITERATION = "transliteration", _("Transliteration")
        OTHER = "other", pgettext_lazy("kind of name", "Other name")

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="other_names", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OTHER)
    source = source_of_fact("person_names")

    history = HistoricalRecords(excluded_fields=["name_key"])

    class Meta(OtherName.Meta):
        ordering = ["person", "pk"]
        verbose_name = _("other name of a person")
        verbose_name_plural = _("other names of people")
        indexes = [models.Index(fields=["name_key"], name="person_name_by_name_key")]
        constraints = [unique_in("person", "name", name="person_name_once", at="name", message=TAKEN)]


class OrganisationName(OtherName):
    """Another name of an organisation, such as a former name or an abbreviation."""

    class Kind(models.TextChoices):
        FORMER = "former", _("Former name")
        SHORT = "short", _("Short name")
        TRANSLATION = "translation", _("Translated name")
        TRANSLITERATION = "transliteration", _("Transliteration")
        OTHER = "other", pgettext_lazy("kind of name", "Other name")

    organisation = models.ForeignKey(
        "people.Organisation", models.CASCADE, related_name="other_names", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OTHER)
    source = source_of_fact("organisation_names")

    history = HistoricalRecords(excluded_fields=["name_key"])

    class Meta(OtherName.Meta):
        ordering = ["organisation", "pk"]
        verbose_name = _("other name of an organisation")
        verbose_name_plural = _("other names of organisations")
        indexes = [models.Index(fields=["name_key"], name="organisation_name_by_name_key")]
        constraints = [unique_in("organisation", "name", name="organisation_name_once", at="name", message=TAKEN)]
