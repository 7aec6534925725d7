"""Who made a work: the roles, and the credits of people and organisations."""

from typing import ClassVar, cast

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.expressions import Combinable
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from contests.querysets import CreditQuerySet, CreditRoleQuerySet
from people.models import Organisation, Person
from record.models import Record, rule, source_of_fact, unique_in
from record.slugs import SlugField

from .work import Work


class CreditRole(Record):
    """
    What a person or an organisation did for a work: direction, cast, hair ... Editors may add roles.

    The names are data, not interface texts, so that a new role needs no new version of the portal. `standard_roles` has
    the roles that every portal starts with. Code that treats one of them in a special way compares its permanent key,
    because editors may change names and slugs.
    """

    #: Permanent keys of standard roles.
    CREATOR, DIRECTOR, CAST = "creator", "director", "cast"

    slug = SlugField(unique=True)
    name = models.CharField(_("name"), max_length=80, help_text=_("In English, for example “Costume design”."))
    # The names in the other languages of the interface. A blank name is replaced by the English one.
    name_ja = models.CharField(_("name in Japanese"), max_length=80, blank=True)
    name_zh_hans = models.CharField(_("name in Chinese"), max_length=80, blank=True)
    name_ko = models.CharField(_("name in Korean"), max_length=80, blank=True)
    name_pl = models.CharField(_("name in Polish"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(
        _("order"), help_text=_("Credits are listed by role, in this order. Leave blank for the last position.")
    )
    is_author = models.BooleanField(
        _("author of the work"),
        default=False,
        help_text=_(
            "If an award of a work names no recipients, it counts as an award of the people with this role. Other "
            "people only took part in an awarded work."
        ),
    )

    objects: ClassVar = CreditRoleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("role in credits")
        verbose_name_plural = _("roles in credits")
        constraints = [
            unique_in(
                "order",
                name="credit_role_order_unique",
                at="order",
                message=_("Another role already has this position."),
            )
        ]

    def __str__(self) -> str:
        return self.translation or self.name

    @property
    def translation(self) -> str:
        """The name in the current language of the interface. It is "" in English, and if there is no such name."""
        return getattr(self, _column(), "") if _column() != "name" else ""

    @staticmethod
    def name_in_language(via: str = "") -> Combinable:
        """
        Return an SQL expression for the name that `str` returns. `via` is the lookup path to the role, such as
        "role__".
        """
        column = _column()
        if column == "name":
            return F(f"{via}name")
        return Case(When(~Q(**{f"{via}{column}": ""}), then=F(f"{via}{column}")), default=F(f"{via}name"))


def _column() -> str:
    """Return the name of the column with the names in the current language of the interface."""
    name = f"name_{(get_language() or '').lower().replace('-', '_')}"
    return name if name in _TRANSLATIONS else "name"


_TRANSLATIONS = {field.name for field in CreditRole._meta.fields if field.name.startswith("name_")}


class Credit(Record):
    """What a person or an organisation did for a work."""

    work = models.ForeignKey(Work, models.CASCADE, related_name="credits", verbose_name=_("work"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="credits", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="credits", verbose_name=_("organisation")
    )
    role = models.ForeignKey(CreditRole, models.PROTECT, related_name="credits", verbose_name=_("role"))
    wording = models.CharField(
        _("role as printed"),
        max_length=200,
        blank=True,
        help_text=_("The role in the words of the work itself, for example “Photographed by”."),
    )
    character = models.CharField(
        _("character"), max_length=300, blank=True, help_text=_("Whom a member of the cast plays or voices.")
    )
    credited_as = models.CharField(
        _("credited as"),
        max_length=200,
        blank=True,
        help_text=_("The name as printed in the credits, if it is another than the name above."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    source = source_of_fact("credits")

    objects: ClassVar = CreditQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["work", "role__order", "order"]
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [
            rule(
                Q(person__isnull=False, organisation__isnull=True) | Q(person__isnull=True, organisation__isnull=False),
                name="credit_of_person_or_organisation",
                at="person",
                message=_("Choose either a person or an organisation: one of the two, not both."),
            ),
            # The same person may play several characters.
            unique_in(
                "work",
                "person",
                "role",
                "character",
                name="credit_once_per_role",
                at="role",
                message=_("This person has that credit already."),
            ),
            unique_in(
                "work",
                "organisation",
                "role",
                "character",
                name="credit_once_per_role_of_organisation",
                at="role",
                message=_("This organisation has that credit already."),
            ),
            unique_in(
                "work",
                "order",
                name="credit_order_unique",
                at="order",
                message=_("Another credit of this work already has this position."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}, {self.role}"

    @property
    def party(self) -> Person | Organisation:
        """The person or the organisation."""
        return cast("Person | Organisation", self.person or self.organisation)

    @property
    def printed_name(self) -> str:
        """The name in the credits of the work if it is another than the name of the person or organisation, else ""."""
        return "" if self.credited_as == self.party.name else self.credited_as
