"""What the serializers of all models share: references, related rows, sources, images and money."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from contests import models as contests
from people import models as people
from record import models as record
from record.images import renditions
from record.images.fields import StoredImage
from record.viewpoint import Request, Viewpoint

from .. import schemas as shapes

Tree = Mapping[str, Any]
NOTHING: Tree = {}

RESOURCES = {
    contests.Series: "series",
    contests.Contest: "contests",
    contests.Work: "works",
    contests.Submission: "submissions",
    contests.Award: "awards",
    contests.Recognition: "recognitions",
    people.Person: "people",
    people.Organisation: "organisations",
    contests.Event: "events",
    contests.Quote: "quotes",
    record.Source: "sources",
}


class BaseWriter(ABC):
    """The part of `Writer` that the serializers of all models need."""

    def __init__(self, request: Request):
        self.viewpoint: Viewpoint = request.viewpoint
        self.absolute = request.build_absolute_uri

    def list_href(self, resource: str, **filters: str) -> str:
        """Return the URL of a list in this API, with `filters` as query parameters."""
        return self.absolute(reverse(f"api:{resource}")) + (f"?{urlencode(filters)}" if filters else "")

    def _reference(self, row: record.Record) -> dict[str, Any]:
        href = reverse(f"api:{RESOURCES[type(row)]}_one", args=[row.key])
        return {"id": row.key, "label": str(row), "href": self.absolute(href)}

    def _resource(self, row: record.Record, path: str) -> dict[str, Any]:
        return {**self._reference(row), "url": self.absolute(path), "is_synthetic": row.is_synthetic}

    def reference(self, row: record.Record) -> shapes.Reference:
        return shapes.Reference(**self._reference(row))

    def one(self, row: record.Record, name: str, expand: Tree) -> Any:
        """
        Return the row to which the foreign key `name` of `row` points, or None if there is none. The row is serialized
        in full if `expand` contains `name`, otherwise as a reference.
        """
        related = getattr(row, name)
        if related is None or name not in expand:
            return related and self.reference(related)
        return self.write(related, expand[name])

    @abstractmethod
    def write(self, row: record.Record, expand: Tree) -> Any:
        """Serialize `row` in full, with the schema for its model."""

    def _sources(self, row: Any, expand: Tree) -> list[Any]:
        return [self._source_of(source, "sources" in expand) for source in row.sources.all()]

    def _source_of(self, source: record.Source | None, in_full: bool = False) -> Any:
        return source and (self.source(source) if in_full else self.reference(source))

    def _many(self, row: Any, expand: Tree, **written: Any) -> dict[str, Any]:
        """
        Return a dict of the related lists that are in `expand`: {name: serialized rows}. `written` maps the name of
        each list to the function that serializes one of its rows.
        """
        return {
            name: [write(related, expand[name]) for related in getattr(row, f"shown_{name}")]
            for name, write in written.items()
            if name in expand
        }

    def named(self, row: record.Record) -> shapes.Named:
        return shapes.Named(id=row.key, label=str(row))

    def identifier(self, row: record.ExternalIdentifier, expand: Tree) -> shapes.Identifier:
        return shapes.Identifier(scheme=row.scheme, value=row.value, url=row.url or None)

    def source(self, row: record.Source, expand: Tree = NOTHING) -> shapes.Source:
        return shapes.Source(
            **self._resource(row, row.get_absolute_url()),
            slug=row.slug,
            title=row.title,
            publisher=row.publisher or None,
            author=row.author or None,
            original_url=row.url or None,
            published_on=row.published_on,
            accessed_on=row.accessed_on,
            note=row.note or None,
        )

    def image(self, file: StoredImage) -> shapes.Image | None:
        if not file:
            return None
        licence = file.licence
        width, height = file.size_in_px
        return shapes.Image(
            url=self.absolute(file.url),
            width=width,
            height=height,
            alt=file.alt or None,
            credit=file.credit or None,
            licence=shapes.Licence(name=str(licence.label), url=licence.url or None) if licence else None,
            renditions=[
                shapes.Rendition(
                    url=self.absolute(file.storage.url(renditions.name_of(file.stored_name, size, extension))),
                    type=f"image/{extension}",
                    width=size,
                )
                for size in (renditions.widths_for(width) if width else [])
                for extension in renditions.FORMATS
            ],
        )


def money(amount: Any, currency: str) -> shapes.Money | None:
    return None if amount is None else shapes.Money(amount=amount, currency=currency)


def plain(value: Decimal) -> Decimal:
    """Remove decimals that are all zero: 4600.00 becomes 4600."""
    whole = value.to_integral_value()
    return whole if whole == value else value
