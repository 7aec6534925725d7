"""The history in the admin shows who changed what, when and why. Editors can restore old versions."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Permission

from people.models import Affiliation
from tests import factories as make
from tests.admin_pages import filled, page, saved, version_page

pytestmark = pytest.mark.django_db

COUNTRIES = "Countries and regions"
NINE = "20 November 2026, 09:00 UTC"


def test_history_says_who_when_why_and_what(desk, editor):
    person = make.PersonFactory(headline="Student")
    values = filled(desk.get(page(person)), headline="Artist", country="CN", change_reason="As the report puts it")
    saved(desk.post(page(person), values))
    latest = desk.get(page(person, "history")).context["page_obj"][0]
    assert (latest.history_user, latest.history_change_reason) == (editor, "As the report puts it")
    assert [(change.field, change.old, change.new) for change in latest.changes] == [
        ("Headline", "Student", "Artist"),
        ("Country or region", "—", "China"),
    ]
    content = desk.get(page(person, "history")).content.decode()
    assert all(text in content for text in ("Ada", "As the report puts it", "<del>Student</del> <ins>Artist</ins>"))


def test_history_of_choices_links_and_relations_is_told_in_words(desk):
    source, account = make.SourceFactory(title="The report"), make.UserFactory(name="Eddie")
    person = make.PersonFactory()
    values = filled(desk.get(page(person)), kind="team", sources=[source.pk], user=account.pk)
    saved(desk.post(page(person), values))
    told = [change for entry in desk.get(page(person, "history")).context["page_obj"] for change in entry.changes]
    assert {(change.field, change.old, change.new) for change in told} == {
        ("Kind", "Individual", "Team"),
        ("Account", "—", "Eddie"),
        ("Sources", "—", "The report"),
    }


@pytest.mark.parametrize(
    ("factory", "field", "old", "new", "told"),
    [
        (make.SourceFactory, "published_on", None, date(2026, 11, 20), ("Published on", "—", "20 November 2026")),
        (make.UserFactory, "is_staff", False, True, ("May use the admin", "no", "yes")),
        (make.SubmissionFactory, "countries", ["CN"], ["PL", "KR"], (COUNTRIES, "China", "South Korea, Poland")),
        (make.SubmissionFactory, "countries", ["CN"], [], (COUNTRIES, "China", "—")),
        (
            make.ContestFactory,
            "opens_at",
            None,
            datetime(2026, 11, 20, 9, tzinfo=UTC),
            ("Opens for entries", "—", NINE),
        ),
    ],
)
def test_history_of_every_kind_of_value_is_told_in_words(desk, factory, field, old, new, told):
    row = factory(**{field: old})
    setattr(row, field, new)
    row.save()
    (change,) = desk.get(page(row, "history")).context["page_obj"][0].changes
    assert (change.field, change.old, change.new) == told


def test_history_names_what_was_deleted_since_by_its_number(desk):
    person, account, source = make.PersonFactory(), make.UserFactory(), make.SourceFactory()
    affiliation = make.AffiliationFactory(person=person)
    person.user = account
    person.save()
    person.sources.set([source])
    person.sources.clear()
    numbers = source.pk, account.pk, affiliation.pk
    for row in (affiliation, affiliation.organisation, account, source):
        row.delete()
    response = desk.get(page(person, "history"))
    changes = [change for entry in response.context["page_obj"] for change in entry.changes]
    assert [(change.field, change.new) for change in changes if change.new != "—"] == [
        ("Sources", f"deleted ({numbers[0]})"),
        ("Account", f"deleted ({numbers[1]})"),
    ]
    ((_kind, entries),) = response.context["parts"]
    assert [entry.row_name for entry in entries] == [f"Affiliation {numbers[2]}"] * 2


def test_history_of_the_last_entry_on_a_page_is_compared_with_the_next_page(desk):
    person = make.PersonFactory(headline="0")
    for number in range(1, 30):
        person.headline = str(number)
        person.save()
    first = desk.get(page(person, "history")).context["page_obj"]
    assert len(first) == 25
    assert [[(c.old, c.new) for c in entry.changes] for entry in first][-1] == [("4", "5")]


def test_rows_edited_on_the_page_of_their_parent_are_recorded_and_shown_there(desk, editor):
    person, organisation = make.PersonFactory(), make.OrganisationFactory(name="AI Talk")
    values = filled(desk.get(page(person)))
    row = {"organisation": organisation.pk, "role": "Founder", "source": ""}
    values |= {f"affiliations-0-{name}": value for name, value in row.items()} | {"affiliations-TOTAL_FORMS": 1}
    saved(desk.post(page(person), values))
    saved(desk.post(page(person), filled(desk.get(page(person)), affiliations__0__role="Host")))
    saved(desk.post(page(person), filled(desk.get(page(person)), affiliations__0__DELETE="on")))
    assert not Affiliation.objects.exists()
    ((kind, entries),) = desk.get(page(person, "history")).context["parts"]
    assert kind == "Affiliations"
    assert [(e.history_type, e.history_user, [(c.old, c.new) for c in e.changes]) for e in entries] == [
        ("-", editor, []),
        ("~", editor, [("Founder", "Host")]),
        ("+", editor, []),
    ]


def test_old_version_can_be_put_back_and_the_history_says_why(desk):
    person = make.PersonFactory(headline="Student")
    person.headline = "Artist"
    person.save()
    values = filled(desk.get(version_page(person, 0)), change_reason="Still a student")
    saved(desk.post(version_page(person, 0), values))
    person.refresh_from_db()
    assert person.headline == "Student"
    assert person.history.first().history_change_reason == "Still a student"


def test_old_version_does_not_bring_back_another_key(desk):
    person = make.PersonFactory()
    key = person.key
    person.history.update(key="another")
    values = filled(desk.get(version_page(person, 0)))
    saved(desk.post(version_page(person, 0), values))
    person.refresh_from_db()
    assert person.key == key


def test_who_may_only_look_puts_nothing_back(client):
    person = make.PersonFactory(headline="Student")
    person.headline = "Artist"
    person.save()
    viewer = make.UserFactory(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_person"))
    client.force_login(viewer)
    assert client.get(version_page(person, 0)).status_code == 200
    assert client.post(version_page(person, 0), {}).status_code == 403
    person.refresh_from_db()
    assert person.headline == "Artist"


def test_first_change_of_a_row_from_a_fixture_is_compared_with_what_the_fixture_brought(desk):
    affiliation = make.AffiliationFactory(role="Founder")
    Affiliation.history.all().delete()
    address = page(affiliation.person)
    saved(desk.post(address, filled(desk.get(address), affiliations__0__role="Adviser")))
    latest, first = affiliation.history.order_by("-history_id")
    assert (first.role, first.history_user, first.history_change_reason) == (
        "Founder",
        None,
        "As it was before the first change",
    )
    (entry, _first) = desk.get(page(affiliation, "history")).context["page_obj"]
    assert [(change.old, change.new) for change in entry.changes] == [("Founder", "Adviser")]
    saved(desk.post(page(affiliation), filled(desk.get(page(affiliation)), role="Host")))
    assert affiliation.history.count() == 3


def test_ends_of_lines_are_no_change(desk):
    person = make.PersonFactory(biography="One paragraph.\n\nAnother.")
    number = person.history.count()
    values = filled(desk.get(page(person)))
    # Browsers send text in this form.
    saved(desk.post(page(person), {**values, "biography": "One paragraph.\r\n\r\nAnother."}))
    assert person.history.count() == number
    saved(desk.post(page(person), {**values, "biography": "One paragraph.\r\n\r\nA third.", "headline": "Artist"}))
    person.refresh_from_db()
    assert person.biography == "One paragraph.\n\nA third."


def test_first_version_of_a_row_without_a_history_has_what_the_row_led_to(desk):
    person, source = make.PersonFactory(headline="Student"), make.SourceFactory(title="The report")
    person.sources.add(source)
    person.history.all().delete()  # Rows loaded from a fixture have no history.
    saved(desk.post(page(person), filled(desk.get(page(person)), headline="Artist")))
    latest, first = desk.get(page(person, "history")).context["page_obj"]
    assert [(change.field, change.old, change.new) for change in latest.changes] == [("Headline", "Student", "Artist")]
    assert [link.source for link in first.sources.all()] == [source]


def test_a_change_of_sources_alone_makes_one_entry_with_who_and_why(desk, editor):
    person, source = make.PersonFactory(), make.SourceFactory(title="The report")
    number = person.history.count()
    values = filled(desk.get(page(person)), sources=[source.pk], change_reason="Found it")
    saved(desk.post(page(person), values))
    assert list(person.sources.all()) == [source]
    assert person.history.count() == number + 1
    latest = desk.get(page(person, "history")).context["page_obj"][0]
    assert (latest.history_user, latest.history_change_reason) == (editor, "Found it")
    assert [(change.field, change.old, change.new) for change in latest.changes] == [("Sources", "—", "The report")]


def test_an_old_version_brings_back_what_the_row_led_to(desk):
    person, one, other = make.PersonFactory(), *make.SourceFactory.create_batch(2)
    person.sources.set([one])
    versions = person.history.count()
    person.sources.set([other])
    address = version_page(person, versions - 1)
    saved(desk.post(address, filled(desk.get(address))))
    assert list(person.sources.all()) == [one]
    # A source that has been deleted since then is not restored.
    person.sources.set([other])
    one.delete()
    assert desk.get(version_page(person, versions - 1)).status_code == 200


def test_people_are_chosen_by_their_names(desk):
    make.PersonFactory(name="Ada Nowak", headline="Specialist")
    lis = make.PersonFactory(name="Ewa Lis", headline="Artist")
    where = {"app_label": "contests", "model_name": "credit", "field_name": "person", "term": "lis"}
    found = desk.get("/admin/autocomplete/", where).json()["results"]
    assert [each["id"] for each in found] == [str(lis.pk)]
    # The list also searches headlines.
    assert desk.get("/admin/people/person/?q=lis").context["cl"].result_count == 2
