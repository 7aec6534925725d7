"""The entries of a synthetic contest: invented works and their invented creators."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from contests.demo import vocabulary
from contests.demo.cast import Cast
from contests.demo.languages import ENGLISH, Tongue, tongue_of
from contests.demo.plan import Plan, Stage
from contests.models import Category, Contest, Credit, Submission
from people.models import Person
from record.models import Source
from record.slugs import slug_from

BATCH = 1_000
# The number of earlier creators that stay in memory, so that they can get credits in later works too.
KNOWN = 400
_STATUSES = {
    Stage.OPEN: {"draft": 25, "submitted": 72, "withdrawn": 3},
    Stage.JUDGING: {"eligible": 92, "ineligible": 6, "withdrawn": 2},
    Stage.SEALED: {"eligible": 94, "ineligible": 4, "withdrawn": 2},
    Stage.REVEALED: {"eligible": 94, "ineligible": 4, "withdrawn": 2},
}
_ROLES = [role for role in Credit.Role.values if role != "creator"]


@dataclass
class Batch:
    """Unsaved works, with their creators and credits, that are saved together in bulk."""

    people: list[Person] = field(default_factory=list)
    works: list[Submission] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)


class Entries:
    """
    A generator of entries. Most get a random status. Once the contest has closed, the entries whose index is in
    `eligible` get the status "eligible".
    """

    def __init__(
        self,
        plan: Plan,
        cast: Cast,
        *,
        contest: Contest,
        categories: list[Category],
        source: Source,
        eligible: set[int],
    ):
        self.plan, self.cast, self.eligible = plan, cast, eligible
        self.contest, self.categories, self.source = contest, categories, source
        self.rng = plan.chance("films")
        self.known: deque[Person] = deque(maxlen=KNOWN)
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
        work = self._work(index, tongue_of(str(maker.country)))
        batch.works.append(work)
        for order, (person, role) in enumerate(self._makers(index, maker, batch), start=1):
            self.credited += 1
            batch.credits.append(
                Credit(
                    key=self.plan.key("credit", self.credited),
                    submission=work,
                    person=person,
                    role=role,
                    order=order,
                    source=self.source,
                )
            )

    def _work(self, index: int, tongue: Tongue) -> Submission:
        rng, n = self.rng, index + 1
        title, language, original = _title(rng, tongue, n), tongue.tag, ""
        if tongue is not ENGLISH and rng.random() < 0.3:
            title, language, original = _title(rng, ENGLISH, n), "en", title
        if index < len(vocabulary.HARD_TITLES):
            (title, language), original = vocabulary.HARD_TITLES[index], ""
        described = rng.random()
        return Submission(
            key=self.plan.key("submission", n),
            contest=self.contest,
            category=rng.choice(self.categories) if self.categories else None,
            slug=f"{slug_from(title)[:80].rstrip('-')}-{n}",
            title=title,
            title_language=language,
            original_title=original,
            original_title_language=tongue.tag if original else "",
            logline=vocabulary.sentence(rng) if described < 0.85 else "",
            synopsis=vocabulary.synopsis(rng) if described < 0.5 else "",
            language=tongue.tag if rng.random() < 0.6 else "",
            countries=self._countries(),
            runtime=rng.choice((None, 45, 90, 184, 300, 612, 905, 1_440, 5_405)),
            year=self.plan.today.year - rng.randrange(2) if rng.random() < 0.7 else None,
            tools="Made-up Camera 3\nPlaceholder Engine" if rng.random() < 0.3 else "",
            work_url=f"https://example.org/made-up/{n}" if rng.random() < 0.4 else "",
            work_url_audience=Submission.LinkAudience.PUBLIC,
            status=self._status(index),
        )

    def _status(self, index: int) -> str:
        if index in self.eligible and self.plan.has_closed:
            return Submission.Status.ELIGIBLE
        shares = _STATUSES[self.plan.stage]
        return self.rng.choices(list(shares), weights=list(shares.values()))[0]

    def _countries(self) -> str:
        chance = self.rng.random()
        if chance < 0.5:
            return ""
        return ",".join(sorted({self.cast.country() for _number in range(1 if chance < 0.9 else 3)}))

    def _maker(self, batch: Batch, country: str = "") -> Person:
        if not country and self.known and self.rng.random() < 0.25:
            return self.rng.choice(self.known)
        person = self.cast.person(country)
        batch.people.append(person)
        self.known.append(person)
        return person

    def _makers(self, index: int, maker: Person, batch: Batch) -> Iterator[tuple[Person, str]]:
        """
        Yield the people credited in a work, each with a role. The work with index 1 has as many credits as a large
        production.
        """
        yield maker, Credit.Role.CREATOR
        if index == 1:
            for role in _ROLES:
                for _number in range(8 if role == Credit.Role.CAST else 2):
                    yield self._another(batch), role
        elif self.rng.random() < 0.3:
            for role in self.rng.sample(_ROLES, self.rng.randint(1, 3)):
                yield (maker if self.rng.random() < 0.3 else self._maker(batch)), role

    def _another(self, batch: Batch) -> Person:
        person = self.cast.person()
        batch.people.append(person)
        return person


def _title(rng: Random, tongue: Tongue, number: int) -> str:
    return rng.choice(tongue.titles).format(phrase=rng.choice(tongue.phrases), n=number)
