"""The canonical URL of a page, whatever query string was requested."""

from urllib.parse import urlencode

from django.template.context import RequestContext


def question_of(context: RequestContext, **asked: str) -> str:
    """Return the canonical query string: that of the list on the page, or the non-empty parameters in `asked`."""
    listed = context.get("list")
    named = {name: value for name, value in asked.items() if value}
    return listed.canonical if listed else f"?{urlencode(named)}" if named else ""


def canonical(context: RequestContext, **asked: str) -> str:
    """Return the absolute canonical URL of the current page: its path and the query string of `question_of`."""
    request = context["request"]
    return request.build_absolute_uri(request.path) + question_of(context, **asked)
