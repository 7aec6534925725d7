"""Create the events of a synthetic contest, with invented participants and quotes."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from contests.demo import vocabulary
from contests.demo.languages import ENGLISH, tongue_of
from contests.demo.plan import Plan, Stage
from contests.demo.vocabulary import THINGS
from contests.models import Appearance, Contest, Event, Quote, Submission
from people.models import (
    Affiliation,
    NextProject,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    PastWork,
    Person,
    PersonIdentifier,
    PersonName,
)
from record.models import Source

GUESTS = 18
WINNERS_ON_STAGE = 40


class Programme:
    """
    The events of a synthetic contest, with the appearances and quotes in them. All rows are unsaved. The methods take
    `guests`: the people who host or moderate an event, present an award or speak on the panel.
    """

    def __init__(self, plan: Plan, *, contest: Contest, host: Organisation, source: Source):
        self.plan, self.source = plan, source
        evening, made_up = plan.ceremony_at, {"contest": contest, "host": host, "city": contest.city}
        self.ceremony = Event(
            key=plan.key("event", 1),
            slug="ceremony",
            title="Made-up Awards Ceremony",
            kind=Event.Kind.CEREMONY,
            starts_at=evening,
            ends_at=evening + timedelta(hours=3),
            venue="Hall of Specimens",
            description="A ceremony that did not take place, with everybody whom such an evening needs.",
            order=1,
            **made_up,
        )
        self.panel = Event(
            key=plan.key("event", 2),
            slug="panel",
            title="Made-up Panel on Light, Waiting and the Length of Lines",
            kind=Event.Kind.PANEL,
            part_of=self.ceremony,
            starts_at=evening - timedelta(hours=2),
            description="Nobody met here to talk about nothing in particular.",
            order=2,
            **made_up,
        )
        self.screening = Event(
            key=plan.key("event", 3),
            slug="screening",
            title="Made-up Screening",
            kind=Event.Kind.SCREENING,
            starts_at=evening + timedelta(days=1),
            order=3,
            **made_up,
        )

    @property
    def events(self) -> list[Event]:
        return [self.ceremony, self.panel, self.screening]

    def appearances(self, guests: list[Person], winners: list[Person]) -> Iterator[Appearance]:
        """
        Yield the appearances in all events. While the contest is open for entries, only the panel has appearances.
        """
        role = Appearance.Role
        bill: list[tuple[Event, str, list[Person]]] = [
            (self.panel, role.MODERATOR, guests[6:8]),
            (self.panel, role.PANELLIST, [*guests[:6], *guests[8:11]]),
        ]
        if self.plan.stage is not Stage.OPEN:
            bill += [
                (self.ceremony, role.HOST, guests[11:12]),
                (self.ceremony, role.HOST_REPRESENTATIVE, guests[12:13]),
                (self.ceremony, role.PRESENTER, presenters(guests)),
                (self.ceremony, role.WINNER, winners[:WINNERS_ON_STAGE]),
                (self.screening, role.MODERATOR, guests[7:8]),
            ]
        number, orders = 0, dict.fromkeys((event.key for event in self.events), 0)
        for event, part, people in bill:
            for person in people:
                number += 1
                orders[event.key] += 1
                yield Appearance(
                    key=self.plan.key("appearance", number),
                    event=event,
                    person=person,
                    role=part,
                    order=orders[event.key],
                    source=self.source,
                )

    def quotes(self, guests: list[Person], winners: list[tuple[Person, Submission]]) -> Iterator[Quote]:
        """
        Yield invented quotes: half from the ceremony, four tenths from the panel, the rest from the screening.
        `winners` are pairs of a person and their work; at the ceremony, many quotes are by them about their work.
        """
        rng, orders = self.plan.chance("quotes"), dict.fromkeys((event.key for event in self.events), 0)
        works: list[Submission] = [work for _person, work in winners]
        for number in range(1, self.plan.quotes + 1):
            event = self.events[0 if number % 10 < 5 else 1 if number % 10 < 9 else 2]
            work: Submission | None = None
            if event is self.ceremony and winners and rng.random() < 0.7:
                speaker, work = rng.choice(winners[:WINNERS_ON_STAGE])
            else:
                speaker = rng.choice(guests[:11] if event is self.panel else guests[11:])
                work = rng.choice(works) if works and rng.random() < 0.25 else None
            text, language = _spoken(rng, number, speaker)
            orders[event.key] += 1
            yield Quote(
                key=self.plan.key("quote", number),
                slug=f"made-up-{self.plan.slug}-{number}",
                text=text,
                speaker=speaker,
                event=event,
                submission=work,
                context="Made up, and said in answer to nothing." if rng.random() < 0.3 else "",
                language=language,
                order=orders[event.key],
                source=self.source,
            )

    def lives(
        self, people: list[Person], organisations: list[Organisation]
    ) -> Iterator[Affiliation | PastWork | NextProject | PersonName | PersonIdentifier]:
        """Yield unsaved affiliations, past works, next projects, other names and identifiers for some of `people`."""
        rng = self.plan.chance("lives")
        for number, person in enumerate(people, start=1):
            backed = {"person": person, "source": self.source}
            if number % 3 != 0:
                yield Affiliation(
                    key=self.plan.key("affiliation", number),
                    organisation=rng.choice(organisations),
                    role=rng.choice(vocabulary.ROLES_HELD),
                    **backed,
                )
            if number % 2:
                yield PastWork(
                    key=self.plan.key("past-work", number),
                    title=f"{rng.choice(ENGLISH.phrases)} (a work that nobody made)",
                    year=self.plan.today.year - rng.randint(1, 9),
                    **backed,
                )
            if number % 5 == 0:
                yield PersonName(
                    key=self.plan.key("person-name", number), name=f"{person.name} (made up)", kind="stage", **backed
                )
                key = self.plan.key("person-identifier", number)
                yield PersonIdentifier(key=key, person=person, scheme="own", value=key)
            if number % 4:
                yield NextProject(
                    key=self.plan.key("next-project", number),
                    title=rng.choice(["", f"{rng.choice(ENGLISH.phrases)}, Continued"]),
                    description=f"A made-up plan for a film about {rng.choice(THINGS)}, which will not be made.",
                    **backed,
                )

    def names_of(self, organisations: list[Organisation]) -> Iterator[OrganisationName | OrganisationIdentifier]:
        """Yield an unsaved other name and an unsaved identifier for each of `organisations`."""
        for number, organisation in enumerate(organisations, start=1):
            key = self.plan.key("organisation-name", number)
            yield OrganisationName(
                key=key, organisation=organisation, name=f"Made-up House {number}", kind="former", source=self.source
            )
            key = self.plan.key("organisation-identifier", number)
            yield OrganisationIdentifier(key=key, organisation=organisation, scheme="own", value=key)


def presenters(guests: list[Person]) -> list[Person]:
    """Return those of `guests` who present the awards."""
    return guests[13:]


def _spoken(rng: Random, number: int, speaker: Person) -> tuple[str, str]:
    """
    Return the text of a quote and the tag of its language. The text has one to six sentences; every fiftieth quote has
    forty.
    """
    tongue = tongue_of(str(speaker.country)) if rng.random() < 0.6 else ENGLISH
    length = 40 if number % 50 == 0 else rng.choice((1, 1, 1, 2, 2, 3, 6))
    said = [rng.choice(tongue.sentences) for _number in range(length)]
    if tongue is ENGLISH:
        said = [one.replace("light", rng.choice(vocabulary.THINGS)) for one in said]
    joint = "" if tongue.tag in ("zh-Hans", "ja") else " "
    return joint.join(said), tongue.tag
