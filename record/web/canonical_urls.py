"""The one URL of a page, whatever query led there."""

from urllib.parse import urlencode

from django.template.context import RequestContext


def question_of(context: RequestContext, **asked: str) -> str:
    """What of the question makes another page of this one: the filters of a list, or those of `asked` that are set."""
    listed = context.get("list")
    named = {name: value for name, value in asked.items() if value}
    return listed.canonical if listed else f"?{urlencode(named)}" if named else ""


def canonical(context: RequestContext, **asked: str) -> str:
    """The one address of this page: that of the page itself for each page of a whole list, else with `asked` alone."""
    request = context["request"]
    return request.build_absolute_uri(request.path) + question_of(context, **asked)
