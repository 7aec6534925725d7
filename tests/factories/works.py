"""Factories of works, their entries, and their awards."""

import factory
from django.utils import timezone
from factory import LazyAttributeSequence, LazyFunction, SelfAttribute, Sequence, SubFactory, Trait

from contests import models as contests
from record.history import keep_links
from record.slugs import slug_from

from .base import Factory, WithSources, days, entered, next_number, slug_of
from .contests import ContestFactory, EventFactory
from .people import OrganisationFactory, PersonFactory, SourceFactory


class WorkFactory(WithSources):
    class Meta:
        model = contests.Work
        skip_postgeneration_save = True

    title = Sequence(lambda n: f"Work {n}")
    # A work needs a slug of its own, even if entries of several works have the same title.
    slug = Sequence(lambda n: f"work-{n}")


class WorkIdentifierFactory(Factory):
    class Meta:
        model = contests.WorkIdentifier

    work = SubFactory(WorkFactory)
    scheme = "wikidata"
    value = Sequence(lambda n: f"Q{n + 1}")


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


class CreditRoleFactory(Factory):
    class Meta:
        model = contests.CreditRole

    name = Sequence(lambda n: f"Credited role {n}")
    slug = slug_of("name")
    order = Sequence(lambda n: 1_000 + n % 30_000)


class CreditFactory(Factory):
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


class AwardFactory(Factory):
    class Meta:
        model = contests.Award

    contest = SubFactory(ContestFactory)
    name = Sequence(lambda n: f"Award {n}")
    slug = slug_of("name")
    precedence = next_number()
    source = SubFactory(SourceFactory)


class RecognitionFactory(Factory):
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


class PartyFactory(Factory):
    class Meta:
        model = contests.Party

    class Params:
        of_organisation = Trait(person=None, organisation=SubFactory(OrganisationFactory))

    recognition = SubFactory(RecognitionFactory, submission=None)
    person = SubFactory(PersonFactory)
    order = next_number()


class QuoteFactory(Factory):
    class Meta:
        model = contests.Quote

    event = SubFactory(EventFactory)
    speaker = SubFactory(PersonFactory)
    text = Sequence(lambda n: f"Words {n}, said on stage.")
    slug = slug_of("text")
    order = next_number()
    source = SubFactory(SourceFactory)
