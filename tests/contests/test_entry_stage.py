"""
Whether a contest is open for entries depends only on its dates, so contests with approved and unapproved results look
the same.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories as make

pytestmark = pytest.mark.django_db
DAYS = {"long ago": -9, "lately": -1, "soon": 1, "later": 9, "": None}


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        ("", "", ""),
        ("soon", "later", "Opens for entries on "),
        ("lately", "soon", "Open for entries until "),
        ("", "soon", "Open for entries until "),
        ("lately", "", "Open for entries."),
        ("long ago", "lately", "Closed for entries. Results will follow."),
    ],
)
@pytest.mark.parametrize("state", ["sealed", "approved_future"])
def test_contest_says_whether_it_takes_entries(client, state, opens, closes, said):
    now = timezone.now()
    moments = {
        field: now + timedelta(days=DAYS[when]) for field, when in (("opens_at", opens), ("closes_at", closes)) if when
    }
    contest = make.ContestFactory(time_zone="Asia/Tokyo", **{state: True}, **moments)
    for address in (contest.get_absolute_url(), "/"):
        html = client.get(address).content.decode()
        line = re.search(r'<p class="stage">(.*?)</p>', html)
        text = re.sub(r"<[^>]+>", "", line[1]) if line else ""
        assert text.startswith(said), address
        assert bool(text) == bool(said), address
        assert ("Asia/Tokyo" in text) == said.endswith(" "), address


def test_contest_with_public_results_says_nothing_of_entries(client):
    contest = make.ContestFactory(revealed=True, closes_at=timezone.now() - timedelta(days=40))
    assert 'class="stage"' not in client.get(contest.get_absolute_url()).content.decode()
