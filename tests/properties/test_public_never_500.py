"""No parameter, path or header of a visitor makes an error of the portal."""

from urllib.parse import unquote

from django.urls import resolve
from hypothesis import given
from hypothesis import strategies as st

from api.endpoints import RESOURCES
from record.web import query_parameters
from tests.url_patterns import patterns

from .hostile import headers, property_test, texts
from .rows import escaped, is_answered, question, undone

#: Routes of visitors as templates, with the names of their variable parts.
ROUTES = [(route, parts) for route, parts in patterns() if not route.startswith(("admin/", "account/"))]
LANGUAGES = ["", "", "", "pl/", "zh-hans/"]


def names_at(address: str) -> list[str]:
    """Return the query parameters that the page at `address` reads. The API reads those of all of its lists."""
    names = getattr(resolve(unquote(address)).func, "query_parameters", frozenset())
    return sorted(API if names == query_parameters.ALL or address.startswith("/api/v1/") else names)


API = {name for resource in RESOURCES for name in resource.of_list.model_fields} | {"expand", "contest"}
OEMBED = ["url", "maxwidth", "maxheight", "format", "v", "code", "letter", "live", "film"]


def test_every_route_has_its_parameters_here(portal):
    assert len(ROUTES) > 90
    assert {"country", "after", "sort"} <= set(names_at("/people/"))


@property_test(few=120, share=0.25)
@given(data=st.data())
def test_no_parameter_of_a_visitor_makes_an_error(portal, data):
    address = data.draw(st.sampled_from(portal.public), "address")
    names = [*names_at(address), *OEMBED]
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(names) | texts, texts), min_size=1, max_size=4), "question")
    with undone():
        is_answered(portal.client("nobody").get(f"{address}?{question(pairs)}"))


@property_test(few=80, share=0.15)
@given(data=st.data())
def test_no_path_of_a_visitor_makes_an_error(portal, data):
    route, parts = data.draw(st.sampled_from(ROUTES), "route")
    language = data.draw(st.sampled_from(LANGUAGES))
    values = {part: escaped(data.draw(texts, part)) for part in parts}
    address = f"/{language}{route.format(**values)}{data.draw(st.sampled_from(['', '', '/', '%00', '//', '.css']))}"
    with undone():
        client = portal.client("nobody")
        is_answered(getattr(client, data.draw(st.sampled_from(["get", "head", "options", "post"])))(address))


@property_test(few=60, share=0.05)
@given(data=st.data())
def test_no_header_of_a_visitor_makes_an_error(portal, data):
    address = data.draw(st.sampled_from(portal.public), "address")
    with undone():
        is_answered(portal.client("nobody").get(address, headers=data.draw(headers, "headers")))
