"""
One factory for each model. Values that a test does not set are valid, unique and without a special meaning.

Without traits, `ContestFactory` makes a contest that only editors see. The traits `sealed`, `approved_future` and
`revealed` make a published contest whose results are not approved, approved with a future reveal, or public. Factories
of other rows take the contest as an argument: `AwardFactory(contest=…)`, `RecognitionFactory(award__contest=…)`,
`QuoteFactory(event__contest=…)`.
"""

from datetime import timedelta

import factory
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from factory import LazyAttribute, LazyAttributeSequence, LazyFunction, SelfAttribute, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory, Password

from accounts import models as accounts
from contests import models as contests
from people import models as people
from record import models as record
from record.history import keep_links
from record.slugs import slug_from

PASSWORD = "a word to enter by"


def days(number: int) -> LazyFunction:
    """Return a factory attribute with the time `number` days after the row is created."""
    return LazyFunction(lambda: timezone.now() + timedelta(days=number))


def slug_of(field: str) -> LazyAttribute:
    return LazyAttribute(lambda row: slug_from(getattr(row, field)))


def entered(name: str, blank: object = "") -> LazyAttribute:
    """Return an attribute of a work that has the value of the field `name` of its first entry."""
    return LazyAttribute(lambda work: getattr(work.factory_parent, name, blank))


def next_number() -> Sequence:
    """Return a factory attribute with a unique position in an order. It fits a small integer field."""
    return Sequence(lambda n: n % 30_000 + 1)


class WithSources(DjangoModelFactory):
    """A factory of rows with sources: `sources=[…]` sets them. By default there are none."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @factory.post_generation
    def sources(self, create, extracted, **kwargs):
        if create and extracted:
            self.sources.set(extracted)


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = DBTaskResult

    args_kwargs = {"args": [], "kwargs": {}}
    task_path = "publishing.tasks.make_press_kit"
    backend_name = "default"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = accounts.User

    class Params:
        editor = Trait(is_staff=True, is_superuser=True)

    email = Sequence(lambda n: f"user{n}@example.org")
    name = Sequence(lambda n: f"User {n}")
    password = Password(PASSWORD)


class InvitationFactory(DjangoModelFactory):
    """
    Creates an open invitation from an editor. The URL of its page is not known; use `accounts.invitations.invite` to
    get one.
    """

    class Meta:
        model = accounts.Invitation

    email = Sequence(lambda n: f"invited{n}@example.org")
    name = Sequence(lambda n: f"Invited {n}")
    invited_by = SubFactory(UserFactory, editor=True)
    token_digest = Sequence(lambda n: f"{n:064x}")


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = record.Source

    title = Sequence(lambda n: f"Source {n}")
    slug = slug_of("title")


class PersonFactory(WithSources):
    class Meta:
        model = people.Person
        skip_postgeneration_save = True

    class Params:
        team = Trait(kind=people.Person.Kind.TEAM)

    name = Sequence(lambda n: f"Person {n}")
    sort_name = SelfAttribute("name")
    slug = slug_of("name")


class OrganisationFactory(WithSources):
    class Meta:
        model = people.Organisation
        skip_postgeneration_save = True

    name = Sequence(lambda n: f"Organisation {n}")
    slug = slug_of("name")


class AffiliationFactory(DjangoModelFactory):
    class Meta:
        model = people.Affiliation

    person = SubFactory(PersonFactory)
    organisation = SubFactory(OrganisationFactory)
    role = Sequence(lambda n: f"Role {n}")
    source = SubFactory(SourceFactory)


class PastWorkFactory(DjangoModelFactory):
    class Meta:
        model = people.PastWork

    person = SubFactory(PersonFactory)
    title = Sequence(lambda n: f"Past work {n}")
    order = next_number()
    source = SubFactory(SourceFactory)


class NextProjectFactory(DjangoModelFactory):
    class Meta:
        model = people.NextProject

    person = SubFactory(PersonFactory)
    description = Sequence(lambda n: f"Next project {n}")
    order = next_number()
    source = SubFactory(SourceFactory)


class PersonNameFactory(DjangoModelFactory):
    class Meta:
        model = people.PersonName

    person = SubFactory(PersonFactory)
    name = Sequence(lambda n: f"Other name {n}")
    kind = people.PersonName.Kind.BIRTH
    source = SubFactory(SourceFactory)


class PersonIdentifierFactory(DjangoModelFactory):
    class Meta:
        model = people.PersonIdentifier

    person = SubFactory(PersonFactory)
    scheme = "wikidata"
    value = Sequence(lambda n: f"Q{n + 1}")


class OrganisationNameFactory(DjangoModelFactory):
    class Meta:
        model = people.OrganisationName

    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda n: f"Other name {n}")
    kind = people.OrganisationName.Kind.FORMER
    source = SubFactory(SourceFactory)


class OrganisationIdentifierFactory(DjangoModelFactory):
    class Meta:
        model = people.OrganisationIdentifier

    organisation = SubFactory(OrganisationFactory)
    scheme = "wikidata"
    value = Sequence(lambda n: f"Q{n + 1}")


class FormerSlugFactory(DjangoModelFactory):
    """
    Creates a former slug: `FormerSlugFactory(object=person, slug="old")`. Without `object`, it belongs to a new person.
    """

    class Meta:
        model = record.FormerSlug
        exclude = ["object"]

    object = SubFactory(PersonFactory)
    content_type = LazyAttribute(lambda row: ContentType.objects.get_for_model(row.object))
    object_id = SelfAttribute("object.pk")
    slug = Sequence(lambda n: f"former-{n}")


class DistinctFactory(DjangoModelFactory):
    """Creates a note that two new people are different."""

    class Meta:
        model = record.Distinct

    content_type = LazyFunction(lambda: ContentType.objects.get_for_model(people.Person))
    one = Sequence(lambda n: f"one-{n}")
    other = Sequence(lambda n: f"other-{n}")
    names = Sequence(lambda n: f"One {n} ≠ Other {n}")
    noted_by = SubFactory("tests.factories.UserFactory")


class MergeFactory(DjangoModelFactory):
    """Creates the record of a merge into `kept`. No rows are merged."""

    class Meta:
        model = record.Merge
        exclude = ["kept"]

    kept = SubFactory(PersonFactory)
    content_type = LazyAttribute(lambda row: ContentType.objects.get_for_model(row.kept))
    kept_id = SelfAttribute("kept.pk")
    kept_name = SelfAttribute("kept.name")
    gone_id = Sequence(lambda n: n + 1_000_000)
    gone_name = Sequence(lambda n: f"Merged person {n}")
    gone = factory.Dict({})
    merged_by = SubFactory(UserFactory)


class SeriesFactory(WithSources):
    class Meta:
        model = contests.Series
        skip_postgeneration_save = True

    name = Sequence(lambda n: f"Series {n}")
    slug = slug_of("name")


class SeriesOrganiserFactory(DjangoModelFactory):
    class Meta:
        model = contests.SeriesOrganiser

    series = SubFactory(SeriesFactory)
    organisation = SubFactory(OrganisationFactory)
    source = SubFactory(SourceFactory)


class AwardLineFactory(DjangoModelFactory):
    class Meta:
        model = contests.AwardLine

    series = SubFactory(SeriesFactory)
    name = Sequence(lambda n: f"Award line {n}")
    slug = slug_of("name")
    order = next_number()
    source = SubFactory(SourceFactory)


class ContestFactory(WithSources):
    class Meta:
        model = contests.Contest
        skip_postgeneration_save = True

    class Params:
        published = Trait(published_at=days(-30))
        sealed = Trait(published=True)
        approved_future = Trait(
            published=True, approved_at=days(-2), approved_by=SubFactory(UserFactory, editor=True), reveal_at=days(2)
        )
        revealed = Trait(
            published=True, approved_at=days(-3), approved_by=SubFactory(UserFactory, editor=True), reveal_at=days(-1)
        )

    title = Sequence(lambda n: f"Contest {n}")
    slug = slug_of("title")
    organiser = SubFactory(OrganisationFactory)
    public_entries = contests.Contest.PublicEntries.ALL
    work_kind = "film"


class FigureFactory(DjangoModelFactory):
    class Meta:
        model = contests.Figure

    contest = SubFactory(ContestFactory)
    label = Sequence(lambda n: f"figure {n}")
    slug = slug_of("label")
    qualifier = contests.Figure.Qualifier.EXACTLY
    value = Sequence(lambda n: n + 1)
    order = next_number()
    source = SubFactory(SourceFactory)


class LeadingRegionFactory(DjangoModelFactory):
    class Meta:
        model = contests.LeadingRegion

    contest = SubFactory(ContestFactory)
    country = factory.Iterator(["CN", "US", "IN", "JP", "KR", "PL", "FR", "DE", "BR", "ZA", "GB", "CA", "MX", "AU"])
    rank = next_number()
    source = SubFactory(SourceFactory)


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = contests.Category

    contest = SubFactory(ContestFactory)
    name = Sequence(lambda n: f"Category {n}")
    slug = slug_of("name")
    order = next_number()


class WorkFactory(WithSources):
    class Meta:
        model = contests.Work
        skip_postgeneration_save = True

    title = Sequence(lambda n: f"Work {n}")
    # A work needs a slug of its own, even if entries of several works have the same title.
    slug = Sequence(lambda n: f"work-{n}")


class SubmissionFactory(WithSources):
    """
    Creates the entry of a new work, or of the work in `work`. The new work has what the entry says about it.
    `categories=[…]` sets the categories.
    """

    class Meta:
        model = contests.Submission
        skip_postgeneration_save = True

    class Params:
        draft = Trait(status=contests.Submission.Status.DRAFT)

    contest = SubFactory(ContestFactory)
    title = Sequence(lambda n: f"Submission {n}")
    slug = slug_of("title")
    work = SubFactory(
        WorkFactory,
        title=SelfAttribute("..title"),
        slug=LazyAttributeSequence(lambda work, n: slug_from(f"{work.title[:60]}-w{n}")),
        **{name: entered(name) for name in ("title_language", "original_title", "original_title_language")},
        countries=entered("countries"),
        languages=entered("language"),
        year_from=entered("year", None),
    )
    status = contests.Submission.Status.ELIGIBLE
    work_url_audience = contests.Submission.LinkAudience.PUBLIC

    @factory.post_generation
    def categories(self, create, extracted, **kwargs):
        if create and extracted:
            self.categories.set(extracted)


def bulk_entries(rows):
    """Insert unsaved submissions in bulk, each with a new work of the same title. Return them."""
    rows = list(rows)
    works = [contests.Work(title=row.title, slug=f"entry-{row.contest_id}-{row.slug}") for row in rows]
    for row, work in zip(rows, contests.Work.objects.bulk_create(works), strict=True):
        row.work = work
    return contests.Submission.objects.bulk_create(rows)


def role(key: str) -> contests.CreditRole:
    """Return the role with this permanent key. Like every database, that of the tests has the standard roles."""
    return contests.CreditRole.objects.get(key=key)


class CreditRoleFactory(DjangoModelFactory):
    class Meta:
        model = contests.CreditRole

    name = Sequence(lambda n: f"Credited role {n}")
    slug = slug_of("name")
    order = Sequence(lambda n: 1_000 + n % 30_000)


class CreditFactory(DjangoModelFactory):
    """
    Creates the credit of a person. `CreditFactory(work=…)` credits a work, `CreditFactory(submission=…)` the work of
    that entry. Without either, the credit belongs to the work of a new entry. `role` may be the permanent key of a
    standard role.
    """

    class Meta:
        model = contests.Credit
        exclude = ["submission"]

    submission = SubFactory(SubmissionFactory)
    work = SelfAttribute("submission.work")
    person = SubFactory(PersonFactory)
    role = contests.CreditRole.CREATOR
    order = next_number()
    source = SubFactory(SourceFactory)

    @classmethod
    def _generate(cls, strategy, params):
        if "work" in params:
            params.setdefault("submission", None)
        return super()._generate(strategy, params)

    @classmethod
    def _adjust_kwargs(cls, **kwargs):
        found = kwargs["role"]
        return {**kwargs, "role": role(found) if isinstance(found, str) else found}


class WorkIdentifierFactory(DjangoModelFactory):
    class Meta:
        model = contests.WorkIdentifier

    work = SubFactory(WorkFactory)
    scheme = "wikidata"
    value = Sequence(lambda n: f"Q{n + 1}")


class AwardFactory(DjangoModelFactory):
    class Meta:
        model = contests.Award

    contest = SubFactory(ContestFactory)
    name = Sequence(lambda n: f"Award {n}")
    slug = slug_of("name")
    precedence = next_number()
    source = SubFactory(SourceFactory)


class RecognitionFactory(DjangoModelFactory):
    """
    Creates an award for a submission to the same contest, or with `of_person=True` for a person. It is approved, so it
    is public as soon as the results of its contest are.
    """

    class Meta:
        model = contests.Recognition
        skip_postgeneration_save = True

    class Params:
        of_person = Trait(submission=None, person=SubFactory(PersonFactory), award__honours="people")
        revoked = Trait(
            revoked_on=LazyFunction(timezone.localdate), revocation_reason="The work was not made by its creator."
        )

    award = SubFactory(AwardFactory)
    submission = SubFactory(SubmissionFactory, contest=SelfAttribute("..award.contest"))
    order = next_number()
    source = SubFactory(SourceFactory)
    approved_at = days(-40)

    @factory.post_generation
    def presenters(self, create, extracted, **kwargs):
        if create and extracted:
            self.presenters.set(extracted)

    @classmethod
    def _create(cls, model_class, *args, submission=None, submissions=(), person=None, **kwargs):
        row = super()._create(model_class, *args, **kwargs)
        works = [submission, *submissions] if submission else submissions
        # Not `set`, which would write a second history record.
        links = model_class.submissions.through
        links.objects.bulk_create([links(recognition=row, submission=work) for work in works])
        keep_links(model_class, row.history.all()[:1])
        if person:
            PartyFactory(recognition=row, person=person)
        return row


class PartyFactory(DjangoModelFactory):
    class Meta:
        model = contests.Party

    class Params:
        of_organisation = Trait(person=None, organisation=SubFactory(OrganisationFactory))

    recognition = SubFactory(RecognitionFactory, submission=None)
    person = SubFactory(PersonFactory)
    order = next_number()


class PreviewLinkFactory(DjangoModelFactory):
    class Meta:
        model = contests.PreviewLink

    contest = SubFactory(ContestFactory)
    note = Sequence(lambda n: f"Reader {n}")
    expires_at = days(7)
    made_by = SubFactory(UserFactory, editor=True)


class EventFactory(WithSources):
    class Meta:
        model = contests.Event
        skip_postgeneration_save = True

    contest = SubFactory(ContestFactory)
    title = Sequence(lambda n: f"Event {n}")
    slug = slug_of("title")
    order = next_number()


class AppearanceFactory(DjangoModelFactory):
    class Meta:
        model = contests.Appearance

    event = SubFactory(EventFactory)
    person = SubFactory(PersonFactory)
    role = contests.Appearance.Role.PANELLIST
    order = next_number()
    source = SubFactory(SourceFactory)


class QuoteFactory(DjangoModelFactory):
    class Meta:
        model = contests.Quote

    event = SubFactory(EventFactory)
    speaker = SubFactory(PersonFactory)
    text = Sequence(lambda n: f"Words {n}, said on stage.")
    slug = slug_of("text")
    order = next_number()
    source = SubFactory(SourceFactory)
