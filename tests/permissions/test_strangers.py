"""Users without permissions request every URL of the admin. They are refused and change nothing."""

from urllib.parse import unquote

import pytest
from django.contrib.contenttypes.models import ContentType

from accounts import roles
from contests.models import Contest

from .users_and_rows import addresses_of, everything

# URLs for everybody, such as the sign-in page. Staff may also open the pages for their own session and password, and
# the index of the admin.
WAY_IN = {"/admin/login/"}
OWN = WAY_IN | {"/admin/", "/admin/jsi18n/", "/admin/keyboard/"}
OWN |= {"/admin/password_change/", "/admin/password_change/done/"}
OPEN = {"anonymous": WAY_IN, "not of the desk": WAY_IN, "switched off": WAY_IN, "without a role": OWN}
# What all users may do, which affects only themselves.
OF_ONESELF = {"/admin/logout/", "/admin/time-zone/"}
# The status 405 means that the URL exists for another method.
REFUSALS = {302, 403, 404, 405}


def asked(desks, who: str, *methods: str) -> dict[str, set[int]]:
    """Return the status codes of each URL of the admin."""
    browser, found = desks.browsers[who], {}
    for address, values in addresses_of(desks):
        path, data = address.partition("?")[0], {"get": (), "post": (values,)}
        if path not in OF_ONESELF:
            found[path] = {getattr(browser, method)(address, *data[method]).status_code for method in methods}
    return found


@pytest.mark.one_database
@pytest.mark.parametrize("who", OPEN)
def test_who_has_no_business_in_the_admin_is_sent_away_from_every_address_and_changes_nothing(desks, who):
    before = everything()
    answers = asked(desks, who, "get", "post")
    assert everything() == before
    assert len(answers) > 150
    let_in = {path for path, answer in answers.items() if not answer <= REFUSALS}
    assert let_in - OPEN[who] == set()


@pytest.mark.one_database
def test_who_has_no_role_is_shown_nothing_of_the_record(desks):
    assert desks.browsers["without a role"].get("/admin/").context["app_list"] == []


@pytest.mark.one_database
def test_viewer_changes_nothing_at_any_address(desks):
    before = everything()
    answers = asked(desks, roles.Role.VIEWER, "post")
    assert everything() == before
    assert {path for path, answer in answers.items() if max(answer) >= 500} == set()


def test_address_of_a_row_that_is_hidden_is_told_to_who_may_view_the_row_only(desks):
    draft = desks.rows[Contest]
    address = f"/admin/r/{ContentType.objects.get_for_model(Contest).pk}/{draft.pk}/"
    assert desks.browsers[roles.Role.VIEWER].get(address)["Location"] == draft.get_absolute_url()
    assert desks.browsers["without a role"].get(address).status_code == 404


@pytest.mark.parametrize("part", ["9" * 19, "9" * 30, "9" * 5000, "-1", "0", "x", "%00", "1_"])
def test_part_of_an_address_that_stands_for_no_row_is_no_mistake_of_the_portal(desks, part):
    browser = desks.chief
    for base in ("contests/contest", "contests/submission", "accounts/user", "record/formerslug", "auth/group"):
        pages = [f"{part}/change/", f"{part}/history/", f"{part}/delete/", f"{part}/history/{part}/", f"?id__in={part}"]
        for page in pages:
            assert browser.get(f"/admin/{base}/{page}").status_code < 500, page
        sent = {"action": "delete_selected", "_selected_action": [unquote(part)]}
        assert browser.post(f"/admin/{base}/", sent).status_code < 500
    for page in (
        *(f"contests/contest/steps/approve/?row={part}", f"contests/contest/add/?organiser={part}&opens_at={part}"),
        *(f"contests/submission/?contest__id__exact={part}&category={part}", f"accounts/user/?groups={part}"),
        *(f"accounts/user/?joined_at__year={part}", f"r/{part}/{part}/", f"accounts/user/{part}/password/"),
    ):
        assert browser.get(f"/admin/{page}").status_code < 500, page
