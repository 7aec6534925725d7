"""The entries of a synthetic contest: invented works and their invented creators."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from contests.demo import vocabulary
from contests.demo.cast import Cast
from contests.demo.languages import ENGLISH, Tongue, tongue_of
from contests.demo.plan import Plan, Stage
from contests.models import Category, CreditRole, Submission
from contests.works import SHARED
from record.slugs import slug_from

BATCH = 1_000
# The number of earlier creators that stay in memory, so that they can get credits in later works too.
KNOWN = 400
# Every twentieth work has a number in the catalogue of the contest.
NUMBERED = 20
_STATUSES = {
    Stage.OPEN: {"draft": 25, "submitted": 72, "withdrawn": 3},
    Stage.JUDGING: {"eligible": 92, "ineligible": 6, "withdrawn": 2},
    Stage.SEALED: {"eligible": 94, "ineligible": 4, "withdrawn": 2},
    Stage.REVEALED: {"eligible": 94, "ineligible": 4, "withdrawn": 2},
}
#: Roles of other people than the creator, by their permanent keys.
_ROLES = (
    *("director", "writer", "producer", "cast", "cinematographer", "editor", "designer", "animator", "composer"),
    *("sound", "other"),
)
#: The role of the organisation that has produced a work.
COMPANY = "production-company"


class Maker(NamedTuple):
    """A person whom works can credit, with their primary key."""

    pk: int
    country: str


@dataclass
class Batch:
    """
    Works, with their entries, creators and credits, that are inserted together. Each row is a dict with the values of
    fields.
    """

    people: list[dict[str, Any]] = field(default_factory=list)
    works: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    credits: list[dict[str, Any]] = field(default_factory=list)
    categories: list[dict[str, Any]] = field(default_factory=list)
    identifiers: list[dict[str, Any]] = field(default_factory=list)


class Entries:
    """
    A generator of entries. Most get a random status. Once the contest has closed, the entries whose index is in
    `eligible` get the status "eligible". `roles` maps the permanent keys of the roles in credits to their primary keys.
    `company` is the primary key of the organisation that has produced a work. `people_keys`, `work_keys` and
    `entry_keys` yield the primary keys of new rows.
    """

    def __init__(
        self,
        plan: Plan,
        cast: Cast,
        *,
        categories: list[Category],
        eligible: set[int],
        roles: dict[str, int],
        company: int,
        people_keys: Iterator[int],
        work_keys: Iterator[int],
        entry_keys: Iterator[int],
    ):
        self.plan, self.cast, self.eligible = plan, cast, eligible
        self.categories = [category.pk for category in categories]
        self.people_keys, self.work_keys, self.entry_keys = people_keys, work_keys, entry_keys
        self.roles, self.company = roles, company
        # An editor may have deleted some of the roles.
        self.others = [role for role in _ROLES if role in roles]
        self.rng = plan.chance("films")
        shares = _STATUSES[plan.stage]
        self.statuses, self.shares = list(shares), list(accumulate(shares.values()))
        self.known: deque[Maker] = deque(maxlen=KNOWN)
        self.credited = 0

    def batches(self) -> Iterator[Batch]:
        """Yield all entries in batches of a thousand, so that memory use doesn't grow with the number of entries."""
        for start in range(0, self.plan.submissions, BATCH):
            batch = Batch()
            for index in range(start, min(start + BATCH, self.plan.submissions)):
                self._enter(index, batch)
            yield batch

    def _enter(self, index: int, batch: Batch) -> None:
        # The first entries come from different countries, so that every country of the plan occurs at least once.
        country = self.plan.country_codes[index] if index < self.plan.countries else ""
        maker = self._maker(batch, country)
        entry = self._entry(index, tongue_of(maker.country))
        batch.works.append(self._work(index, entry))
        batch.entries.append(entry)
        batch.categories += [{"submission_id": entry["id"], "category_id": pk} for pk in self._categories()]
        if index % NUMBERED == 0:
            number = {"key": self.plan.key("identifier", index + 1), "value": f"{self.plan.slug}-{index + 1}"}
            batch.identifiers.append({**number, "scheme": "own", "work_id": entry["work_id"]})
        for order, (person, role) in enumerate(self._makers(index, maker, batch), start=1):
            self.credited += 1
            batch.credits.append(
                {
                    "key": self.plan.key("credit", self.credited),
                    "work_id": entry["work_id"],
                    "person_id": person and person.pk,
                    "organisation_id": None if person else self.company,
                    "role_id": self.roles[role],
                    "character": f"Made-up character {order}" if role == CreditRole.CAST else "",
                    "credited_as": f"Made-up name {order}" if self.credited % 50 == 0 else "",
                    "order": order,
                }
            )

    def _work(self, index: int, entry: dict[str, Any]) -> dict[str, Any]:
        shared = {name: entry[of_entry] for name, of_entry in SHARED.items()}
        slug = f"{entry['slug'][:48].rstrip('-')}-{self.plan.slug}-{index + 1}"
        return {"id": entry["work_id"], "key": self.plan.key("work", index + 1), "slug": slug, **shared}

    def _entry(self, index: int, tongue: Tongue) -> dict[str, Any]:
        rng, n = self.rng, index + 1
        pattern, phrase, language, original = *_title(rng, tongue), tongue.tag, ""
        if tongue is not ENGLISH and rng.random() < 0.3:
            original = pattern.format(phrase=phrase, n=n)
            pattern, phrase, language = *_title(rng, ENGLISH), "en"
        if index < len(vocabulary.HARD_TITLES):
            (pattern, language), phrase, original = vocabulary.HARD_TITLES[index], "", ""
        described = rng.random()
        return {
            "id": next(self.entry_keys),
            "work_id": next(self.work_keys),
            "key": self.plan.key("submission", n),
            "slug": f"{_slug(pattern, phrase)}-{n}",
            "title": pattern.format(phrase=phrase, n=n),
            "title_language": language,
            "original_title": original,
            "original_title_language": tongue.tag if original else "",
            "logline": vocabulary.sentence(rng) if described < 0.85 else "",
            "synopsis": vocabulary.synopsis(rng) if described < 0.5 else "",
            "language": tongue.tag if rng.random() < 0.6 else "",
            "countries": self._countries(),
            "runtime": rng.choice((None, 45, 90, 184, 300, 612, 905, 1_440, 5_405)),
            "year": self.plan.today.year - rng.randrange(2) if rng.random() < 0.7 else None,
            "tools": "Made-up Camera 3\nPlaceholder Engine" if rng.random() < 0.3 else "",
            "work_url": f"https://example.org/made-up/{n}" if rng.random() < 0.4 else "",
            "status": self._status(index),
        }

    def _categories(self) -> list[int]:
        """Return the primary keys of one category or, for every tenth entry or so, of two."""
        number = min(len(self.categories), 2 if self.rng.random() < 0.1 else 1)
        return self.rng.sample(self.categories, number)

    def _status(self, index: int) -> str:
        if index in self.eligible and self.plan.has_closed:
            return Submission.Status.ELIGIBLE.value
        return self.rng.choices(self.statuses, cum_weights=self.shares)[0]

    def _countries(self) -> str:
        chance = self.rng.random()
        if chance < 0.5:
            return ""
        return ",".join(sorted({self.cast.country() for _number in range(1 if chance < 0.9 else 3)}))

    def _maker(self, batch: Batch, country: str = "") -> Maker:
        if not country and self.known and self.rng.random() < 0.25:
            return self.rng.choice(self.known)
        maker = self._another(batch, country)
        self.known.append(maker)
        return maker

    def _makers(self, index: int, maker: Maker, batch: Batch) -> Iterator[tuple[Maker | None, str]]:
        """
        Yield the people credited in a work, each with a role. The work with index 1 has as many credits as a large
        production. One of them is that of the organisation, which is None here.
        """
        yield maker, CreditRole.CREATOR if CreditRole.CREATOR in self.roles else next(iter(self.roles))
        if index == 1:
            if COMPANY in self.roles:
                yield None, COMPANY
            for role in self.others:
                for _number in range(8 if role == CreditRole.CAST else 2):
                    yield self._another(batch), role
        elif self.rng.random() < 0.3:
            for role in self.rng.sample(self.others, min(len(self.others), self.rng.randint(1, 3))):
                yield (maker if self.rng.random() < 0.3 else self._maker(batch)), role

    def _another(self, batch: Batch, country: str = "") -> Maker:
        person = self.cast.person(country) | {"id": next(self.people_keys)}
        batch.people.append(person)
        return Maker(person["id"], person["country"])


def _title(rng: Random, tongue: Tongue) -> tuple[str, str]:
    """Return the pattern of a title, and a phrase for it."""
    return rng.choice(tongue.titles), rng.choice(tongue.phrases)


# Only the number differs between most titles, so without it few slugs have to be made.
@lru_cache(10_000)
def _slug(pattern: str, phrase: str) -> str:
    return slug_from(pattern.format(phrase=phrase, n=""))[:80].rstrip("-")
