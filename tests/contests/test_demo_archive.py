"""`manage.py create_demo_archive`: what it creates, and that it leaves no trace."""

from collections import Counter, defaultdict
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F

from contests.demo.archive import ArchivePlan, lines
from contests.demo.archive.nominations import Nominations
from contests.demo.removal import records
from contests.management.commands import create_demo_contest
from contests.models import Award, AwardLine, Contest, CreditRole, Party, Recognition, Series, Submission, Work
from people.models import Organisation, Person
from record import former_countries
from record.history import FIRST_VERSION
from record.viewpoint import Viewpoint
from tests.contests.test_demo import TODAY, counts

pytestmark = pytest.mark.django_db
OF_TODAY = ("approved_at", "published_at", "published_on", "approved_by", "user")
Standing, Outcome = Recognition.Standing, Recognition.Outcome


@pytest.fixture(autouse=True)
def indexed(monkeypatch):
    """Count the calls that update the search index instead of making them, because they are slow."""
    told = []
    monkeypatch.setattr(create_demo_contest, "call_command", lambda name, **_kwargs: told.append(name))
    return told


def create(*options, **kwargs):
    """Run the command for two editions. Return the lines that it prints."""
    out = StringIO()
    call_command("create_demo_archive", *options, stdout=out, **{"editions": 2, **kwargs})
    return out.getvalue().splitlines()


def test_rows_obey_the_rules_of_their_models_and_are_marked_as_synthetic():
    create()
    for model in records():
        assert model is CreditRole or model.objects.filter(key__startswith="synthetic-demo-archive:").count() == (
            model.objects.count()
        )
        for row in [*model.objects.order_by("pk")[:20], *model.objects.order_by("pk")[20::9]]:
            row.full_clean()


def stored():
    """Return the values of every row and every link between rows, without primary keys and times of approval."""
    found = {}
    for model in records():
        fields = [field for field in model._meta.concrete_fields if field.name not in ("id", *OF_TODAY)]
        links = {field.name: field.related_model for field in fields if field.is_relation}
        names = [f"{field.name}__key" if hasattr(links.get(field.name), "key") else field.name for field in fields]
        found[model.__name__] = sorted(model.objects.values_list(*names), key=repr)
        for field in model._meta.many_to_many:
            found[model.__name__, field.name] = sorted(model.objects.values_list("key", f"{field.name}__key"), key=repr)
    return found


def test_the_same_options_make_the_same_archive_and_another_seed_another_one():
    create()
    first = stored()
    create(replace=True)
    assert stored() == first
    create(replace=True, seed=2)
    another = stored()
    for name in ("Person", "Work", "Credit", "Recognition", "Party"):
        assert another[name] != first[name], name


def test_each_edition_is_approved_and_revealed_in_one_step_as_of_its_own_time():
    create()
    for contest in Contest.objects.all():
        assert contest.is_history
        assert f"{contest.reveal_at:%Y}" == contest.held_from[:4]
        told = contest.history.order_by("history_id").values_list("history_change_reason", "history_user")
        assert [(reason.split(" to ")[0], user) for reason, user in told] == [
            (FIRST_VERSION, None),
            ("Results approved", None),
            ("Reveal set", None),
        ]
    now = Viewpoint.now()
    for model in (Contest, Submission, Recognition, Award, AwardLine, Person, Organisation, Work, Series):
        assert model.objects.public(now).count() == model.objects.count() > 0


def test_an_archive_is_removed_without_a_trace():
    before = counts()
    create()
    assert create(remove=True)[0].startswith("Removed the synthetic archive “demo-archive”: ")
    assert counts() == before
    assert not Contest.history.exists()


def test_an_archive_stays_unless_it_is_to_be_replaced():
    create()
    with pytest.raises(CommandError, match="There is already a synthetic archive “demo-archive”. Add --replace"):
        create()
    keys = set(Recognition.objects.values_list("key", flat=True))
    create(slug="second")
    assert Series.objects.count() == 2
    create(replace=True)
    assert keys < set(Recognition.objects.values_list("key", flat=True))


def test_an_unknown_archive_is_not_removed_and_a_contest_is_none():
    call_command("create_demo_contest", slug="demo-archive", submissions=8, stdout=StringIO())
    with pytest.raises(CommandError, match="There is no synthetic archive “demo-archive”."):
        create(remove=True)
    create(slug="other")
    with pytest.raises(CommandError, match="There are: other."):
        create(remove=True, slug="unheard-of")
    assert Contest.objects.filter(slug="demo-archive").exists()


@pytest.mark.parametrize(("name", "value"), [("editions", 1), ("editions", 101), ("slug", "Not a slug")])
def test_options_out_of_range_are_refused(name, value):
    with pytest.raises(CommandError):
        create(**{name: value})
    assert not Series.objects.exists()


def test_a_portal_in_production_is_asked_for_confirmation(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="--even-in-production"):
        create()
    create(even_in_production=True)
    assert Series.objects.exists()


def test_the_search_is_brought_up_to_date(indexed):
    create()
    assert indexed == ["refresh_search"]


def test_a_small_archive_has_everything_that_an_archive_may_have():
    create()
    given = Recognition.objects.all()
    assert {*given.values_list("standing", flat=True)} == {*Standing.values}
    assert {*given.values_list("outcome", flat=True)} == {*Outcome.values}
    assert given.filter(is_tied=True, standing=Standing.WINNER).exists()
    assert given.filter(is_shared=True).exists()
    works = {*given.order_by().annotate(works=Count("submissions")).values_list("works", flat=True)}
    assert works >= {0, 1}
    assert max(works) > 1
    assert given.annotate(people=Count("parties")).filter(people__gt=1).exists()
    assert given.filter(award__line__slug=lines.SONG).exclude(detail="").exists()
    assert given.filter(award__line__slug="leading-actress").exclude(detail="").exists()
    assert given.exclude(citation="").exists()
    assert Award.objects.filter(line=None).exists()
    assert Award.objects.exclude(name=F("line__name")).exists()
    assert AwardLine.objects.filter(continues__isnull=False, awards__isnull=False).exists()
    times = Work.objects.order_by().annotate(times=Count("entries")).values_list("times", flat=True)
    assert {*times} == {1, 2}
    assert Submission.objects.annotate(groups=Count("categories")).filter(groups=2).exists()
    former = {code for work in Work.objects.all() for code in (str(country) for country in work.countries)}
    assert former & {*former_countries.FORMER}
    assert former_countries.INTERNATIONAL in former
    held = list(Contest.objects.order_by("edition_number").values_list("year_label", "held_from"))
    assert held == [("1921/22", "1923-03-12"), ("1923", "1924-04")]


def test_people_of_the_same_name_are_told_apart():
    create(editions=4)
    for name in Person.objects.values("name").annotate(n=Count("pk")).filter(n__gt=1).values_list("name", flat=True):
        told = list(Person.objects.filter(name=name).values_list("disambiguation", flat=True))
        assert "" not in told
        assert len({*told}) == len(told)
    assert Person.objects.filter(name="Ada Specimen").count() == 2


def test_a_whole_archive_has_the_promised_numbers():
    """Only the plan is made, without a database."""
    plan = ArchivePlan.of(today=TODAY)
    found = Nominations(plan)
    made = [found.edition(number) for number in range(1, 101)]
    every = [row for edition in made for rows in edition.given.values() for row in rows]
    assert (len(every), len(found.works.rows), len(found.people.rows)) == (12_000, 5_000, 9_000)
    assert len(found.organisations.rows) > 300
    assert 120 in {sum(map(len, edition.given.values())) for edition in made}
    named = Counter(party[:2] for row in every for party in row.parties)
    composer, large = ("person", found.composer), ("organisation", found.organisations.large)
    assert (named[composer], named[large]) == (60, 300)
    won = [
        row for row in every if row.values["standing"] == "winner" and composer in {each[:2] for each in row.parties}
    ]
    assert len(won) == 5
    works = {work for work, credits in found.credits.items() if composer in {each[:2] for each in credits}}
    assert len(works) == 80
    assert sum(bool(works & {*row.works}) for row in every) in range(390, 411)
    names = defaultdict(set)
    for edition in made:
        for slug in edition.given:
            names[slug].add(lines.BY_SLUG[slug].name(edition.edition.at))
    assert len(names[lines.FILM]) == 3
    labels = [edition.edition.label for edition in made]
    assert len({*labels}) == 100
    assert labels[:7] == ["1921/22", "1922/23", "1923/24", "1924/25", "1925/26", "1926/27", "1927"]
    assert Counter(edition.edition.held_from[:4] for edition in made).most_common(1) == [("1924", 2)]


def test_every_party_and_credit_of_a_nomination_agree():
    create(editions=2)
    for party in Party.objects.filter(recognition__submissions__isnull=False, person__isnull=False):
        for entry in party.recognition.works:
            assert party.person.credits.filter(work=entry.work_id).exists()
