"""Create the awards of a synthetic contest and choose the winners."""

from collections.abc import Iterator
from decimal import Decimal

from contests.demo import vocabulary
from contests.demo.plan import Plan
from contests.models import Award, Contest, Party, Recognition, Submission
from people.models import Person
from record.models import Source

# ISO 4217 reserves this currency code for tests, so nobody can take the amounts for real money.
CURRENCY = "XTS"
_MONEY = {1: 100_000, 2: 25_000, 5: 10_000}
_STANDINGS = {
    "grand_prize": ["winner", "runner_up", "finalist", "finalist", "finalist"],
    "selection": ["winner"] * 12,
    "audience": ["winner", "nominee", "nominee"],
    "mention": ["mention"] * 3,
    "honorary": ["winner"],
    "prize": ["winner"],
}


class Prizes:
    """
    The unsaved awards of a synthetic contest. `indexes` lists the works that get an award, by their position among the
    entries (from 0).
    """

    def __init__(self, plan: Plan, *, contest: Contest, source: Source):
        self.plan, self.source = plan, source
        self.rng = plan.chance("prizes")
        self.awards = [self._award(number, contest) for number in range(1, plan.awards + 1)]
        self.indexes = self._chosen() if plan.has_results else []

    def _award(self, number: int, contest: Contest) -> Award:
        name, kind = _named(number)
        amount = _MONEY.get(number, 5_000 if kind == "prize" and number % 4 == 0 else None)
        return Award(
            key=self.plan.key("award", number),
            contest=contest,
            slug=f"award-{number}",
            name=name,
            kind=kind,
            honours=Award.Honours.PEOPLE if _goes_to_person(number) else Award.Honours.WORKS,
            precedence=number,
            description="Made up, like the contest that gives it." if number <= len(vocabulary.FIRST_AWARDS) else "",
            prize_amount=amount if amount is None else Decimal(amount),
            prize_currency=CURRENCY if amount else "",
            source=self.source,
        )

    def _standings(self, award: Award) -> list[str]:
        standings = _STANDINGS[award.kind]
        return (
            [*standings, "runner_up", "finalist"] if award.kind == "prize" and award.precedence % 3 == 0 else standings
        )

    def _chosen(self) -> list[int]:
        """
        Return the indexes of the works that get an award. They include the works with titles that are hard to typeset.
        The first index is that of a work with an ordinary title, because this work wins the first prize.
        """
        needed = sum(len(self._standings(award)) for award in self.awards if not _goes_to_person(award.precedence))
        hard = list(range(min(len(vocabulary.HARD_TITLES), self.plan.submissions)))
        ordinary = range(len(hard), self.plan.submissions)
        rest = self.rng.sample(ordinary, min(len(ordinary), max(1, needed - len(hard))))
        return [*rest[:1], *hard, *rest[1:]]

    def recognitions(
        self, works: dict[int, Submission], people: list[Person]
    ) -> Iterator[tuple[Recognition, Submission | None, Party | None]]:
        """
        Yield the unsaved recognitions, each with its work or its party. `works` maps the index of each winning work to
        the work. `people` get the awards that are given to persons.
        """
        given = number = 0
        for award in self.awards:
            to_person = _goes_to_person(award.precedence)
            candidates = len(people) if to_person else len(self.indexes)
            for order, standing in enumerate(self._standings(award)[:candidates], start=1):
                number += 1
                work = None if to_person else works[self.indexes[given % candidates]]
                given += 0 if to_person else 1
                recognition = Recognition(
                    key=self.plan.key("recognition", number),
                    award=award,
                    standing=standing,
                    citation=vocabulary.citation(self.rng) if standing == "winner" and self.rng.random() < 0.6 else "",
                    order=order,
                    source=self.source,
                )
                person = people[(award.precedence + order) % candidates] if to_person else None
                key = self.plan.key("party", number)
                yield recognition, work, Party(key=key, recognition=recognition, person=person) if person else None


def _named(number: int) -> tuple[str, str]:
    """Return the name and the kind of award `number`, where 1 is the highest award."""
    if number <= len(vocabulary.FIRST_AWARDS):
        name, kind, _to_person = vocabulary.FIRST_AWARDS[number - 1]
        return name, kind
    craft = number - len(vocabulary.FIRST_AWARDS) - 1
    if craft < len(vocabulary.CRAFTS):
        return f"Made-up Prize for {vocabulary.CRAFTS[craft]}", "prize"
    return f"Made-up Prize No. {number}", "prize"


def _goes_to_person(number: int) -> bool:
    if number <= len(vocabulary.FIRST_AWARDS):
        return vocabulary.FIRST_AWARDS[number - 1][2]
    return number % 12 == 0
