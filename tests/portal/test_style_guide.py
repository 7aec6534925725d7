"""The style guide shows every component to developers, without any SQL."""

import re
from pathlib import Path

import pytest

from publishing.artwork import LETTERFORMS, SHAPES
from tests import factories as make

pytestmark = pytest.mark.django_db
COMPONENTS = Path(__file__).parents[2] / "templates" / "components"
# Components that the style guide does not show: it uses them itself, or they are a page of their own.
PAGE = {
    "site_nav",
    *(
        "career",
        "career_parts",
        "career_works",
        "over_time",
        "recipients",
        "identifiers",
        "letter_jumps",
        "result_list",
        "result_table",
        "recognised_for",
        "other_names",
        "person_link",
        "organisation_link",
        "told_apart",
    ),
    "footnotes",
    "breadcrumb",
    "contest_contents",
    "list_title",
    "search_start",
    "reported_and_counted",
    "world_map",
    "feed_links",
    "site_feeds",
    "organisation_figures",
    "structured_data",
    "sharing",
    "share_card",
    "citation",
    "embed_code",
    "laurel_files",
    "press_kit",
    "laurel_formats",
    "oembed_link",
    "language_links",
    "share_tags",
    "language_switch",
    "entry_facts",
}


def test_style_guide_shows_each_component_that_stands_alone(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        html = client.get("/style-guide/").content.decode()
    source = Path(COMPONENTS.parent / "portal" / "style_guide.html").read_text()
    shown = set(re.findall(r'include "components/(\w+)\.html"', source)) | {"poster", "portrait"}
    # These components are parts of the components above.
    shown |= {"named_below", "byline", "picture", "image_credit", "search_count"}
    assert {path.stem for path in COMPONENTS.glob("*.html")} - shown - PAGE == set()
    assert {name for name, _draw in (*SHAPES, *LETTERFORMS)} <= set(re.findall(r"<code>(\w+)</code>", html))
    assert html.count('class="award-line" data-revoked') == 2


def test_in_production_only_staff_sees_the_style_guide(client, settings):
    settings.PRODUCTION = True
    assert client.get("/style-guide/").status_code == 404
    client.force_login(make.UserFactory(editor=True))
    assert client.get("/style-guide/").status_code == 200
