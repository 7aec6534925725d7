"""The invented works of a synthetic archive: their titles, countries and languages."""

from typing import Any

from contests.demo.archive.lines import FEATURE, INTERNATIONAL
from contests.demo.archive.people import country
from contests.demo.archive.plan import ArchivePlan, Edition
from contests.demo.languages import ENGLISH, tongue_of
from record.former_countries import INTERNATIONAL as FROM_ANYWHERE
from record.slugs import slug_from

Row = dict[str, Any]

_WHERE = (
    *("at Placeholder Bay", "of the Sample House", "in Specimen Street", "Without an Example", "for a Standin"),
    *("from Specimen to Sample", "on Placeholder Hill", "under the Sample Moon", "by the Specimen Line"),
    *("behind the Example", "of Sample County", "after the Specimen", "at the Placeholder Hotel", "in a Sample Room"),
    *("over Specimen Lake", "beside the Standin", "of a Placeholder Prince", "in the Sample Fields"),
    *("with Two Specimens", "at Example Station", "of the Placeholders", "among Samples", "near Standin Pass"),
    *("before the Example", "in Placeholder Time", "of Specimen Farm", "across the Sample Sea", "at Standin Square"),
)
#: Every so many works have the same title as an earlier work.
_REMAKE, _BEFORE = 80, 30
_OF_FORMER = {"SUHH": "RU", "YUCS": "GR", "DDDE": "DE", "CSHH": "PL"}


class Works:
    """The works of an archive, as dicts with the values of their fields."""

    def __init__(self, plan: ArchivePlan):
        self.plan, self.rng = plan, plan.chance("works")
        self.rows: list[Row] = []
        self.identifiers: list[Row] = []
        self._titles = [f"{phrase} {where}" for phrase in ENGLISH.phrases for where in _WHERE]
        self.rng.shuffle(self._titles)

    def add(self, kind: str, edition: Edition) -> int:
        """Add a work of this kind, and return its position in `rows`."""
        rng, n = self.rng, len(self.rows) + 1
        abroad = kind == INTERNATIONAL or (kind == FEATURE and rng.random() < 0.06)
        countries = [country(rng, edition.year, abroad=True)] if abroad else ["US"]
        if n % 40 == 7:
            countries = [FROM_ANYWHERE]
        elif rng.random() < 0.15:
            countries.append(country(rng, edition.year))
        row: Row = {
            "key": self.plan.key("work", n),
            "title": self._titles.pop(),
            "title_language": "en",
            "original_title": "",
            "original_title_language": "",
            "disambiguation": "",
            "year_from": edition.year,
            "year_to": edition.year + 1 if n % 90 == 11 else None,
            "countries": ",".join(sorted(set(countries))),
            "languages": "en",
            "kind": kind,
        }
        if n % _REMAKE == 0:
            earlier = self.rows[n - 1 - _BEFORE]
            row["title"] = earlier["title"]
            earlier["disambiguation"] = f"{earlier['kind']} of {earlier['year_from']}"
            row["disambiguation"] = f"{kind} of {edition.year}"
            if row["disambiguation"] == earlier["disambiguation"]:
                row["disambiguation"] += f", no. {n}"
        if abroad:
            tongue = tongue_of(_OF_FORMER.get(countries[0], countries[0]))
            if tongue is not ENGLISH:
                row["original_title"] = f"{rng.choice(tongue.phrases)} {n}"
                row["original_title_language"] = tongue.tag
                row["languages"] = tongue.tag if n % 3 else f"{tongue.tag},en"
        row["slug"] = f"{slug_from(row['title'])[:50].rstrip('-')}-{self.plan.slug}-{n}"
        self.rows.append(row)
        if n % 10 == 1:
            number = {"scheme": "own", "value": f"{self.plan.slug}-{n}"}
            self.identifiers.append({"key": self.plan.key("identifier", n), "owner": n - 1, **number})
        return n - 1
