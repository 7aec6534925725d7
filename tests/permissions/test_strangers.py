"""Every address of the admin, asked for by those who have no business there: they are sent away and change nothing."""

import pytest

from portal import roles

from .desks import addresses_of, everything

# The way in, for everybody; one's own session and password, and a page that lists what one may open, for the staff.
WAY_IN = {"/admin/login/"}
OWN = WAY_IN | {"/admin/", "/admin/jsi18n/", "/admin/password_change/", "/admin/password_change/done/"}
OPEN = {"anonymous": WAY_IN, "not of the desk": WAY_IN, "switched off": WAY_IN, "without a role": OWN}
# 405: the address is for another method.
REFUSALS = {302, 403, 404, 405}


def asked(desks, who: str, *methods: str) -> dict[str, set[int]]:
    """What each address of the admin answers."""
    browser, found = desks.browsers[who], {}
    for address, values in addresses_of(desks):
        path, data = address.partition("?")[0], {"get": (), "post": (values,)}
        if path != "/admin/logout/":
            found[path] = {getattr(browser, method)(address, *data[method]).status_code for method in methods}
    return found


@pytest.mark.parametrize("who", OPEN)
def test_who_has_no_business_in_the_admin_is_sent_away_from_every_address_and_changes_nothing(desks, who):
    before = everything()
    answers = asked(desks, who, "get", "post")
    assert everything() == before
    assert len(answers) > 150
    let_in = {path for path, answer in answers.items() if not answer <= REFUSALS}
    assert let_in - OPEN[who] == set()


def test_who_has_no_role_is_shown_nothing_of_the_record(desks):
    assert desks.browsers["without a role"].get("/admin/").context["app_list"] == []


def test_viewer_changes_nothing_at_any_address(desks):
    before = everything()
    answers = asked(desks, roles.Role.VIEWER, "post")
    assert everything() == before
    assert {path for path, answer in answers.items() if max(answer) >= 500} == set()
