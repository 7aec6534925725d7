"""No URL or parameter makes an error of the admin: filters, orders, searches, pages, pickers and initial values."""

from django.contrib import admin
from hypothesis import given
from hypothesis import strategies as st

from tests.admin_pages import page
from tests.url_patterns import patterns

from .hostile import property_test, texts
from .rows import escaped, is_answered, post, question, undone

REGISTERED = list(admin.site._registry)
ROUTES = [(route, parts) for route, parts in patterns() if route.startswith("admin/") and "logout" not in route]
#: What every list of the admin, picker and form reads.
COMMON = [
    *("q", "o", "p", "e", "all", "_facets", "_popup", "_to_field", "_changelist_filters", "within", "except", "pk"),
    *("app_label", "model_name", "field_name", "term", "page", "keep", "merge", "row", "next", "live", "after", "show"),
    *("kind", "user", "since", "until", "sealed", "form", "columns", "before", "needs", "content_type", "object_id"),
]


def _filters(model) -> list[str]:
    found = []
    for one in admin.site.get_model_admin(model).list_filter:
        name = one[0] if isinstance(one, tuple) else getattr(one, "parameter_name", None) or one
        if isinstance(name, str):
            found += [name, f"{name}__exact", f"{name}__id__exact", f"{name}__isnull", f"{name}__gte", f"{name}__in"]
    return found + [field.name for field in model._meta.fields]


@property_test(few=100, share=0.2)
@given(data=st.data())
def test_no_parameter_of_the_admin_makes_an_error(portal, data):
    model = data.draw(st.sampled_from(REGISTERED), "model")
    of_model = [page(model, "changelist"), page(model, "add"), page(model, "changelist"), "/admin/autocomplete/"]
    address = data.draw(st.sampled_from(of_model) | st.sampled_from(portal.admin), "address")
    # A list refuses a URL with a parameter that it does not read, so most URLs have only parameters that it reads.
    own = st.sampled_from([*_filters(model), *COMMON])
    pairs = data.draw(st.lists(st.tuples(own, texts), min_size=1, max_size=2), "question")
    if address == "/admin/autocomplete/":
        fields = [field.name for field in model._meta.fields]
        pairs += [("app_label", model._meta.app_label), ("model_name", model._meta.model_name)]
        pairs += [("field_name", data.draw(st.sampled_from(fields)))]
    with undone():
        is_answered(portal.client("chief").get(f"{address.partition('?')[0]}?{question(pairs)}"))


@property_test(few=80, share=0.1)
@given(data=st.data())
def test_no_path_of_the_admin_makes_an_error(portal, data):
    route, parts = data.draw(st.sampled_from(ROUTES), "route")
    values = {part: escaped(data.draw(texts, part)) for part in parts}
    address = "/" + route.format(**values).replace("([^/]+)", escaped(data.draw(texts)))
    with undone():
        is_answered(getattr(portal.client("chief"), data.draw(st.sampled_from(["get", "head", "post"])))(address))


@property_test(few=40, share=0.1)
@given(data=st.data())
def test_no_action_of_a_list_makes_an_error(portal, data):
    model = data.draw(st.sampled_from(REGISTERED), "model")
    address = page(model, "changelist")
    [form] = [form for form in portal.forms("chief", address) if form.method == "post" and form.action == address] or [
        None
    ]
    actions = [value for name, value in (form.choices if form else []) if name == "action"]
    rows = [str(pk) for pk in model._base_manager.values_list("pk", flat=True)[:3]]
    pairs = [
        ("action", data.draw(st.sampled_from([*actions, "x"]), "action")),
        *(
            ("_selected_action", value)
            for value in data.draw(st.lists(st.sampled_from(rows or ["1"]) | texts, max_size=3))
        ),
        *data.draw(
            st.lists(
                st.tuples(st.sampled_from(["select_across", "index", "post", "field", "value"]) | texts, texts),
                max_size=3,
            )
        ),
    ]
    with undone():
        is_answered(post(portal.client("chief"), address, pairs, multipart=data.draw(st.booleans())))


def test_every_model_is_tried(portal):
    assert len(REGISTERED) > 25
    assert len(portal.admin) > 150
