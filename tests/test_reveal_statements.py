"""
Hidden rows don't affect the cost of a response: the SQL statements are the same with and without them, for each URL,
filter, search and position in a list.
"""

import re

import pytest
import time_machine
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests.models import Submission
from search import index
from tests.reveal_urls import every_address, questions
from tests.test_reveal_sweep import add_hidden, portal, remove

__all__ = ["portal"]


pytestmark = pytest.mark.django_db


# Slow pages with drawings or archives; they use the same rows as the page next to them.
SLOW = re.compile(r"\.(png|pdf|zip|svg|avif|webp)$|^/(style-guide|admin|media)/")


def statements(client, urls):
    """Return for each URL the number of statements and the size of the response."""
    answers = {}
    for url in urls:
        client.cookies.clear()
        with CaptureQueriesContext(connection) as captured:
            body = client.get(url).getvalue()
        answers[url] = (len(captured), len(body))
    return answers


def test_an_answer_takes_the_same_statements_whatever_is_hidden(client, portal):
    with time_machine.travel(timezone.now(), tick=False):
        hidden = add_hidden(portal)
        asked = every_address()
        asked += questions(asked, portal.values())
        urls = [url for url in asked if not SLOW.search(url.partition("?")[0])]
        assert any("sealedword" in url for url in urls)
        ContentType.objects.get_for_models(*apps.get_models())  # Django caches these from the first query on
        statements(client, urls[:40])
        index.refresh()  # as after every change by an editor
        with_hidden = statements(client, urls)
        for recognition in hidden.values():
            remove(recognition)
        index.refresh()
        without = statements(client, urls)
    assert not Submission.objects.filter(title__endswith="word").exists()
    assert {url: (with_hidden[url], without[url]) for url in urls if with_hidden[url] != without[url]} == {}
