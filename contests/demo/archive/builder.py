"""Create the rows of a synthetic archive in the database, from its plan."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests import results, standard_roles
from contests.demo import vocabulary
from contests.demo.archive import lines
from contests.demo.archive.nominations import Made, Nominations
from contests.demo.archive.plan import ArchivePlan
from contests.demo.builder import count_rows, store
from contests.models import (
    Award,
    AwardLine,
    Category,
    Contest,
    Credit,
    CreditRole,
    Party,
    Recognition,
    Series,
    SeriesOrganiser,
    Submission,
    Work,
    WorkIdentifier,
)
from contests.work_kinds import WorkKind
from people.models import (
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    Person,
    PersonIdentifier,
    PersonName,
)
from record import bulk
from record.database_triggers import paused
from record.models import Source
from record.slugs import slug_from

Row = dict[str, Any]

_SERIES = "Specimen Film Awards (made up)"
_TITLE = "Specimen Film Awards"
_ABOUT = "A made-up edition of a made-up series: the portal invented all its works, people and awards, for testing."
#: Columns that only the rows in memory have.
_NOT_STORED = ("kind", "told")
#: The values of a recognition that a nomination may set, with their defaults.
_VALUES = {
    **dict.fromkeys(("detail", "note", "citation"), ""),
    **dict.fromkeys(("is_tied", "is_shared"), False),
    **{"standing": "winner", "outcome": "given", "rank": None},
}
_CATEGORIES = (
    *(lines.FEATURE, lines.INTERNATIONAL, lines.DOCUMENTARY, lines.DOCUMENTARY_SHORT, lines.ANIMATED_SHORT),
    lines.SHORT,
)


@transaction.atomic
def make(plan: ArchivePlan, say: Callable[[int], object] = lambda _stored: None) -> Series:
    """
    Create the archive of `plan` and all its rows in one transaction, and report the progress with `say`, a function
    that takes the number of editions so far. Rows are created in bulk, without history. Each edition is approved and
    revealed, as of its own time, with `contests.results`, without an actor. Raise `ValidationError` if rows with the
    prefix of the archive exist already.
    """
    if Source.objects.filter(key__startswith=plan.prefix).exists():
        raise ValidationError(_("There is already a synthetic archive “%(slug)s”.") % {"slug": plan.slug})
    # All rows refer only to each other, so nothing that already existed has to be indexed or approved again.
    with paused():
        return _Making(plan, say).run()


class _Making:
    """Creates one synthetic archive. The attributes keep the primary keys of the rows to which later rows refer."""

    def __init__(self, plan: ArchivePlan, say: Callable[[int], object]):
        self.plan, self.say = plan, say
        self.found = Nominations(plan)
        self.credit_count = self.party_count = 0

    def run(self) -> Series:
        plan, found = self.plan, self.found
        self.source = Source(
            key=plan.key("source"),
            slug=f"synthetic-data-{plan.slug}",
            title=vocabulary.SOURCE_TITLE,
            publisher="Laurel",
            published_on=plan.published_at.date(),
            note=vocabulary.SOURCE_NOTE,
        )
        store([self.source])
        made = [found.edition(number) for number in range(1, plan.editions + 1)]
        self.keys = {
            "person": self._store_named(Person, found.people.rows),
            "organisation": self._store_named(Organisation, found.organisations.rows),
        }
        self.works = self._store_named(Work, found.works.rows)
        self._store_parts(PersonName, "person", found.people.names, source=self.source)
        self._store_parts(OrganisationName, "organisation", found.organisations.names, source=self.source)
        self._store_parts(PersonIdentifier, "person", found.people.identifiers)
        self._store_parts(OrganisationIdentifier, "organisation", found.organisations.identifiers)
        bulk.insert(WorkIdentifier, [_given(row, work_id=self.works[row["owner"]]) for row in found.works.identifiers])
        self._credits()
        self.series = self._series()
        self.contests = self._contests(made)
        count_rows()
        for edition, contest in zip(made, self.contests, strict=True):
            self._edition(edition, contest)
            self.say(edition.edition.number)
        count_rows()
        for contest in self.contests:
            results.publish_history(contest, actor=None)
        # Otherwise the planner takes all results for unapproved, and reads rows in an order that takes minutes.
        count_rows()
        return self.series

    def _store_named(self, model: type[Any], rows: list[Row]) -> list[int]:
        """Insert `rows`, which cite the source, and return their primary keys."""
        new = bulk.new_primary_keys(model)
        stored = [_given(row, id=next(new)) for row in rows]
        bulk.insert(model, stored)
        keys = [row["id"] for row in stored]
        self._back(model, keys)
        return keys

    def _store_parts(self, model: type[Any], owner: str, rows: list[Row], **common: Any) -> None:
        bulk.insert(model, [_given(row, **{f"{owner}_id": self.keys[owner][row["owner"]]}) for row in rows], **common)

    def _back(self, model: type[Any], keys: Iterable[int]) -> None:
        """Add the synthetic source to `sources` of the rows of `model` with these primary keys."""
        field = model._meta.get_field("sources")
        column = f"{field.m2m_field_name()}_id"
        bulk.insert(field.remote_field.through, [{column: key} for key in keys], source=self.source)

    def _credits(self) -> None:
        standard_roles.fill()  # if an editor has deleted all roles
        roles = dict(CreditRole.objects.values_list("key", "pk"))
        rows = []
        for work, credits in self.found.credits.items():
            for order, (model, position, role, character, printed) in enumerate(credits, start=1):
                self.credit_count += 1
                key = self.keys[model][position]
                rows.append(
                    {
                        "key": self.plan.key("credit", self.credit_count),
                        "work_id": self.works[work],
                        "person_id": key if model == "person" else None,
                        "organisation_id": key if model == "organisation" else None,
                        # An editor may have deleted some of the roles.
                        "role_id": roles.get(role) or next(iter(roles.values())),
                        "character": character,
                        "credited_as": printed,
                        "order": order,
                    }
                )
        bulk.insert(Credit, rows, source=self.source)

    def _series(self) -> Series:
        plan, organisers = self.plan, self.keys["organisation"]
        name = {"slug": plan.slug, "name": _SERIES}
        about = "Made up: a century of awards that nobody gave, for films that nobody made."
        series = Series(key=plan.series_key, description=about, **name)
        store([series])
        self._back(Series, [series.pk])
        periods = [("1921", "1960"), ("1960", "")]
        store(
            SeriesOrganiser(
                key=plan.key("series-organiser", n),
                series=series,
                organisation_id=organisers[n - 1],
                since=since,
                until=until,
                source=self.source,
            )
            for n, (since, until) in enumerate(periods, start=1)
        )
        self.lines: dict[str, AwardLine] = {}
        used = {line.slug for n in range(1, plan.editions + 1) for line in lines.given(plan.edition(n).at)}
        for order, line in enumerate(lines.LINES, start=1):
            if line.continuing and line.slug in used:
                self.lines[line.slug] = AwardLine(
                    key=plan.key("award-line", line.slug),
                    series=series,
                    slug=line.slug,
                    name=line.names[-1][1],
                    description="Made up, like the films that it was given to." if order % 5 == 1 else "",
                    order=order,
                    continues=self.lines.get(line.continues),
                    source=self.source,
                )
                # One by one: a line may refer to an earlier one, which must be saved first.
                store([self.lines[line.slug]])
        return series

    def _contests(self, made: list[Made]) -> list[Contest]:
        plan, organisers = self.plan, self.keys["organisation"]
        contests = [
            Contest(
                key=plan.key("contest", edition.number),
                slug=f"{plan.slug}-{edition.label.replace('/', '-')}",
                series=self.series,
                title=_TITLE,
                about=_ABOUT,
                edition_number=edition.number,
                year_label=edition.label,
                held_from=edition.held_from,
                held_to=edition.held_to,
                work_kind=WorkKind.FILM,
                organiser_id=organisers[0 if edition.year < 1960 else 1],
                city="Placeholder City",
                country="US",
                published_at=plan.published_at,
                accent=list(Contest.Accent)[edition.number // 10 % len(Contest.Accent)],
            )
            for edition in (one.edition for one in made)
        ]
        store(contests)
        self._back(Contest, [contest.pk for contest in contests])
        return contests

    def _edition(self, made: Made, contest: Contest) -> None:
        """Insert the entries and awards of an edition, with the recognitions."""
        entries = self._entries(made, contest)
        awards = {
            line.slug: Award(
                key=self._key("award", made, line.slug),
                contest=contest,
                slug=line.slug,
                name=line.name(made.edition.at),
                line=self.lines.get(line.slug),
                kind=line.kind,
                honours=line.honours,
                precedence=precedence,
                source=self.source,
            )
            for precedence, line in enumerate(lines.given(made.edition.at), start=1)
        }
        store(awards.values())
        recognitions, links, parties = [], [], []
        new = bulk.new_primary_keys(Recognition)
        for slug, rows in made.given.items():
            for order, row in enumerate(rows, start=1):
                pk = next(new)
                key = self._key("recognition", made, f"{slug}-{order}")
                named = {"id": pk, "key": key, "award_id": awards[slug].pk, "order": order}
                recognitions.append(named | _VALUES | row.values)
                links += [{"recognition_id": pk, "submission_id": entries[work]} for work in row.works]
                parties += list(self._parties(row.parties, pk))
        # To save the rows as approved is faster than to approve them with `publish_history`.
        bulk.insert(Recognition, recognitions, source=self.source, approved_at=timezone.now())
        bulk.insert(Recognition.submissions.through, links)
        bulk.insert(Party, parties)

    def _parties(self, parties: list[tuple[str, int, str, str]], recognition: int) -> Iterator[Row]:
        for order, (model, position, part, printed) in enumerate(parties, start=1):
            self.party_count += 1
            key = self.keys[model][position]
            yield {
                "key": self.plan.key("party", self.party_count),
                "recognition_id": recognition,
                "person_id": key if model == "person" else None,
                "organisation_id": key if model == "organisation" else None,
                "part": part,
                "credited_as": printed,
                "order": order,
            }

    def _entries(self, made: Made, contest: Contest) -> dict[int, int]:
        """Insert the entries of an edition. Return their primary keys by the positions of their works."""
        kinds = {self.found.works.rows[work]["kind"] for work in made.entries}
        categories = {
            kind: Category(
                key=self._key("category", made, order),
                contest=contest,
                slug=slug_from(kind),
                name=kind.capitalize(),
                order=order,
            )
            for order, kind in enumerate(_CATEGORIES, start=1)
            if kind in kinds
        }
        store(categories.values())
        new = bulk.new_primary_keys(Submission)
        rows, links, entries = [], [], {}
        for number, work in enumerate(made.entries, start=1):
            of_work = self.found.works.rows[work]
            entries[work] = pk = next(new)
            rows.append(
                {
                    "id": pk,
                    "key": self._key("submission", made, number),
                    "work_id": self.works[work],
                    "slug": f"{slug_from(of_work['title'])[:60].rstrip('-')}-{number}",
                    **{name: of_work[name] for name in ("title", "title_language", "original_title")},
                    "original_title_language": of_work["original_title_language"],
                    "language": of_work["languages"].split(",")[0],
                    "countries": of_work["countries"],
                    "year": of_work["year_from"],
                }
            )
            named = [of_work["kind"]]
            if number % 12 == 0 and lines.INTERNATIONAL in categories:
                named.append(lines.INTERNATIONAL)
            links += [{"submission_id": pk, "category_id": categories[kind].pk} for kind in dict.fromkeys(named)]
        bulk.insert(Submission, rows, contest=contest, status=Submission.Status.ELIGIBLE)
        bulk.insert(Submission.categories.through, links)
        self._back(Submission, entries.values())
        return entries

    def _key(self, kind: str, made: Made, of_edition: int | str) -> str:
        return self.plan.key(kind, f"{made.edition.number}-{of_edition}")


def _given(row: Row, **more: Any) -> Row:
    """Return the values of `row` that are stored, and `more`."""
    return {name: value for name, value in row.items() if name not in (*_NOT_STORED, "owner")} | more
