"""Structured data of the pages of series and of continuing awards. `structured_data` says how it is made."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext

from contests.models import Series, SeriesOrganiser
from publishing.json_ld import Address, Node, node, real
from publishing.structured_data import breadcrumb, graph, honoured, item_list, organisation_reference


def of_all_series(page: Mapping[str, Any], at: Address) -> Node:
    return graph(item_list(pgettext("several", "Series"), reverse("all_series"), page["list"].page, at))


def series(row: Series, organisers: Iterable[SeriesOrganiser], at: Address) -> Node:
    # Only those who organise it now: schema.org has no property for former organisers.
    present = [organiser.organisation for organiser in organisers if not organiser.until]
    return node(
        "EventSeries",
        name=row.name,
        url=at(row.get_absolute_url()),
        description=row.description,
        organizer=[organisation_reference(organisation, at) for organisation in real(present)],
    )


def _of_series(row: Series, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    return [(pgettext("several", "Series"), reverse("all_series")), (row.name, row.get_absolute_url()), *steps]


def of_series(page: Mapping[str, Any], at: Address) -> Node:
    row = page["series"]
    return graph(series(row, page["organisers"], at), breadcrumb(_of_series(row), at))


def of_award_line(page: Mapping[str, Any], at: Address) -> Node:
    row, path = page["line"], page["line"].get_absolute_url()
    won = honoured(recognition for year in page["years"] for recognition in year.winners)
    steps = _of_series(page["series"], (row.name, path))
    return graph(item_list(row.name, path, won, at), breadcrumb(steps, at))
