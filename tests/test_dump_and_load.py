"""Rows of the record can be written by `dumpdata` and read by `loaddata`, with their history."""

import pytest
from django.core.management import call_command
from django.db import connection

from people.models import Person
from tests.portal import backups

pytestmark = pytest.mark.django_db(transaction=True)


def test_record_alone_is_the_same_after_it_was_written_and_read(tmp_path):
    backups.fill()
    file = tmp_path / "laurel.json"
    own = ["people.person", "record.source", "people.organisation", "contests.series"]
    own += ["people.historicalperson", "people.historicalperson_sources", "record.historicalsource"]
    call_command("dumpdata", *own, output=str(file), verbosity=0)
    before = Person.history.count()
    with connection.constraint_checks_disabled():
        call_command("loaddata", str(file), verbosity=0)
    assert Person.history.count() == before
