from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contests.models import Work
from contests.work_filters import WorkFilterSet
from portal.views.alphabetical import MANY, NAMES
from record.lists import FilteredList
from record.viewpoint import Request, Viewpoint
from record.web.query_parameters import of_list, reads


def listed_works(viewpoint: Viewpoint) -> QuerySet:
    return Work.objects.public(viewpoint).for_list()


@require_safe
@reads(*of_list(WorkFilterSet))
def works(request: Request) -> HttpResponse:
    """Show the list of works. Template context: `list`, a FilteredList of Work."""
    shown = FilteredList(request, listed_works, NAMES, WorkFilterSet, per_page=MANY)
    return render(request, "portal/works.html", {"list": shown})
