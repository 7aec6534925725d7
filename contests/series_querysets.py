"""The querysets of series, their organisers and their continuing awards."""

from typing import Self

from contests import visibility
from record.querysets import RecordQuerySet
from record.viewpoint import Viewpoint


class SeriesQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the series that are public at `viewpoint`: those with a public contest."""
        return self.filter(visibility.series_is_public(viewpoint))

    def for_page(self) -> Self:
        return self.embed("sources")


class SeriesOrganiserQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the organisers of series that are public at `viewpoint`."""
        return self.filter(visibility.series_is_public(viewpoint, "series__"))


class AwardLineQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """
        Return the continuing awards that are public at `viewpoint`: those with an award of a public contest. The award
        need not have been given.
        """
        return self.filter(visibility.line_is_public(viewpoint))

    def for_page(self) -> Self:
        return self.select_related("series", "source")
