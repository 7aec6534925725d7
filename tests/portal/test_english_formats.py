"""A setting selects British or American English for dates, times and weeks, in output and input."""

from datetime import UTC, date, datetime

import pytest
from django.forms import DateField
from django.template import Context, Template
from django.utils import formats, translation

from record.time_zones import told
from tests import factories as make
from tests.admin_pages import page

MOMENT = datetime(2026, 11, 28, 6, 13, tzinfo=UTC)


def written(name: str) -> str:
    return Template("{{ at|date:name }}").render(Context({"at": MOMENT, "name": name}))


def test_british_dates_are_the_default():
    assert [written(name) for name in ("DATE_FORMAT", "DATETIME_FORMAT", "TIME_FORMAT", "SHORT_DATE_FORMAT")] == [
        *("28 November 2026", "28 November 2026, 06:13", "06:13", "28/11/2026")
    ]
    assert [written(name) for name in ("YEAR_MONTH_FORMAT", "MONTH_DAY_FORMAT")] == ["November 2026", "28 November"]
    assert told(MOMENT) == "28 November 2026, 06:13 UTC"
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1
    assert DateField(localize=True).clean("10/11/2026") == date(2026, 11, 10)
    assert DateField().clean("2026-11-10") == date(2026, 11, 10)


def test_american_dates_are_a_setting(american):
    assert [written(name) for name in ("DATE_FORMAT", "DATETIME_FORMAT", "TIME_FORMAT", "SHORT_DATE_FORMAT")] == [
        *("November 28, 2026", "November 28, 2026, 6:13 a.m.", "6:13 a.m.", "11/28/2026")
    ]
    assert [written(name) for name in ("YEAR_MONTH_FORMAT", "MONTH_DAY_FORMAT")] == ["November 2026", "November 28"]
    assert told(MOMENT) == "November 28, 2026, 6:13 a.m. UTC"
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 0
    assert DateField(localize=True).clean("10/11/2026") == date(2026, 10, 11)
    assert DateField().clean("2026-11-10") == date(2026, 11, 10)


def test_other_languages_keep_their_own(american):
    with translation.override("pl"):
        assert written("DATE_FORMAT") == "28 listopada 2026"
    with translation.override("ja"):
        assert written("DATETIME_FORMAT") == "2026年11月28日 6:13"


@pytest.mark.django_db
def test_admin_and_public_pages_write_one_date(client):
    client.force_login(make.UserFactory(editor=True))
    source = make.SourceFactory(title="Report", published_on=date(2026, 11, 28), checked_at=MOMENT)
    make.ContestFactory(revealed=True, sources=[source])
    for address in (page(source), page(type(source), "changelist"), source.get_absolute_url()):
        text = client.get(address).content.decode()
        assert "28 November 2026" in text or 'value="28/11/2026"' in text
        assert "Nov. 28" not in text
        assert "November 28" not in text
    assert "28 November 2026, 06:13 UTC" in client.get(page(source)).content.decode()
    assert '"FIRST_DAY_OF_WEEK": 1' in client.get("/admin/jsi18n/").content.decode()
