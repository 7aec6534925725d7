"""Help texts are in plain English, and correct on the page that shows them."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from accounts.models import User
from contests.models import Contest, Submission
from record.models import TableImport
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.admin_pages import page
from tests.record.test_admin import LISTS, NOT_ADDED, named

pytestmark = pytest.mark.django_db

#: The page for a new import has no form of the admin.
ADDED = [factory for factory in LISTS if factory._meta.model not in (*NOT_ADDED, TableImport)]
#: Terms that a new editor did not understand.
NOT_PLAIN = re.compile(
    "(?i)fixtures and exports|former slugs?|of different records|leading regions?|precedence|superuser status"
    "|language tag|buttons? above|part of the page’s address"
)


def words_of(response):
    return unescape(strip_tags(re.sub(r"(?s)<script.*?</script>|<style.*?</style>", "", response.content.decode())))


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_pages_speak_plainly(desk, factory):
    row = factory()
    pages = [page(type(row), "changelist"), page(row)]
    if type(row) not in NOT_ADDED:
        pages.append(page(type(row), "add"))
    for address in pages:
        response = desk.get(address)
        assert response.status_code in (200, 403)
        assert NOT_PLAIN.findall(words_of(response)) == [], address
    assert NOT_PLAIN.findall(words_of(desk.get("/admin/"))) == []


@pytest.mark.parametrize("factory", ADDED, ids=named)
def test_add_page_shows_nothing_that_can_only_be_read(desk, factory):
    response = desk.get(page(factory._meta.model, "add"))
    lines = [line for fieldset in response.context["adminform"] for line in fieldset]
    assert [field.field["name"] for line in lines for field in line if field.is_readonly] == []
    assert all(fieldset.fields for fieldset in response.context["adminform"])


def read_only(response):
    """Return the help text of each read-only field, by field."""
    lines = [line for fieldset in response.context["adminform"] for line in fieldset]
    fields = [field.field for line in lines for field in line if field.is_readonly]
    return {field["name"]: str(field["help_text"]) for field in fields}


def test_field_that_can_no_longer_be_changed_says_why_and_where_it_is(desk):
    contest = make.ContestFactory(approved_future=True, public_entries=Contest.PublicEntries.SELECTED)
    film = make.SubmissionFactory(contest=contest, status=Submission.Status.ELIGIBLE)
    shown = desk.get(page(film))
    assert "The results are approved" in read_only(shown)["is_selected"]
    assert ">Show to the public</a>" in re.sub(r"\s+<", "<", shown.content.decode())
    shown = desk.get(page(contest))
    assert "buttons at the top of this page" in read_only(shown)["public_entries"]
    contest.approved_at = None
    contest.save()
    assert "is_selected" not in read_only(desk.get(page(film)))
    assert "public_entries" not in read_only(desk.get(page(contest)))


@pytest.mark.parametrize("entries", Contest.PublicEntries.values)
def test_what_is_said_of_the_status_holds_whatever_the_contest_shows(desk, entries):
    film = make.SubmissionFactory(contest__revealed=True, contest__public_entries=entries, status="eligible")
    said = words_of(desk.get(page(film)))
    assert "shows it to nobody" not in said
    assert "The public sees an entry after the reveal if it is eligible" in said
    assert Submission.objects.public(Viewpoint(film.contest.reveal_at)).exists() == (entries == "all")


def test_account_that_may_do_everything_is_called_so():
    assert User._meta.get_field("is_superuser").verbose_name == "may do everything"
