import json
import re
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from record.identifier_schemes import SCHEMES, choices
from record.json_rows import JSONRows

from .record import Record, rule, unique_in


def scheme_field(*schemes: str) -> models.CharField:
    """Return the field `scheme` of a model of external identifiers, with these schemes as choices."""
    return models.CharField(_("scheme"), max_length=12, choices=choices(*schemes))


Identifier = TypeVar("Identifier", bound="ExternalIdentifier")


class ExternalIdentifier(Record):
    """
    The abstract base class of identifiers that other catalogues gave to a row, such as its Wikidata item. A subclass
    adds the foreign key to the row, its own `scheme` and a history.
    """

    scheme = scheme_field(*SCHEMES)
    value = models.CharField(
        _("identifier"),
        max_length=100,
        help_text=_("The identifier, or the address of the page that it belongs to: “Q23”."),
    )

    #: IMDb identifiers of this kind of row begin with these letters. A subclass sets them.
    imdb_letters: ClassVar = ""

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [
            # An identifier means one thing, so two rows with the same one are duplicates.
            unique_in(
                "scheme",
                "value",
                name="%(class)s_once",
                at="value",
                message=_("Another record has this identifier already. If both are the same, merge them."),
            ),
            rule(~models.Q(value=""), name="%(class)s_has_value", at="value", message=_("Enter the identifier.")),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.shown}"

    def clean(self) -> None:
        super().clean()
        scheme = SCHEMES.get(self.scheme)
        if not scheme or not self.value:
            return
        value = scheme.value_of(self.value)
        if value is None or (self.scheme == "imdb" and not value.startswith(self.imdb_letters)):
            example = f"{self.imdb_letters}0002354" if self.scheme == "imdb" and self.imdb_letters else scheme.example
            raise ValidationError(
                {
                    "value": ValidationError(
                        _("This is not an identifier of %(scheme)s. Example: %(example)s."),
                        code="identifier",
                        params={"scheme": scheme.label, "example": example},
                    )
                }
            )
        self.value = value

    @property
    def label(self) -> str:
        """The name of the scheme."""
        scheme = SCHEMES.get(self.scheme)
        return str(scheme.label) if scheme else self.scheme

    @property
    def shown(self) -> str:
        """The identifier as people read it: an ISNI in groups of four digits."""
        return " ".join(re.findall(".{4}", self.value)) if re.fullmatch(r"\d{15}[\dX]", self.value) else self.value

    @property
    def url(self) -> str:
        """The address of the web page of this identifier, or "" if it has none."""
        scheme = SCHEMES.get(self.scheme)
        return scheme.url_of(self.value) if scheme else ""


class IdentifiersOf(JSONRows):
    """
    The identifiers of a row as pairs (scheme, value). `model` is the model of the identifiers, `owner` its foreign key
    to the row, and `row` the column with the key of the row.
    """

    def __init__(self, model: type[ExternalIdentifier], owner: str, row: str = "pk"):
        rows = model._default_manager.filter(**{owner: OuterRef(row)}).order_by("scheme", "value")
        super().__init__(rows, "scheme", "value")


def identifiers_in(text: str, model: type[Identifier]) -> list[Identifier]:
    """Return the identifiers, not to be saved, that `IdentifiersOf` has found as `text`."""
    return [model(scheme=scheme, value=value) for scheme, value in json.loads(text or "[]")]


def pages_of(identifiers: Iterable[Any]) -> list[str]:
    """Return the addresses of the web pages of these identifiers, as `sameAs` of schema.org lists them."""
    return [identifier.url for identifier in identifiers if identifier.url]
