"""Related rows that a queryset loads as JSON in its own SQL statement are the same as prefetched ones."""

from datetime import UTC, date, datetime

import pytest

from contests.models import Contest, Recognition, Submission
from people.models import Person
from tests import factories as make

pytestmark = pytest.mark.django_db


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_embedded_sources_are_the_rows_of_the_database_in_their_order(django_assert_num_queries):
    known = {"published_on": date(2020, 2, 29), "checked_at": datetime(2021, 5, 6, 7, 8, tzinfo=UTC)}
    sources = [make.SourceFactory(title="Zebra", note="„Ä“ 'q'\n", **known), make.SourceFactory(title="Aardvark")]
    contest, other = make.ContestFactory(sources=sources), make.ContestFactory()
    with django_assert_num_queries(1):
        rows = {row.pk: row for row in Contest.objects.embed("sources")}
        found = [values(source) for source in rows[contest.pk].sources.all()]
        assert list(rows[other.pk].sources.all()) == []
    assert found == [values(source) for source in contest.sources.all()]
    assert found[0]["title"] == "Aardvark"


def test_related_rows_may_have_rows_of_their_own(django_assert_num_queries):
    won = make.RecognitionFactory(submission=None)
    ann, house = make.PersonFactory(name="Ann"), make.OrganisationFactory(name="House")
    make.PartyFactory(recognition=won, person=ann, part="Lead", order=7)
    make.PartyFactory(recognition=won, person=None, organisation=house, order=8)
    paths = ("part", "order", "person_id", "organisation_id", "person__id", "person__name", "organisation__id",
             "organisation__name")  # fmt: skip
    with django_assert_num_queries(1):
        row = Recognition.objects.embed("parties", *paths).get(pk=won.pk)
        found = [(party.part, party.recipient.name, party.recognition is row) for party in row.parties.all()][-2:]
    assert found == [("Lead", "Ann", True), ("", "House", True)]


def test_the_name_of_a_foreign_key_loads_the_whole_row(django_assert_num_queries):
    name = make.PersonNameFactory(name="Annie")
    make.PersonNameFactory(person=name.person, source=None)
    with django_assert_num_queries(1):
        first, second = Person.objects.embed("other_names", "name", "source").get(pk=name.person_id).other_names.all()
        assert (values(first.source), second.source) == (values(name.source), None)


def test_embedding_survives_prefetching_and_leaves_values_alone(django_assert_num_queries):
    film = make.SubmissionFactory(sources=[make.SourceFactory(title="Report")])
    won = make.RecognitionFactory(submission=film)
    with django_assert_num_queries(2):
        row = Recognition.objects.prefetch_related("submissions").get(pk=won.pk)
        assert [work.pk for work in row.submissions.all()] == [film.pk]
    assert list(Submission.objects.embed("sources").values_list("pk", flat=True)) == [film.pk]
    assert Submission.objects.embed("sources").count() == 1
