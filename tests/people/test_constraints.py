"""
Rules of people and sources that must always hold: the database enforces them, and the form shows the reason at the
field.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from factory.django import DjangoModelFactory

from tests import factories as make

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Broken:
    """A row that violates only the constraint `name`, and the form field that shows the message."""

    name: str
    row: Callable[[], models.Model]
    at: str


def twin(factory, *same: str, **values) -> Callable[[], models.Model]:
    """
    Return a function that makes an unsaved row. In the fields `same`, it has the same values as a saved row. Its
    related rows are saved.
    """

    def row():
        first, second = factory(**values), factory(**values)
        second.delete()
        second.pk = None
        second._state.adding = True
        for name in same:
            setattr(second, name, getattr(first, name))
        return second

    return row


def but(factory, **values) -> Callable[[], models.Model]:
    """Return a function that makes an unsaved row. It is valid except for `values`."""

    def row():
        made = factory()
        made.delete()
        made.pk = None
        made._state.adding = True
        for name, value in values.items():
            setattr(made, name, value() if callable(value) else value)
        return made

    return row


APPS = ("record", "accounts", "people")

CASES = [
    Broken("pastwork_year_within_years", but(make.PastWorkFactory, year=1799), "year"),
    Broken("nextproject_year_within_years", but(make.NextProjectFactory, year=2201), "year"),
    Broken("source_published_on_within_years", but(make.SourceFactory, published_on=date(1, 1, 1)), "published_on"),
    Broken("source_accessed_on_within_years", but(make.SourceFactory, accessed_on=date(9999, 1, 1)), "accessed_on"),
    Broken("person_portrait_focus_within", but(make.PersonFactory, portrait_focus_x=101), "portrait_focus_x"),
    Broken("person_born_within_years", but(make.PersonFactory, born="1799"), "born"),
    Broken("person_died_within_years", but(make.PersonFactory, died="2201-01"), "died"),
    Broken("person_life_in_order", but(make.PersonFactory, born="1932-05", died="1931"), "died"),
    Broken("person_name_once", twin(make.PersonNameFactory, "person", "name"), "name"),
    Broken("personidentifier_once", twin(make.PersonIdentifierFactory, "scheme", "value"), "value"),
    Broken("personidentifier_has_value", but(make.PersonIdentifierFactory, value=""), "value"),
    Broken("organisation_founded_within_years", but(make.OrganisationFactory, founded="1799-12"), "founded"),
    Broken("organisation_dissolved_within_years", but(make.OrganisationFactory, dissolved="2201"), "dissolved"),
    Broken(
        "organisation_life_in_order",
        but(make.OrganisationFactory, founded="2001-02-03", dissolved="2001-02-02"),
        "dissolved",
    ),
    Broken("organisation_name_once", twin(make.OrganisationNameFactory, "organisation", "name"), "name"),
    Broken("organisationidentifier_once", twin(make.OrganisationIdentifierFactory, "scheme", "value"), "value"),
    Broken("organisationidentifier_has_value", but(make.OrganisationIdentifierFactory, value=""), "value"),
    Broken("affiliation_once_per_role", twin(make.AffiliationFactory, "person", "organisation", "role"), "role"),
    Broken("past_work_order_unique", twin(make.PastWorkFactory, "person", "order"), "order"),
    Broken("past_work_has_title", but(make.PastWorkFactory, title=""), "title"),
    Broken("next_project_order_unique", twin(make.NextProjectFactory, "person", "order"), "order"),
    Broken("next_project_is_described", but(make.NextProjectFactory, description=""), "description"),
    Broken(
        "user_email_in_small_letters",
        but(make.UserFactory, email="Loud@example.org"),
        # The forms for accounts convert the address to lower case.
        NON_FIELD_ERRORS,
    ),
    Broken(
        "user_erased_stays_empty",
        but(make.UserFactory, erased_at=timezone.now()),
        # Erased accounts have no form.
        NON_FIELD_ERRORS,
    ),
    Broken(
        "former_slug_kept_once",
        twin(make.FormerSlugFactory, "content_type", "object_id", "slug"),
        # Editors don't enter these values.
        NON_FIELD_ERRORS,
    ),
]


def constraints(*labels: str) -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    """Return the named constraints of the tables of these apps, by name."""
    every = [model for label in labels for model in apps.get_app_config(label).get_models()]
    rows = [model for model in every if not hasattr(model, "history_id")]
    return {constraint.name: (model, constraint) for model in rows for constraint in model._meta.constraints}


def names(error: IntegrityError, model: type[models.Model], constraint: models.BaseConstraint) -> bool:
    """Return whether the database error is about `constraint`. SQLite identifies a unique constraint by its columns."""
    columns = [
        f"{model._meta.db_table}.{model._meta.get_field(name).column}" for name in getattr(constraint, "fields", ())
    ]
    return constraint.name in str(error) or (bool(columns) and ", ".join(columns) in str(error))


def refused_by_the_database(case: Broken, *labels: str) -> None:
    """
    Check that the database refuses the row without `clean()`: as a single row, among many new rows, and as an update.
    """
    model, constraint = constraints(*labels)[case.name]
    bad = case.row()
    fine = type(bad)._base_manager.exclude(pk=bad.pk).count()

    def update():
        good = GOOD[model]()
        values = {f.attname: getattr(bad, f.attname) for f in model._meta.concrete_fields}
        for name in ("id", "key"):
            values.pop(name, None)
        model._base_manager.filter(pk=good.pk).update(**values)

    for way in (lambda: bad.save(force_insert=True), lambda: model._base_manager.bulk_create([bad]), update):
        bad.pk = None
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            way()
        assert names(refusal.value, model, constraint), refusal.value
    assert model._base_manager.count() == fine


GOOD = {
    factory._meta.model: factory
    for factory in vars(make).values()
    if isinstance(factory, type) and issubclass(factory, DjangoModelFactory) and not factory._meta.abstract
}


def told_at_the_field(case: Broken, *labels: str) -> None:
    model, constraint = constraints(*labels)[case.name]
    assert (constraint.violation_error_code or NON_FIELD_ERRORS) == case.at
    row = case.row()
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert list(refusal.value.message_dict) == [case.at]
    # If the field rejects the same value with its own message, check the constraint itself too.
    with pytest.raises(ValidationError) as refusal:
        row.validate_constraints()
    assert list(refusal.value.message_dict) == [case.at]
    if constraint.violation_error_message != constraint.default_violation_error_message:
        assert refusal.value.message_dict[case.at] == [str(constraint.violation_error_message)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_database_refuses(case):
    refused_by_the_database(case, *APPS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_editor_is_told_at_the_field(case):
    told_at_the_field(case, *APPS)


def test_every_constraint_has_its_case():
    # This row is created by a button, so it has no form.
    assert sorted(case.name for case in CASES) == sorted(
        name for name in constraints(*APPS) if not name.startswith("distinct_")
    )


@pytest.mark.parametrize("factory", GOOD.values(), ids=lambda factory: factory.__name__)
def test_what_the_factories_make_breaks_nothing(factory):
    row = factory()
    # The rows of tasks are not ours: no form fills in the fields that a worker sets later.
    row.full_clean(exclude=[field.name for field in row._meta.fields] if factory is make.TaskFactory else None)
