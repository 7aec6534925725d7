"""
Hidden rows don't affect the cost of a response: each URL, filter, search and cursor needs the same SQL statements with
and without them.
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


# Skip slow pages with drawings or archives. They use the same rows as the page that links to them.
SLOW = re.compile(r"\.(png|pdf|zip|svg|avif|webp)$|^/(style-guide|admin|media)/")


def statements(client, urls):
    """Return the number of SQL statements and the size of the response for each URL."""
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
        # Django caches the content types, so load them before counting.
        ContentType.objects.get_for_models(*apps.get_models())
        statements(client, urls[:40])
        index.refresh()  # The portal updates the index after every change by an editor.
        with_hidden = statements(client, urls)
        for recognition in hidden.values():
            remove(recognition)
        index.refresh()
        without = statements(client, urls)
    assert not Submission.objects.filter(title__endswith="word").exists()
    assert {url: (with_hidden[url], without[url]) for url in urls if with_hidden[url] != without[url]} == {}
