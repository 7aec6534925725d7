"""The canonical URL of a page: the URL without query parameters that don't change its content."""

from urllib.parse import urlencode

from django.template.context import RequestContext


def question_of(context: RequestContext, **asked: str) -> str:
    """
    Return the query string of the page's canonical URL, or "". If the page has a list, the list defines this query
    string. On other pages, it contains the parameters in `asked` that are not empty.
    """
    listed = context.get("list")
    named = {name: value for name, value in asked.items() if value}
    return listed.canonical if listed else f"?{urlencode(named)}" if named else ""


def canonical(context: RequestContext, **asked: str) -> str:
    """Return the absolute canonical URL of the current page. `asked` has the query parameters, as in `question_of`."""
    request = context["request"]
    return request.build_absolute_uri(request.path) + question_of(context, **asked)
