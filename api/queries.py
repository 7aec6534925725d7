"""
The querysets of the API. Each function returns the rows that are public at `viewpoint` and loads everything that
`serializers` reads, including the relations in `expand`. The number of SQL statements depends only on the query
parameters, never on the number of rows.

The row of a foreign key is loaded with a join, or with a separate statement if `expand` contains the foreign key.
Affiliations, next projects and past works are not filtered, because they are public if their person is.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet

from contests.models import (
    Appearance,
    Award,
    Category,
    Contest,
    Credit,
    Event,
    Figure,
    LeadingRegion,
    Party,
    Quote,
    Recognition,
    Series,
    Submission,
    Work,
)
from contests.querysets import PartOfContestQuerySet
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
from record.models import Source
from record.viewpoint import Viewpoint

from . import series as of_series

# If the parameter `expand` names a relation with many rows, each record in the response has at most 100 of them.
MANY = 100

Tree = Mapping[str, Any]
Rows = Callable[[Viewpoint, Tree], QuerySet]


#: Maps the name of a list in the API to the name of the relation in the model, if the two names differ.
PATHS = {"organisation_figures": "figures", "editions": "contests"}


def _with(
    rows: QuerySet,
    viewpoint: Viewpoint,
    expand: Tree,
    one: Mapping[str, Rows] | None = None,
    many: Mapping[str, Rows] | None = None,
) -> QuerySet:
    """
    Return `rows` with the relations in `expand` loaded.

    `one` contains foreign keys, as paths such as "submission__contest". `many` contains lists of related rows, such as
    `credits`. In both dicts, the values are functions that return the related rows. Relations in `expand` are
    prefetched; a prefetched list is in an attribute such as `shown_credits`. If a foreign key is not in `expand`, its
    path is loaded with a join. If a list is not in `expand`, it is not loaded.
    """
    for path, found in (one or {}).items():
        name = path.partition("__")[0]
        if name in expand:
            rows = rows.prefetch_related(Prefetch(name, found(viewpoint, expand[name])))
        else:
            rows = rows.select_related(path)
    for name, found in (many or {}).items():
        if name in expand:
            path = PATHS.get(name, name)
            rows = rows.prefetch_related(Prefetch(path, found(viewpoint, expand[name])[:MANY], to_attr=f"shown_{name}"))
    return rows


def sources(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    return Source.objects.public(viewpoint)


def contests(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = Contest.objects.public(viewpoint).select_related("series", "organiser").embed("sources")
    many = {
        "awards": awards,
        "categories": categories,
        "events": events,
        "figures": own_figures,
        "leading_regions": leading_regions,
        "organisation_figures": organisation_figures,
    }
    return _with(rows, viewpoint, expand, many=many)


def series(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    many = {"editions": editions, "lines": of_series.lines, "organisers": of_series.organisers}
    return _with(Series.objects.public(viewpoint).embed("sources"), viewpoint, expand, many=many)


def editions(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    return contests(viewpoint, expand).order_by("-edition_key", "-pk")


def categories(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    return Category.objects.public(viewpoint).order_by("order")


def figures(viewpoint: Viewpoint, expand: Tree) -> PartOfContestQuerySet:
    return Figure.objects.public(viewpoint).select_related("organisation", "source").order_by("order")


def own_figures(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    return figures(viewpoint, expand).of_contest_itself()


def organisation_figures(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    return figures(viewpoint, expand).exclude(organisation=None)


def leading_regions(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    return LeadingRegion.objects.public(viewpoint).select_related("source").order_by("rank")


def awards(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = Award.objects.public(viewpoint).select_related("source", "line").order_by("precedence")
    return _with(rows, viewpoint, expand, {"contest": contests})


def submissions(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = Submission.objects.public(viewpoint).with_categories().select_related("work").embed("sources")
    if "credits" in expand:
        made = credits(viewpoint, expand["credits"])[:MANY]
        rows = rows.prefetch_related(Prefetch("work__credits", made, to_attr="shown_credits"))
    return _with(rows, viewpoint, expand, {"contest": contests}, {"recognitions": recognitions})


def works(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = Work.objects.public(viewpoint).embed("sources").prefetch_related("identifiers")
    return _with(rows, viewpoint, expand, many={"credits": credits, "entries": submissions})


def credits(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = Credit.objects.public(viewpoint).select_related("organisation", "role", "source")
    rows = rows.order_by("role__order", "order", "pk")
    return _with(rows, viewpoint, expand, {"person": people, "work": works})


def recognitions(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows: QuerySet = (
        Recognition.objects.public(viewpoint).select_related("source", "award__contest").order_by("order", "pk")
    )
    presenters = people(viewpoint, {}) if "presenters" in expand else Person.objects.public(viewpoint)
    persons = people(viewpoint, expand["parties"]) if "parties" in expand else Person.objects.public(viewpoint)
    asked = expand.get("submissions")
    works = Submission.objects.public(viewpoint) if asked is None else submissions(viewpoint, asked)
    rows = rows.prefetch_related(
        Prefetch("presenters", presenters),
        Prefetch("submissions", works.select_related("contest", "work")),
        Prefetch("parties", Party.objects.select_related("organisation").order_by("order", "pk")),
        Prefetch("parties__person", persons),
    )
    # The award itself is already loaded with a join. A response with the whole award also needs the source of the
    # award.
    return rows.select_related("award__source", "award__line") if "award" in expand else rows


def people(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    many = {
        "affiliations": affiliations,
        "appearances": appearances,
        "credits": credits,
        "identifiers": lambda viewpoint, expand: PersonIdentifier.objects.order_by("scheme", "value"),
        "next_projects": next_projects,
        "other_names": lambda viewpoint, expand: PersonName.objects.select_related("source").order_by("pk"),
        "past_works": past_works,
    }
    return _with(Person.objects.public(viewpoint).embed("sources"), viewpoint, expand, many=many)


def organisations(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    many = {
        "affiliations": affiliations_of_public_people,
        "identifiers": lambda viewpoint, expand: OrganisationIdentifier.objects.order_by("scheme", "value"),
        "other_names": lambda viewpoint, expand: OrganisationName.objects.select_related("source").order_by("pk"),
    }
    return _with(Organisation.objects.public(viewpoint).embed("sources"), viewpoint, expand, many=many)


def affiliations_of_public_people(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = Affiliation.objects.filter(person__in=Person.objects.public(viewpoint)).select_related("source")
    return _with(rows.order_by("person__sort_key", "pk"), viewpoint, expand, {"person": people})


def affiliations(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    return Affiliation.objects.select_related("organisation", "source").order_by("pk")


def next_projects(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    return NextProject.objects.select_related("source").order_by("order")


def past_works(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    return PastWork.objects.select_related("source").order_by("order")


def events(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = Event.objects.public(viewpoint).select_related("host", "part_of").embed("sources").order_by("order")
    return _with(rows, viewpoint, expand, {"contest": contests}, {"appearances": appearances})


def appearances(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = Appearance.objects.public(viewpoint).select_related("source").order_by("order", "pk")
    return _with(rows, viewpoint, expand, {"person": people, "event": events})


def quotes(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = Quote.objects.public(viewpoint).select_related("source")
    one = {"speaker": people, "event__contest": events, "submission__contest": submissions}
    return _with(rows, viewpoint, expand, one)
