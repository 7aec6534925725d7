"""The invented people and organisations of a synthetic archive."""

from random import Random
from typing import Any

from contests.demo.archive.plan import PEOPLE, ArchivePlan, Edition
from contests.demo.languages import TONGUES
from record.slugs import slug_from

Row = dict[str, Any]

_GIVEN = (
    *("Ada", "Bo", "Cleo", "Dov", "Edda", "Finn", "Greta", "Hal", "Ida", "Jun", "Kit", "Lena", "Milo", "Nora", "Otto"),
    *("Pia", "Quinn", "Rosa", "Sol", "Tilda", "Ulla", "Vera", "Wim", "Xenia", "Yann", "Zoe", "Amos", "Britta", "Cosmo"),
    *("Dora", "Emil", "Flora", "Gus", "Hedda", "Ivo", "Jana", "Karl", "Lotte", "Mads", "Nell", "Odd", "Petra", "Rolf"),
    *("Signe", "Tove", "Uwe", "Viggo", "Wanda", "Ymir", "Zelda"),
)
_SAMPLES = ("Specimen", "Placeholder", "Sample", "Example", "Standin")
_THINGS = (
    *("Larch", "Heron", "Quartz", "Lantern", "Juniper", "Drizzle", "Cobble", "Plum", "Harbour", "Thistle", "Rook"),
    *("Birch", "Pebble", "Willow", "Ember", "Finch", "Clover", "Gale", "Marsh", "Otter", "Reed", "Slate", "Tallow"),
    *("Umber", "Vetch", "Wren", "Yarrow", "Aspen", "Bramble", "Cedar", "Dune", "Elder", "Flint", "Gorse", "Hazel"),
    *("Ivy", "Jackdaw", "Kestrel", "Linden", "Moss", "Nettle", "Osprey"),
)
#: The countries of people and works, with their weights. The former countries are used while they existed.
_COUNTRIES = {"US": 40, "GB": 12, "FR": 6, "DE": 5, "IT": 5, "JP": 5, "PL": 4, "SE": 3, "IN": 3, "MX": 2, "AU": 2}
FORMER = {"SUHH": (1922, 1991), "CSHH": (1922, 1992), "YUCS": (1922, 1991), "DDDE": (1949, 1990)}
#: Every so many people have the same name as an earlier person.
_NAMESAKE, _BEFORE = 60, 25
#: So many of the people of an edition are left for those who must be new.
_RESERVE = 10
_OTHER_TONGUES = [tongue for tongue in TONGUES if tongue.latin]
_NAME_KINDS = ("birth", "stage", "married", "transliteration", "other")
COMPOSER = "Ada Specimen"


class People:
    """
    The people of an archive, as dicts with the values of their fields. `pick` casts them by craft: "composer",
    "actress" ... Careers last some editions, so a person often comes back.
    """

    def __init__(self, plan: ArchivePlan):
        self.plan, self.rng = plan, plan.chance("people")
        self.rows: list[Row] = []
        self.names: list[Row] = []
        self.identifiers: list[Row] = []
        self._star: Row | None = None
        self._active: dict[str, list[tuple[int, int]]] = {}
        self._names = [f"{given} {sample}-{thing}" for given in _GIVEN for sample in _SAMPLES for thing in _THINGS]
        self.rng.shuffle(self._names)

    def pick(self, craft: str, edition: Edition, but: set[int], *, fresh: bool = False) -> int:
        """
        Return the position in `rows` of somebody with this craft, who is not in `but`. With `fresh`, it is somebody who
        was never picked before.
        """
        active = self._active.setdefault(craft, [])
        is_enough = len(self.rows) >= PEOPLE * edition.number - _RESERVE
        if not fresh and active and (is_enough or self.rng.random() < 0.55):
            active[:] = [found for found in active if found[1] >= edition.number]
            known = [position for position, _until in active if position not in but]
            if known:
                return self.rng.choice(known)
        position = self.add(craft, edition)
        active.append((position, edition.number + self.rng.randint(1, 18)))
        return position

    def add(self, craft: str, edition: Edition, name: str = "") -> int:
        """Add a person, and return the position in `rows`."""
        rng, n = self.rng, len(self.rows) + 1
        born = edition.year - rng.randint(24, 58)
        row: Row = {
            "key": self.plan.key("person", n),
            "name": name or self._names.pop(),
            "native_name": "",
            "native_language": "",
            "sort_name": "",
            "disambiguation": "",
            "born": _dated(rng, born, n) if n % 5 else "",
            "died": _dated(rng, born + 60 + n % 35, n + 1) if n % 3 == 0 and born + 95 < self.plan.today.year else "",
            "headline": "",
            "country": country(rng, edition.year),
        }
        told = f"{craft.replace('-', ' ')}, {born}"
        if n % _NAMESAKE == 0 and not name:
            row["name"], row["disambiguation"] = self._namesake(n, told)
        elif n % 9 == 0 and not name:
            tongue = rng.choice(_OTHER_TONGUES)
            first, last = rng.randrange(len(tongue.samples)), rng.randrange(len(tongue.things))
            latin: Any = tongue.latin
            row["name"] = f"{latin[0][first]} {latin[1][last]} {n}"
            row["sort_name"] = f"{latin[1][last]}, {latin[0][first]} {n}"
            row["native_name"], row["native_language"] = f"{tongue.samples[first]}{tongue.things[last]}{n}", tongue.tag
        if name:
            self._star = row
        row["told"] = told
        row["slug"] = f"{slug_from(row['name'])[:40].rstrip('-')}-{self.plan.slug}-{n}"
        self.rows.append(row)
        self._describe(n, row)
        return n - 1

    def _namesake(self, n: int, told: str) -> tuple[str, str]:
        """
        Return the name of an earlier person, and what tells the new person apart. The earlier person gets such a text
        too.
        """
        earlier, self._star = self._star or self.rows[n - 1 - _BEFORE], None
        earlier["disambiguation"] = earlier["disambiguation"] or earlier["told"]
        if told == earlier["disambiguation"]:
            told = f"{told}, the younger"
        return earlier["name"], told

    def _describe(self, n: int, row: Row) -> None:
        """Add other names and identifiers to some people."""
        if n % 12 == 0 or n == 1:
            kind = _NAME_KINDS[n // 12 % len(_NAME_KINDS)]
            tongue = _OTHER_TONGUES[n // 12 % len(_OTHER_TONGUES)]
            other = f"{tongue.samples[0]}{tongue.things[n // 12 % len(tongue.things)]} {n}"
            name = other if kind == "transliteration" else f"{self.rng.choice(_GIVEN)} {_SAMPLES[n % 5]} {n}"
            language = tongue.tag if kind == "transliteration" else "en" if n % 24 else ""
            values = {"name": name, "kind": kind, "language": language}
            self.names.append({"key": self.plan.key("person-name", n), "owner": n - 1, **values})
        if n % 15 == 0 or n == 1:
            self.identifiers.append(
                {
                    "key": self.plan.key("person-identifier", n),
                    "owner": n - 1,
                    "scheme": "own",
                    "value": f"{n}-{self.plan.slug}",
                }
            )


class Organisations:
    """The organisations of an archive, as dicts with the values of their fields. The first one is the largest."""

    LARGE = "Placeholder Pictures"

    def __init__(self, plan: ArchivePlan):
        self.plan, self.rng = plan, plan.chance("organisations")
        self.rows: list[Row] = []
        self.names: list[Row] = []
        self.identifiers: list[Row] = []
        self.add("Specimen Film Society (made up)", FORMER_NAME)
        self.add("Specimen Academy of Moving Images (made up)")
        self.large = self.add(self.LARGE, "Placeholder Film Company")

    def studio(self, kind: str = "Pictures") -> int:
        """Add a studio or another company, and return its position in `rows`."""
        n = len(self.rows) + 1
        thing, sample = self.rng.choice(_THINGS), self.rng.choice(_SAMPLES)
        return self.add(f"{thing} {sample} {kind} No. {n}", f"{sample} {thing} Company No. {n}" if n % 4 == 0 else "")

    def add(self, name: str, former: str = "") -> int:
        n = len(self.rows) + 1
        self.rows.append(
            {
                "key": self.plan.key("organisation", n),
                "slug": f"{slug_from(name)[:40].rstrip('-')}-{self.plan.slug}-{n}",
                "name": name,
                "founded": f"{1900 + n % 20}-05" if n % 4 == 1 else f"{1900 + n % 20}" if n % 4 else "",
                "dissolved": "1990" if n % 11 == 0 else "",
                "country": country(self.rng, 1930) if n % 3 else "",
            }
        )
        if former:
            named = {"name": former, "kind": "former" if n % 8 else "short", "language": "en" if n % 3 else ""}
            self.names.append({"key": self.plan.key("organisation-name", n), "owner": n - 1, **named})
        if n % 6 == 1:
            value = {"scheme": "own", "value": f"{n}-{self.plan.slug}"}
            self.identifiers.append({"key": self.plan.key("organisation-identifier", n), "owner": n - 1, **value})
        return n - 1


FORMER_NAME = "Specimen Society of Animated Photography (made up)"


def country(rng: Random, year: int, *, abroad: bool = False) -> str:
    """Return the code of a country of that year, for example of a former one. With `abroad`, it is not the first."""
    if rng.random() < (0.25 if abroad else 0.05):
        former = [code for code, (since, until) in FORMER.items() if since <= year < until]
        if former:
            return rng.choice(former)
    codes = list(_COUNTRIES)[2:] if abroad else list(_COUNTRIES)
    return rng.choices(codes, [_COUNTRIES[code] for code in codes])[0]


def _dated(rng: Random, year: int, n: int) -> str:
    """Return a partial date in `year`: known to the year, the month or the day."""
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    return (f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{day:02}")[n % 3]
