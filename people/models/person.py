from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from people.models.identifiers import OrganisationIdentifier, PersonIdentifier
from people.querysets import OrganisationQuerySet, PersonQuerySet
from people.sort_names import PersonInitialField, PersonSortKeyField, sort_name_of
from record.content_languages import LanguageField
from record.countries import CountryField
from record.images import ImageField, UploadTo, focus_rule
from record.models.date_bounds import years_within
from record.models.identifier import identifiers_in
from record.models.record import Record, rule, unique_in
from record.models.source import SourcesField, source_of_fact
from record.partial_dates import PartialDateField, in_order, partial_dates_within
from record.slugs import SlugField
from record.sort_keys import InitialField, NameKeyField, SortKeyField
from record.synthetic import is_synthetic
from record.text_folding import FoldedField
from record.web_urls import WebURLField


class Person(Record):
    """A person who made a work or took part in an event, or a team that works under one name. Most have no account."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("Individual")
        TEAM = "team", _("Team")

    slug = SlugField(unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INDIVIDUAL)
    name = models.CharField(
        _("name"), max_length=200, help_text=_("The name as the person or team writes it, for example “C·one”.")
    )
    sort_name = models.CharField(
        _("sort name"),
        max_length=200,
        blank=True,
        help_text=_(
            "Leave blank if lists should sort the name as worked out. Otherwise, put the family name first: “Bong, "
            "Joon-ho”."
        ),
    )
    sort_key = PersonSortKeyField(source="sort_name")
    letter = PersonInitialField(source="sort_name")
    # `name_key` and `native_key` serve to search for names, and to find duplicate rows for the same person.
    name_key = NameKeyField(source="name")
    native_key = NameKeyField(source="native_name")
    native_name = models.CharField(
        _("native name"), max_length=200, blank=True, help_text=_("The name in its own script.")
    )
    native_language = LanguageField(_("language of the native name"), blank=True)
    disambiguation = models.CharField(
        _("told apart by"),
        max_length=100,
        blank=True,
        help_text=_("Only if another person has the same name: “composer, 1932”. Lists show it after the name."),
    )
    born = PartialDateField(_("born"))
    died = PartialDateField(_("died"))
    headline = models.CharField(
        _("headline"), max_length=200, blank=True, help_text=_("Who this person or team is, in one line.")
    )
    # The search of the admin looks for words in this field.
    folded_headline = FoldedField(source="headline")
    biography = models.TextField(_("biography"), blank=True)
    country = CountryField(_("country or region"), blank=True)
    website = WebURLField(_("website"), max_length=500, blank=True)
    portrait = ImageField(_("portrait"), upload_to=UploadTo("portraits"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    sources = SourcesField(related_name="people")

    objects: ClassVar = PersonQuerySet.as_manager()
    history = HistoricalRecords(
        m2m_fields=[sources], excluded_fields=["sort_key", "letter", "name_key", "native_key", "folded_headline"]
    )

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["sort_key", "id"], name="person_by_sort_key"),
            models.Index(fields=["sort_name", "id"], name="person_by_sort_name"),
            models.Index(fields=["country", "sort_key", "id"], name="person_by_country"),
            models.Index(fields=["portrait"], name="person_by_portrait"),
            models.Index(fields=["name_key"], name="person_by_name_key"),
            models.Index(fields=["native_key"], name="person_by_native_key"),
            models.Index(fields=["portrait_alt", "portrait"], name="person_by_portrait_alt"),
            models.Index(fields=["portrait_credit", "portrait"], name="person_by_portrait_credit"),
            models.Index(fields=["letter", "sort_key", "id"], name="person_by_letter"),
            models.Index(fields=["born", "sort_key", "id"], name="person_by_birth"),
            # The sitemap looks for people who are not synthetic.
            models.Index(fields=["id"], name="person_real", condition=~is_synthetic()),
        ]
        constraints = [
            focus_rule("portrait", name="person_portrait_focus_within"),
            *partial_dates_within("born", "died"),
            in_order("born", "died", name="person_life_in_order", message=_("Nobody dies before they are born.")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.slug])

    @property
    def listed_identifiers(self) -> list[PersonIdentifier]:
        """The identifiers that `for_page` has loaded."""
        return identifiers_in(getattr(self, "found_identifiers", ""), PersonIdentifier)

    @property
    def sorted_as(self) -> str:
        """The name that decides where lists put this person: `sort_name`, or what is worked out from the name."""
        return self.sort_name or sort_name_of(self.name, is_team=self.kind == self.Kind.TEAM)

    def works(self) -> models.QuerySet:
        """
        Return the past works and next projects of this person as one queryset. Each row is annotated with `kind`:
        "past" or "upcoming". Needs one SQL statement.
        """
        past = self.past_works.annotate(kind=models.Value("past"))
        upcoming = self.next_projects.annotate(kind=models.Value("upcoming"))
        rows = [works.select_related("source").order_by() for works in (past, upcoming)]
        return rows[0].union(rows[1], all=True).order_by("kind", "order")


class Organisation(Record):
    """A company, school or other organisation that people belong to or that runs a contest."""

    slug = SlugField(unique=True)
    name = models.CharField(_("name"), max_length=200)
    sort_key = SortKeyField(source="name")
    letter = InitialField(source="name")
    name_key = NameKeyField(source="name")
    disambiguation = models.CharField(
        _("told apart by"),
        max_length=100,
        blank=True,
        help_text=_("Only if another organisation has the same name: “London”. Lists show it after the name."),
    )
    founded = PartialDateField(_("founded"))
    dissolved = PartialDateField(_("dissolved"))
    description = models.TextField(_("description"), blank=True)
    website = WebURLField(_("website"), max_length=500, blank=True)
    country = CountryField(_("country or region"), blank=True)
    sources = SourcesField(related_name="organisations")

    objects: ClassVar = OrganisationQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[sources], excluded_fields=["sort_key", "letter", "name_key"])

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = [
            models.Index(fields=["sort_key", "id"], name="organisation_by_sort_key"),
            models.Index(fields=["letter", "sort_key", "id"], name="organisation_by_letter"),
            models.Index(fields=["name_key"], name="organisation_by_name_key"),
            models.Index(fields=["country", "sort_key", "id"], name="organisation_by_country"),
            # The sitemap looks for organisations that are not synthetic.
            models.Index(fields=["id"], name="organisation_real", condition=~is_synthetic()),
        ]
        constraints = [
            *partial_dates_within("founded", "dissolved"),
            in_order("founded", "dissolved", name="organisation_life_in_order"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.slug])

    @property
    def listed_identifiers(self) -> list[OrganisationIdentifier]:
        """The identifiers that `for_page` has loaded."""
        return identifiers_in(getattr(self, "found_identifiers", ""), OrganisationIdentifier)


class Affiliation(Record):
    """A person's role in an organisation, such as founder or representative."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="affiliations", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=120, help_text=_("For example “Founder” or “Representative”."))
    source = source_of_fact("affiliations")

    history = HistoricalRecords()

    class Meta:
        ordering = ["person", "pk"]
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        constraints = [
            unique_in(
                "person",
                "organisation",
                "role",
                name="affiliation_once_per_role",
                at="role",
                message=_("This person has that role in this organisation already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.role}, {self.organisation}"


class PersonalWork(Record):
    """
    The abstract base class of past works and next projects: works that were not entered into a contest on this portal.
    """

    title = models.CharField(
        _("title"), max_length=200, blank=True, help_text=_("Leave blank if the work has no title yet.")
    )
    description = models.TextField(_("description"), blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title or self.description


class PastWork(PersonalWork):
    """A work for which a person was known before the contest."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="past_works", verbose_name=_("person"))
    source = source_of_fact("past_works", required=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["person", "order"]
        verbose_name = _("past work")
        verbose_name_plural = _("past works")
        constraints = [
            *years_within("year"),
            unique_in(
                "person",
                "order",
                name="past_work_order_unique",
                at="order",
                message=_("Another past work of this person already has this position."),
            ),
            rule(
                ~models.Q(title=""),
                name="past_work_has_title",
                at="title",
                message=_("Give the title of the work."),
            ),
        ]


class NextProject(PersonalWork):
    """A work that a person said they will make next."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="next_projects", verbose_name=_("person"))
    source = source_of_fact("next_projects", required=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["person", "order"]
        verbose_name = _("next project")
        verbose_name_plural = _("next projects")
        constraints = [
            *years_within("year"),
            unique_in(
                "person",
                "order",
                name="next_project_order_unique",
                at="order",
                message=_("Another next project of this person already has this position."),
            ),
            rule(
                ~models.Q(description=""),
                name="next_project_is_described",
                at="description",
                message=_("Enter what the person plans to make."),
            ),
        ]
