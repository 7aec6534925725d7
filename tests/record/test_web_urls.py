"""Whatever is stored as a URL, the portal shows only web links."""

import json

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command

from contests.models import Submission
from people.models import Organisation, Person
from record.models import Source
from record.web_urls import WebURLField
from tests import factories as make
from tests.admin_pages import page

pytestmark = pytest.mark.django_db
SECRET = "alert-for-test"
HOSTILE = [
    f"javascript:{SECRET}",
    f"JaVaScRiPt:{SECRET}//https://example.org",
    f" javascript:{SECRET}",
    f"java\tscript:{SECRET}",
    f"\x01javascript:{SECRET}",
    f"data:text/html,{SECRET}",
    f"vbscript:{SECRET}",
    f"file:///etc/{SECRET}",
    f"//example.org/{SECRET}",
    f"/{SECRET}",
    f"https:{SECRET}",
    f"https://{SECRET}\n javascript:1",
    f"https://\\{SECRET}",
    SECRET,
]
FIELDS = [(Person, "website"), (Organisation, "website"), (Source, "url"), (Submission, "work_url")]


@pytest.mark.parametrize("url", HOSTILE)
def test_no_page_or_file_leads_to_what_is_not_of_the_web(client, desk, url, tmp_path):
    contest = make.ContestFactory(revealed=True, slug="c")
    source = make.SourceFactory(slug="s")
    film = make.SubmissionFactory(contest=contest, slug="f", work_url_audience="public")
    film.sources.add(source)
    contest.sources.add(source)
    person = make.CreditFactory(submission=film).person
    make.RecognitionFactory(award__contest=contest, submission=film, source=source)
    quote = make.QuoteFactory(event__contest=contest, submission=film, source=source, slug="q", speaker=person)
    make.AffiliationFactory(person=person, organisation=contest.organiser, source=source)
    # Fixtures store such values without a form.
    fixture = json.loads(serializers.serialize("json", [person, contest.organiser, source, film]))
    for row in fixture:
        row["fields"] |= {name: url for name in ("website", "url", "work_url") if name in row["fields"]}
    (tmp_path / "rows.json").write_text(json.dumps(fixture))
    call_command("loaddata", tmp_path / "rows.json", verbosity=0)
    assert Source.objects.filter(url=url).exists()
    pages = [
        *(
            "/contests/c/",
            "/contests/c/winners/",
            film.get_absolute_url(),
            "/sources/s/",
            "/sources/",
            "/winners/",
        ),
        *(person.get_absolute_url(), quote.get_absolute_url(), quote.event.get_absolute_url(), "/"),
        *(
            "/api/v1/people",
            "/api/v1/submissions",
            "/api/v1/sources",
            "/api/v1/quotes",
            "/api/v1/contests?expand=sources",
        ),
        *(
            "/contests/c/feed.atom",
            "/contests/c/feed.json",
            "/embed/contests/c/submissions/f/",
            "/quotes/q/citation.bib",
        ),
        *(
            "/winners/",
            "/quotes/q/citation.bib",
            "/quotes/q/citation.json",
            "/quotes/q/citation.txt",
            "/contests/c/submissions/f/citation.json",
        ),
        *("/contests/c/press-kit.zip", "/contests/c/submissions/f/fact-sheet.pdf"),
    ]
    for address in pages:
        response = client.get(address)
        assert response.status_code == 200, address
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert SECRET.encode() not in content, address
    for row in (person, contest.organiser, source, film):
        for address in (page(row), page(type(row), "changelist")):
            assert SECRET not in desk.get(address).content.decode(), address


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "http://example.org:8000/a?b=c#d", "HTTPS://EXAMPLE.org/ä", "https://[::1]/", None, ""],
)
def test_what_is_of_the_web_stays_as_it_is(url):
    assert WebURLField().from_db_value(url, None, None) == url


@pytest.mark.parametrize(("model", "name"), FIELDS)
@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,a"])
def test_a_form_refuses_what_would_not_be_shown(model, name, url):
    field = model._meta.get_field(name)
    assert isinstance(field, WebURLField)
    with pytest.raises(ValidationError):
        field.clean(url, None)


def test_every_stored_url_is_of_that_kind():
    from django.apps import apps
    from django.db.models import URLField

    ours = [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in ("record", "accounts", "people", "contests", "search")
    ]
    fields = [field for model in ours for field in model._meta.fields if isinstance(field, URLField)]
    assert len(fields) >= 8
    assert [str(field) for field in fields if not isinstance(field, WebURLField)] == []
