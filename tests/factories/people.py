"""Factories of accounts, people, organisations, sources, and what else does not belong to a contest."""

import factory
from django.contrib.contenttypes.models import ContentType
from django_tasks_db.models import DBTaskResult
from factory import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory, Trait
from factory.django import Password

from accounts import models as accounts
from people import models as people
from record import models as record

from .base import Factory, WithSources, next_number, slug_of

PASSWORD = "a word to enter by"


class UserFactory(Factory):
    class Meta:
        model = accounts.User

    class Params:
        editor = Trait(is_staff=True, is_superuser=True)

    email = Sequence(lambda n: f"user{n}@example.org")
    name = Sequence(lambda n: f"User {n}")
    password = Password(PASSWORD)


class InvitationFactory(Factory):
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


class SourceFactory(Factory):
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


class AffiliationFactory(Factory):
    class Meta:
        model = people.Affiliation

    person = SubFactory(PersonFactory)
    organisation = SubFactory(OrganisationFactory)
    role = Sequence(lambda n: f"Role {n}")
    source = SubFactory(SourceFactory)


class PastWorkFactory(Factory):
    class Meta:
        model = people.PastWork

    person = SubFactory(PersonFactory)
    title = Sequence(lambda n: f"Past work {n}")
    order = next_number()
    source = SubFactory(SourceFactory)


class NextProjectFactory(Factory):
    class Meta:
        model = people.NextProject

    person = SubFactory(PersonFactory)
    description = Sequence(lambda n: f"Next project {n}")
    order = next_number()
    source = SubFactory(SourceFactory)


class PersonNameFactory(Factory):
    class Meta:
        model = people.PersonName

    person = SubFactory(PersonFactory)
    name = Sequence(lambda n: f"Other name {n}")
    kind = people.PersonName.Kind.BIRTH
    source = SubFactory(SourceFactory)


class PersonIdentifierFactory(Factory):
    class Meta:
        model = people.PersonIdentifier

    person = SubFactory(PersonFactory)
    scheme = "wikidata"
    value = Sequence(lambda n: f"Q{n + 1}")


class OrganisationNameFactory(Factory):
    class Meta:
        model = people.OrganisationName

    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda n: f"Other name {n}")
    kind = people.OrganisationName.Kind.FORMER
    source = SubFactory(SourceFactory)


class OrganisationIdentifierFactory(Factory):
    class Meta:
        model = people.OrganisationIdentifier

    organisation = SubFactory(OrganisationFactory)
    scheme = "wikidata"
    value = Sequence(lambda n: f"Q{n + 1}")


class FormerSlugFactory(Factory):
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


class DistinctFactory(Factory):
    """Creates a note that two new people are different."""

    class Meta:
        model = record.Distinct

    content_type = LazyFunction(lambda: ContentType.objects.get_for_model(people.Person))
    one = Sequence(lambda n: f"one-{n}")
    other = Sequence(lambda n: f"other-{n}")
    names = Sequence(lambda n: f"One {n} ≠ Other {n}")
    noted_by = SubFactory(UserFactory)


class TableImportFactory(Factory):
    """Creates an import of people whose columns were not chosen yet."""

    class Meta:
        model = record.TableImport

    kind = "people"
    name = Sequence(lambda n: f"people{n}.csv")
    file_name = SelfAttribute("name")
    content = b"Name\nAnn Specimen\n"


class MergeFactory(Factory):
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


class TaskFactory(Factory):
    class Meta:
        model = DBTaskResult

    args_kwargs = {"args": [], "kwargs": {}}
    task_path = "publishing.tasks.make_press_kit"
    backend_name = "default"
