"""The command `refresh_search`: what it says when the database refuses."""

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from search import index


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("database is locked", "Another process is writing to the database"),
        ("canceling statement due to lock timeout", "Another process is writing to the database"),
        ("no such table: search_change", "no such table"),
        ("connection refused", "connection refused"),
    ],
)
def test_only_a_lock_is_said_to_be_another_process(monkeypatch, reason, told):
    def refuse(**_options):
        raise OperationalError(reason)

    monkeypatch.setattr(index, "refresh", refuse)
    with pytest.raises((CommandError, OperationalError), match=told):
        call_command("refresh_search")
