"""
The structured data of each page: the function `of_<page>` makes it from the template context. `structured_data` says
how rows are described, `structured_series` has the pages of series.
"""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from contests.models import Contest
from publishing.json_ld import Address, Node, real
from publishing.structured_data import (
    breadcrumb,
    contest,
    event,
    graph,
    honoured,
    item_list,
    organisation,
    person,
    quote,
    site,
    source,
    web_page,
    work,
)


def _within(row: Contest, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Contests"), reverse("contests")), (str(row), row.get_absolute_url()), *steps]


def of_home(page: Mapping[str, Any], at: Address) -> Node:
    row = page.get("contest")
    if row is None:
        return graph(site(at))
    won = real([page["grand_prize"], *page["others"]])
    return graph(site(at), contest(row, won, at))


def of_contest(page: Mapping[str, Any], at: Address) -> Node:
    row = page["contest"]
    return graph(contest(row, page["winners"], at), breadcrumb(_within(row), at))


def of_work(page: Mapping[str, Any], at: Address) -> Node:
    row = page["submission"]
    listed = (_("Submissions"), reverse("submissions", args=[row.contest.slug]))
    steps = _within(row.contest, listed, (row.work.title, row.get_absolute_url()))
    return graph(work(row, at, page["entries"]), breadcrumb(steps, at))


def of_event(page: Mapping[str, Any], at: Address) -> Node:
    row = page["event"]
    steps = _within(row.contest, (row.title, row.get_absolute_url()))
    return graph(event(row, page["appearances"], at), breadcrumb(steps, at))


def of_person(page: Mapping[str, Any], at: Address) -> Node:
    row = page["person"]
    steps = [(_("People"), reverse("people")), (row.name, row.get_absolute_url())]
    return graph(person(row, page["recognitions"], page["affiliations"], page["names"], at), breadcrumb(steps, at))


def of_organisation(page: Mapping[str, Any], at: Address) -> Node:
    row = page["organisation"]
    steps = [(_("Organisations"), reverse("organisations")), (row.name, row.get_absolute_url())]
    return graph(organisation(row, page["names"], at), breadcrumb(steps, at))


def of_quote(page: Mapping[str, Any], at: Address) -> Node:
    row = page["quote"]
    steps = [(_("Quotes"), reverse("quotes")), (row.speaker.name, row.get_absolute_url())]
    return graph(quote(row, at), breadcrumb(steps, at))


def of_source(page: Mapping[str, Any], at: Address) -> Node:
    row = page["source"]
    steps = [(_("Sources"), reverse("sources")), (row.title, row.get_absolute_url())]
    return graph(source(row, at), breadcrumb(steps, at))


def of_contests(page: Mapping[str, Any], at: Address) -> Node:
    return graph(item_list(_("Contests"), reverse("contests"), page["list"].page, at))


def of_winners(page: Mapping[str, Any], at: Address) -> Node:
    return graph(item_list(str(page["list"].title), reverse("winners"), honoured(page["list"].page), at))


def of_contest_winners(page: Mapping[str, Any], at: Address) -> Node:
    row, path = page["contest"], reverse("contest_winners", args=[page["contest"].slug])
    title = str(page["list"].title)
    return graph(item_list(title, path, honoured(page["list"].page), at), breadcrumb(_within(row, (title, path)), at))


def of_submissions(page: Mapping[str, Any], at: Address) -> Node:
    row, path = page["contest"], reverse("submissions", args=[page["contest"].slug])
    steps = _within(row, (_("Submissions"), path))
    return graph(item_list(_("Submissions"), path, page["list"].page, at), breadcrumb(steps, at))


def of_people(page: Mapping[str, Any], at: Address) -> Node:
    return graph(item_list(_("People"), reverse("people"), page["list"].page, at))


def of_works(page: Mapping[str, Any], at: Address) -> Node:
    return graph(item_list(_("Works"), reverse("works"), page["list"].page, at))


def of_organisations(page: Mapping[str, Any], at: Address) -> Node:
    return graph(item_list(_("Organisations"), reverse("organisations"), page["list"].page, at))


def of_quotes(page: Mapping[str, Any], at: Address) -> Node:
    return graph(item_list(_("Quotes"), reverse("quotes"), page["list"].page, at))


def of_sources(page: Mapping[str, Any], at: Address) -> Node:
    return graph(item_list(_("Sources"), reverse("sources"), page["list"].page, at))


def of_statistics(page: Mapping[str, Any], at: Address) -> Node:
    return graph(web_page(_("Statistics"), reverse("statistics"), at))


def of_api(page: Mapping[str, Any], at: Address) -> Node:
    return graph(web_page(_("API"), reverse("api"), at))


def of_search(page: Mapping[str, Any], at: Address) -> Node:
    return graph(web_page(_("Search"), reverse("search"), at, kind="SearchResultsPage"))
