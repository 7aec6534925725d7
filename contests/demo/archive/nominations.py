"""Invent the nominations of each edition of a synthetic archive: their works and people, and how they ended."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from contests.demo import vocabulary
from contests.demo.archive import lines
from contests.demo.archive.lines import FEATURE, Line
from contests.demo.archive.people import COMPOSER, Organisations, People
from contests.demo.archive.plan import PEOPLE, WORKS, ArchivePlan, Edition
from contests.demo.archive.works import Works

Row = dict[str, Any]

#: The nominations of the composer with the long career, the works with a credit of theirs, and the recognitions of
#: each of these works on average.
COMPOSED, COMPOSED_WORKS, OF_EACH = 60, 80, 5
#: The nominations of the large organisation in an edition.
OF_LARGE = 3
#: The roles that every feature has, each with the number of people.
_CREW = {"director": 1, "producer": 1, "cast": 3}
_FIELDS = (
    "Lenses",
    "Sound recording",
    "Film stock",
    "Lighting",
    "Camera cranes",
    "Digital projection",
    "Editing tables",
)
_CHARACTERS = ("Captain", "Aunt", "Doctor", "Little", "Old", "Miss", "Sergeant", "Madame", "Brother", "Queen")
_SURNAMES = ("Placeholder", "Sample", "Standin", "Example", "Specimen", "Larch", "Heron", "Quartz", "Pebble", "Thistle")
_SONGS = ("Song of the", "Waltz of the", "Goodnight,", "Remember the", "Under the", "Whistle for the", "O My")
_WITHDRAWN = "Withdrawn after the vote: the work turned out to be a stand-in."
_WRITTEN_IN = "Not on the ballot: voters wrote the name in."
_DECLINED = "The winner declined the award."


@dataclass(eq=False)
class Nomination:
    """
    One recognition. `works` and the people and organisations of `parties` are positions in the lists of rows. Each
    party is (model, position, part, name as printed).
    """

    line: Line
    works: list[int] = field(default_factory=list)
    parties: list[tuple[str, int, str, str]] = field(default_factory=list)
    values: Row = field(default_factory=dict)


@dataclass
class Made:
    """An edition with its nominations by award, in order, and the positions of the works that are entered in it."""

    edition: Edition
    given: dict[str, list[Nomination]]
    entries: list[int]


class Nominations:
    """
    The generator of the editions. `credits` maps each work to its credits: (model, position, role, character, name as
    printed).
    """

    def __init__(self, plan: ArchivePlan):
        self.plan, self.rng = plan, plan.chance("nominations")
        self.people, self.organisations, self.works = People(plan), Organisations(plan), Works(plan)
        self.credits: dict[int, list[tuple[str, int, str, str, str]]] = defaultdict(list)
        self._crew: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._before: list[int] = []
        self._studios: list[int] = []
        self._new_studios = 0
        self._career = min(50, plan.editions)
        self._began = (plan.editions - self._career) // 2
        self._composed: Counter[str] = Counter()
        self.composer = -1

    def edition(self, number: int) -> Made:
        """Invent the next edition, which must be `number`."""
        edition = self.plan.edition(number)
        awards = list(lines.given(edition.at))
        numbers = lines.shares(awards, edition.recognitions)
        self._new_studios = 18 if number == 1 else 3
        self._studios += [self.organisations.studio() for _number in range(self._new_studios)]
        entries = self._entries(awards, numbers, edition)
        drawn = self._drawn(awards, numbers, entries)
        if number > self._began and number <= self._began + self._career:
            self._compose(drawn, entries[FEATURE], edition)
        given = {line.slug: self._nominations(line, drawn, numbers[line.slug], edition) for line in awards}
        for line in awards:
            self._decide(line, given[line.slug], edition)
        self._honour_the_large_organisation(given)
        every = [work for works in entries.values() for work in works]
        self._credit(every, edition)
        # A work is entered twice at most.
        self._before = [work for work in entries[FEATURE] if work not in self._before]
        return Made(edition, given, every)

    def _entries(self, awards: list[Line], numbers: dict[str, int], edition: Edition) -> dict[str, list[int]]:
        """Add the works of an edition, and return them by kind. One of them was entered in the edition before too."""
        short = {line.works: numbers[line.slug] for line in awards if line.works and line.works != FEATURE}
        kinds = {FEATURE: WORKS - sum(short.values()), **short}
        entries = {kind: [self.works.add(kind, edition) for _n in range(count)] for kind, count in kinds.items()}
        if self._before:
            entries[FEATURE].append(self._before[-1])
        return entries

    def _drawn(
        self, awards: list[Line], numbers: dict[str, int], entries: dict[str, list[int]]
    ) -> dict[str, list[int]]:
        """
        Return the nominated works by award. Each work is nominated at least once; some features are nominated for
        almost everything.
        """
        rng, features = self.rng, entries[FEATURE]
        drawn: dict[str, list[int]] = {line.slug: [] for line in awards}
        of_features = [line for line in awards if line.works == FEATURE]
        slots = [line for line in of_features for _n in range(numbers[line.slug])]
        rng.shuffle(slots)
        weights = [1 / (rank + 1.5) for rank in range(len(features))]
        for number, line in enumerate(slots):
            found = drawn[line.slug]
            if number < len(features):
                found.append(features[number])
                continue
            work = rng.choices(features, weights)[0]
            if work in found and not line.is_repeatable:
                work = next((other for other in features if other not in found), work)
            found.append(work)
        for line in awards:
            if line.works and line.works != FEATURE:
                drawn[line.slug] = list(entries[line.works])
            rng.shuffle(drawn[line.slug])
        return drawn

    def _compose(self, drawn: dict[str, list[int]], features: list[int], edition: Edition) -> None:
        """Let the composer compose some of the features: so many as the career needs in this edition."""
        done = edition.number - self._began
        if self.composer < 0:
            self.composer = self.people.add("composer", edition, COMPOSER)
        wanted = min(COMPOSED, 5 * self.plan.editions) * done // self._career
        works = min(COMPOSED_WORKS, 7 * self.plan.editions) * done // self._career
        of_music = Counter(work for slug in lines.MUSIC for work in drawn.get(slug, []))
        of_all = Counter(work for found in drawn.values() for work in found)
        chosen: set[int] = set()

        def choose(candidates: list[int]) -> bool:
            if not candidates:
                return False
            ideal = OF_EACH * (self._composed["works"] + 1) - self._composed["recognitions"]
            work = min(candidates, key=lambda one: (abs(of_all[one] - ideal), one))
            chosen.add(work)
            self._composed.update(works=1, recognitions=of_all[work], nominations=of_music[work])
            self._crew[work]["composer"] = [self.composer]
            return True

        # A work that was entered before has a composer already.
        for work in features:
            if self.composer in self._crew[work]["composer"]:
                self._composed.update(recognitions=of_all[work], nominations=of_music[work])
        free = [work for work in features if not self._crew[work]["composer"]]
        while self._composed["nominations"] < wanted:
            left = wanted - self._composed["nominations"]
            if not choose([work for work in free if work not in chosen and 0 < of_music[work] <= left]):
                break
        while self._composed["works"] < works:
            if not choose([work for work in free if work not in chosen and not of_music[work]]):
                break

    def _crew_of(self, work: int, role: str, edition: Edition, count: int = 1) -> list[int]:
        """Return the people who have this role in a work. If there are none yet, choose them."""
        found = self._crew[work][role]
        while len(found) < count:
            found.append(self.people.pick(role, edition, {*found, self.composer}))
        return found

    def _nominations(self, line: Line, drawn: dict[str, list[int]], count: int, edition: Edition) -> list[Nomination]:
        if not line.works:
            return [self._without_work(line, number, edition) for number in range(count)]
        return [self._for_work(line, work, edition) for work in drawn[line.slug]]

    def _for_work(self, line: Line, work: int, edition: Edition) -> Nomination:
        rng, made = self.rng, Nomination(line, [work])
        if line.acting:
            self._act(made, work, edition)
        elif line.department and edition.at < 0.5 and rng.random() < 0.7:
            made.parties.append(("organisation", rng.choice(self._studios), line.department, ""))
        else:
            for role, part in line.crew:
                several = role in ("producer", "screenplay", "set-decoration", "visual-effects") and rng.random() < 0.5
                for person in self._crew_of(work, role, edition, 2 if several else 1):
                    if all(person != position for _model, position, _part, _printed in made.parties):
                        made.parties.append(("person", person, part, ""))
        if line.slug == lines.SONG:
            made.values["detail"] = f"{rng.choice(_SONGS)} {rng.choice(_SURNAMES)}"
        if made.parties and rng.random() < 0.02:
            model, position, part, _printed = made.parties[0]
            made.parties[0] = (model, position, part, f"As Printed {rng.choice(_SURNAMES)}")
        return made

    def _act(self, made: Nomination, work: int, edition: Edition) -> None:
        """Nominate somebody for a part in a work: each person once, under the name of the character."""
        rng, craft = self.rng, made.line.acting
        person = self.people.pick(craft, edition, {*self._crew[work]["cast"], self.composer})
        self._crew[work]["cast"].append(person)
        character = f"{rng.choice(_CHARACTERS)} {rng.choice(_SURNAMES)}"
        self.credits[work].append(("person", person, "cast", character, ""))
        made.parties.append(("person", person, "", ""))
        made.values["detail"] = character

    def _without_work(self, line: Line, number: int, edition: Edition) -> Nomination:
        rng, made = self.rng, Nomination(line)
        if line.slug == lines.TECHNICAL:
            made.values["detail"] = rng.choice(_FIELDS)
            if number % 3 != 2:
                company = self._studios[-1] if number == 0 else rng.choice(self._studios[3:])
                made.parties.append(("organisation", company, "", ""))
            if number % 3 != 0:
                made.parties.append(
                    ("person", self.people.pick("engineer", edition, set(), fresh=True), "Inventor", "")
                )
            made.values["is_shared"] = len(made.parties) > 1
        else:
            made.parties.append(("person", self.people.pick("honorary guest", edition, set(), fresh=True), "", ""))
        made.values["citation"] = vocabulary.citation(rng)
        return made

    def _decide(self, line: Line, rows: list[Nomination], edition: Edition) -> None:
        """Choose the winner of an award, and what else became of its nominations."""
        if line.slug in (lines.TECHNICAL, lines.HONORARY, lines.HUMANITARIAN, lines.MENTION):
            standing = "mention" if line.slug == lines.MENTION else "winner"
            for row in rows:
                row.values["standing"] = standing
            return
        if line.slug in lines.MUSIC:
            self._award_the_composer(rows)
        for row in rows:
            row.values["standing"] = "nominee"
        rows[0].values["standing"] = "winner"
        number = edition.number
        if line.slug == lines.FILM and edition.at < 0.1:
            rows[0].values["rank"] = 1
            for rank, row in enumerate(rows[1:3], start=2):
                row.values.update(standing="runner_up", rank=rank)
            rows[3].values["standing"] = "finalist"
        if line.slug == "leading-actor" and number % 4 == 1:
            for row in rows[:2]:
                row.values.update(standing="winner", rank=1, is_tied=True)
        if line.slug == "leading-actress" and number % 10 == 1:
            self._for_several(rows[0], rows)
        if line.slug == "leading-actor" and number % 4 == 2:
            rows[0].values.update(outcome="declined", note=_DECLINED)
        if line.slug == "original-score" and number % 4 == 2:
            rows[-1].values.update(outcome="withdrawn", note=_WITHDRAWN)
        if line.slug.startswith("cinematography") and number % 4 == 1:
            rows[-1].values.update(outcome="unofficial", note=_WRITTEN_IN)
        if line.slug == "original-screenplay":
            rows[0].values["is_shared"] = len(rows[0].parties) > 2
        if line.slug == "direction" and number % 7 == 0:
            rows[0].values["citation"] = vocabulary.citation(self.rng)

    def _for_several(self, winner: Nomination, rows: list[Nomination]) -> None:
        """Make the award one for several works; the winner acted in each."""
        ((model, person, _part, _printed),) = winner.parties[:1]
        for other in rows[1:3]:
            work = other.works[0]
            if work not in winner.works and person not in self._crew[work]["cast"]:
                winner.works.append(work)
                self._crew[work]["cast"].append(person)
                self.credits[work].append((model, person, "cast", winner.values["detail"], ""))

    def _award_the_composer(self, rows: list[Nomination]) -> None:
        """Let the composer win one of twelve nominations, and none of the others."""
        own = [row for row in rows if any(party[1] == self.composer for party in row.parties)]
        before, self._composed["decided"] = self._composed["decided"], self._composed["decided"] + len(own)
        wins = (before + 6) // 12 < (self._composed["decided"] + 6) // 12
        first = next((row for row in rows if (row in own) is wins), rows[0])
        rows.remove(first)
        rows.insert(0, first)

    def _honour_the_large_organisation(self, given: dict[str, list[Nomination]]) -> None:
        """Let the largest organisation share three nominations."""
        large, honoured = self.organisations.large, 0
        for slug, part in lines.OF_LARGE_ORGANISATION.items():
            if honoured < OF_LARGE and (rows := given.get(slug)):
                self.rng.choice(rows).parties.append(("organisation", large, part, ""))
                honoured += 1

    def _credit(self, works: list[int], edition: Edition) -> None:
        """Credit the people who made the works. Then add members of the cast until all people are there."""
        for work in works:
            kind = self.works.rows[work]["kind"]
            for role, count in (_CREW if kind == FEATURE else {"director": 1}).items():
                self._crew_of(work, role, edition, count)
            if kind == FEATURE and not any(model == "organisation" for model, *_rest in self.credits[work]):
                studio = self.rng.choice(self._studios)
                self.credits[work].append(("organisation", studio, "production-company", "", ""))
        new = works[: self._new_studios]
        for studio, work in zip(self._studios[-len(new) :], new, strict=True):
            self.credits[work].append(("organisation", studio, "distributor", "", ""))
        features = [work for work in works if self.works.rows[work]["kind"] == FEATURE]
        while len(self.people.rows) < PEOPLE * edition.number:
            work = self.rng.choice(features)
            self._crew[work]["cast"].append(self.people.pick("extra", edition, set(), fresh=True))
        for work in works:
            self._write_credits(work)

    def _write_credits(self, work: int) -> None:
        credits = self.credits[work]
        written = {(position, role) for model, position, role, _character, _printed in credits if model == "person"}
        for role, people in self._crew[work].items():
            for person in people:
                if (person, role) not in written:
                    character = f"{self.rng.choice(_CHARACTERS)} Extra" if role == "cast" and person % 2 else ""
                    printed = f"As Printed {person}" if person % 70 == 0 else ""
                    credits.append(("person", person, role, character, printed))
