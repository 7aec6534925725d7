from decimal import Decimal

import pytest
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import strip_tags

from contests import formatting
from contests.models import Figure
from record.models import Source
from tests import factories as make

pytestmark = pytest.mark.one_database


def figure(value, **fields):
    return Figure(value=Decimal(value), qualifier=fields.pop("qualifier", "exactly"), **fields)


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("4600.00", "", "4,600"),
        ("122", "", "122"),
        ("12.5", "", "12.5"),
        ("45000000", "", "45<small> million</small>"),
        ("1200000", "", "1.2<small> million</small>"),
        ("45678901", "", "45,678,901"),
        ("42000.00", "USD", "<small>$</small>42,000"),
        ("42000.50", "EUR", "<small>€</small>42,000.50"),
        ("100000000", "USD", "<small>$</small>100<small>M</small>"),
        ("0", "", "0"),
    ],
)
def test_a_figure_is_written_as_a_reader_writes_it(value, currency, shown):
    assert formatting.figure_number(figure(value, currency=currency)) == shown


def test_a_figure_is_written_in_the_language_of_the_page():
    with translation.override("pl"):
        assert formatting.figure_number(figure("4600")) == "4\xa0600"
        assert formatting.money(Decimal("42000"), "USD") == "42\xa0000\xa0USD"


def test_an_amount_that_is_not_known_is_blank():
    assert formatting.money(None, "") == ""


@pytest.mark.parametrize(("qualifier", "shown"), [("exactly", ""), ("more_than", "More than"), ("about", "About")])
def test_only_a_number_that_is_not_exact_needs_a_qualifier(qualifier, shown):
    assert formatting.qualifier(figure("1", qualifier=qualifier)) == shown


@pytest.mark.parametrize(
    ("title", "length"),
    [("", "short"), ("x" * 12, "short"), ("x" * 13, "medium"), ("x" * 70, "long"), ("x" * 71, "endless")],
)
def test_titles_are_set_by_their_length(title, length):
    assert formatting.title_length(title) == length


def test_full_width_characters_take_the_room_of_more_than_two_letters():
    assert formatting.title_length("受賞者の") == "short"
    assert formatting.title_length("受賞者の声") == "medium"


@pytest.mark.parametrize(
    ("value", "currency", "length"),
    [
        (122, "", "short"),
        (42_000, "USD", "short"),
        (250_000, "XTS", "medium"),
        (123_456_789, "USD", "long"),
        (123_456_789_012_345_678, "USD", "endless"),
    ],
)
def test_figures_are_set_by_the_room_they_take(value, currency, length):
    figure = make.FigureFactory.build(contest=None, source=None, value=Decimal(value), currency=currency)
    assert formatting.figure_length(figure) == length


@pytest.mark.parametrize(
    ("length", "kind", "size"), [(60, "short", "l"), (61, "medium", "m"), (200, "medium", "m"), (201, "long", "")]
)
def test_quotes_are_set_by_their_length(length, kind, size):
    assert formatting.quote_length("x" * length) == kind
    assert formatting.quote_size("x" * length) == size


@pytest.mark.parametrize(("seconds", "shown"), [(None, ""), (59, "0:59"), (725, "12:05"), (7265, "2:01:05")])
def test_a_runtime_is_written_as_a_clock_does(seconds, shown):
    assert formatting.clock(seconds) == shown


@pytest.mark.django_db
def test_marks_are_numbered_in_the_order_in_which_sources_first_appear():
    first, second = make.SourceFactory(title="First"), make.SourceFactory(title="Second & last")
    person = make.PersonFactory(sources=[first, second])
    request = RequestFactory().get("/")
    template = Template(
        "{% source_mark b %}|{% source_mark a %}|{% source_mark person %}|{% source_mark none %}|{% footnotes %}"
    )
    award = make.AwardFactory(source=None)
    context = RequestContext(request, {"a": first, "b": second, "person": person, "none": award})
    marks, foot = template.render(context).rsplit("|", 1)
    numbers = [[part.partition('"')[0] for part in mark.split("#source-")[1:]] for mark in marks.split("|")]
    assert numbers == [["1"], ["2"], ["2", "1"], []]
    assert 'aria-label="Source 1"' in marks
    assert foot.index("Second &amp; last") < foot.index("First")


def test_a_page_without_marks_has_no_footnotes():
    request = RequestFactory().get("/")
    assert Template("{% footnotes %}").render(RequestContext(request, {})).strip() == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "question", ["", "?page=2", "?page=last", "?after=x", "?role=host", "?sort=-name", '?after=1"><b>']
)
def test_the_canonical_address_drops_the_question(client, question):
    contest = make.ContestFactory(revealed=True)
    for _ in range(61):
        make.AppearanceFactory(event__contest=contest, role="host")
    page = client.get(f"/people/{question}").content.decode()
    assert '<link rel="canonical" href="http://testserver/people/">' in page


@pytest.mark.parametrize(
    ("tag", "name"), [("zh", "Chinese"), ("zh-Hans", "Chinese (Simplified)"), ("qqx", "qqx"), ("x", "x")]
)
def test_a_language_is_named(tag, name):
    assert formatting.language_label(tag) == name


def test_a_source_shows_what_is_known_of_it():
    from datetime import date

    source = Source(slug="s", title="T", author="A. Writer", publisher="The Paper", published_on=date(2026, 5, 1))
    foot = Template("{% include 'components/footnotes.html' %}").render(Context({"sources": [source]}))
    assert ", A. Writer, The Paper, 1 May 2026" in foot


@pytest.mark.parametrize(
    ("language", "above", "behind"),
    [("en", "More than", ""), ("ja", "", "超"), ("zh-hans", "超过", ""), ("ko", "", " 이상"), ("pl", "Ponad", "")],
)
def test_a_qualifier_stands_at_the_side_of_a_number_where_its_language_has_it(language, above, behind):
    with translation.override(language):
        row = figure("4600", qualifier="more_than")
        assert (formatting.qualifier(row), strip_tags(formatting.qualifier_behind(row))) == (above, behind)


def test_the_decimals_of_a_column_change_no_plural():
    with translation.override("pl"):
        assert strip_tags(formatting.figure_number(figure("45000000.00"))) == "45 milionów"
