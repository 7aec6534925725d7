"""What the factories share."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory import LazyAttribute, LazyFunction, Sequence, Trait
from factory.django import DjangoModelFactory, DjangoOptions

from record.slugs import slug_from


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


class Options(DjangoOptions):
    """
    Options of factories with traits that are off by default. Without a default, factory_boy looks each trait up, fails,
    and writes the failure out with the texts of all rows that it has, which took half of the time to make a row.
    """

    def contribute_to_class(self, factory, **kwargs):
        super().contribute_to_class(factory, **kwargs)
        traits = (name for name, parameter in self.parameters.items() if isinstance(parameter, Trait))
        # A trait that another one turns on is declared already.
        self.pre_declarations.update({name: False for name in traits if name not in self.pre_declarations})


class Factory(DjangoModelFactory):
    _options_class = Options

    class Meta:
        abstract = True


class WithSources(Factory):
    """A factory of rows with sources: `sources=[…]` sets them. By default there are none."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @factory.post_generation
    def sources(self, create, extracted, **kwargs):
        if create and extracted:
            self.sources.set(extracted)
