"""Create the invented people of a synthetic contest."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Any

from contests.demo import vocabulary
from contests.demo.languages import Tongue, tongue_of
from contests.demo.plan import Plan
from people.models import Person
from record.slugs import slug_from


class Cast:
    """
    A generator of people, as dicts with the values of their fields. The first people have names that are hard to
    typeset.
    """

    def __init__(self, plan: Plan):
        self.plan = plan
        self.rng = plan.chance("cast")
        self.codes = plan.country_codes
        # Countries early in the list get more people: the weight of a country falls with its position.
        self._weights = list(accumulate(1 / (rank + 2) for rank in range(len(self.codes))))
        self.number = 0

    def country(self) -> str:
        return self.rng.choices(self.codes, cum_weights=self._weights)[0]

    def person(self, country: str = "") -> dict[str, Any]:
        """Return the next person, from `country` (an ISO 3166 code) or, if it is blank, from a random country."""
        self.number += 1
        country = country or self.country()
        tongue, rng, n = tongue_of(country), self.rng, self.number
        sample, thing = rng.randrange(len(tongue.samples)), rng.randrange(len(tongue.things))
        team = rng.random() < 0.15
        native = _name(tongue, tongue.samples[sample], tongue.things[thing], n)
        name, sort_name, native_name = native, native, ""
        if tongue.latin and rng.random() < 0.5:
            romanised = (tongue.latin[0][sample], tongue.latin[1][thing])
            name, sort_name, native_name = (
                f"{romanised[0]} {romanised[1]} {n}",
                f"{romanised[1]}, {romanised[0]} {n}",
                native,
            )
        elif native.isascii():
            sort_name = f"{tongue.things[thing]}, {tongue.samples[sample]} {n}"
        if team:
            name = sort_name = tongue.team.format(name=native)
            native_name = ""
        if n <= len(vocabulary.HARD_NAMES):
            name = sort_name = vocabulary.HARD_NAMES[n - 1]
            native_name, team = "", False
        return {
            "key": self.plan.key("person", n),
            "slug": f"{_slug(name.replace(str(n), ''))}-{self.plan.slug}-{n}",
            "kind": Person.Kind.TEAM.value if team else Person.Kind.INDIVIDUAL.value,
            "name": name,
            "sort_name": sort_name,
            "native_name": native_name,
            "native_language": tongue.tag if native_name else "",
            # Every fourth one has a year of birth, every tenth one a day.
            "born": "" if team or n % 4 else f"{1930 + n % 70}-05-17" if n % 10 == 0 else f"{1930 + n % 70}",
            "headline": rng.choice(vocabulary.HEADLINES) if n % 3 else "",
            "biography": rng.choice(vocabulary.BIOGRAPHIES) if rng.random() < 0.3 else "",
            "country": country,
        }

    def people(self, count: int) -> Iterator[dict[str, Any]]:
        """
        Yield `count` people. They come from the countries of the plan in turn, starting again after the last country.
        """
        for number in range(count):
            yield self.person(self.codes[number % len(self.codes)])


def _name(tongue: Tongue, sample: str, thing: str, number: int) -> str:
    return f"{sample}·{thing} {number}" if tongue.tag == "zh-Hans" else f"{sample} {thing} {number}"


# Only the number differs between most names, so without it few slugs have to be made.
@lru_cache(10_000)
def _slug(text: str) -> str:
    return slug_from(text)[:48].rstrip("-")
