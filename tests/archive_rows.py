"""What the rows of an archive say, in the same form as `tests.archive_pages` returns what its pages claim."""

from collections import Counter, defaultdict
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from contests.demo.archive import ArchivePlan, make
from contests.formatting import language_label
from contests.models import Award, AwardLine, Contest, Credit, Recognition, Submission, Work
from contests.recognition_words import numbers_in_words
from people.models import Organisation, Person
from record.list_format import enumerated
from record.partial_dates import formatted


class Archive:
    """All rows of the database, loaded once, with what each page has to say of them."""

    @classmethod
    @contextmanager
    def of(cls, editions):
        """Create an archive of so many editions, and return it. At the end, roll it back."""
        with transaction.atomic():
            make(ArchivePlan.of(today=timezone.now(), editions=editions))
            yield cls()
            transaction.set_rollback(True)

    def __init__(self):
        parts = ("parties__person", "parties__organisation", "submissions__work")
        rows = Recognition.objects.select_related("award__contest", "award__line").prefetch_related(*parts)
        self.recognitions = list(rows.order_by("award__contest__edition_key", "award__precedence", "order"))
        self.people = list(Person.objects.prefetch_related("other_names", "identifiers"))
        self.organisations = list(Organisation.objects.prefetch_related("other_names", "identifiers"))
        self.works = list(Work.objects.prefetch_related("identifiers"))
        entries = Submission.objects.select_related("contest", "work").prefetch_related("categories")
        self.entries = grouped(entries, lambda entry: entry.work_id)
        credits = Credit.objects.select_related("person", "organisation", "role", "work").order_by(
            "role__order", "order"
        )
        self.credits = grouped(credits, lambda credit: credit.work_id)
        self.credits_of = grouped(credits, lambda credit: credit.party)
        self.contests = list(Contest.objects.select_related("organiser", "series").order_by("-edition_key"))
        self.lines = list(AwardLine.objects.select_related("series", "continues"))
        self.awards = list(Award.objects.select_related("contest", "line").order_by("precedence"))
        self.of_award = grouped(self.recognitions, lambda row: row.award_id)
        self.of_contest = grouped(self.recognitions, lambda row: row.award.contest_id)
        self.of_party, self.of_work = defaultdict(list), defaultdict(list)
        for row in self.recognitions:
            for party in dict.fromkeys(party.recipient for party in row.parties.all()):
                self.of_party[party].append(row)
            for entry in row.works:
                self.of_work[entry.work_id].append(row)

    def facts_of_person(self, person):
        return [
            *known(("Born", formatted(person.born)), ("Died", formatted(person.died))),
            *((name.get_kind_display(), name.name) for name in person.other_names.all()),
            *known(("From", person.country.name)),
            *((IDENTIFIER, f"{each.label} {each.shown}") for each in person.identifiers.all()),
        ]

    def facts_of_organisation(self, organisation):
        lived = (("Founded", formatted(organisation.founded)), ("Dissolved", formatted(organisation.dissolved)))
        return [
            *known(*lived, ("From", organisation.country.name)),
            *((name.get_kind_display(), name.name) for name in organisation.other_names.all()),
            *((IDENTIFIER, f"{each.label} {each.shown}") for each in organisation.identifiers.all()),
        ]

    def facts_of_work(self, work):
        languages = enumerated(language_label(tag) for tag in work.languages.split(",") if tag)
        entries = self.entries[work.pk]
        return [
            *((credit.role.name, credited(credit)) for credit in self.credits[work.pk]),
            *(("Contest", str(entry.contest)) for entry in entries),
            *(("Category", str(category)) for entry in entries for category in entry.categories.all()),
            *known(("Country or region", enumerated(country.name for country in work.countries))),
            *known(("Year", work.years), ("Spoken language", languages)),
            *((IDENTIFIER, f"{each.label} {each.shown}") for each in work.identifiers.all()),
        ]

    def facts_of_contest(self, contest):
        held = formatted(contest.held_from)
        if contest.held_to:
            held = f"{held}–{formatted(contest.held_to)}"
        return [
            ("Edition", str(contest.edition_number)),
            ("Held", held),
            ("Organiser", contest.organiser.name),
            ("Place", f"{contest.city}, {contest.country.name}"),
        ]

    def results(self, contest):
        """Return the rows of the table of results of `contest`."""
        return [self.result(row) for row in self.of_contest[contest.pk]]

    def result(self, row):
        return (
            row.award.name,
            row.standing_words or row.get_standing_display(),
            tuple(map(recipient, row.parties.all())),
            tuple(work.get_absolute_url() for work in row.works),
            (*said(row), *filter(None, [row.note])),
        )

    def career(self, party):
        """Return the recognitions that name a person or an organisation, as its page lists them."""
        return [
            (
                row.award.contest.get_absolute_url(),
                tuple(work.get_absolute_url() for work in row.works),
                f"{row.award.name}, {words(row)}",
                tuple(self._notes(row, party)),
                row.note,
                row.citation,
            )
            for row in self.of_party[party]
        ]

    def _notes(self, row, party):
        own = [each for each in row.parties.all() if each.recipient == party]
        yield from dict.fromkeys(each.part for each in own if each.part)
        if printed := ", ".join(dict.fromkeys(each.credited_as for each in own if each.credited_as)):
            yield f"as {printed}"
        yield from said(row)
        if others := [each for each in row.parties.all() if each not in own]:
            yield f"with {enumerated(name(each) for each in others)}"

    def summary(self, party):
        """Return the numbers of recognitions of somebody by standing, as the page has to count them."""
        return Counter(row.standing for row in self.of_party[party] if row.counts)

    def made(self, party):
        """Return the works that credit a person or an organisation, as its page lists them."""
        found = []
        credits = grouped(self.credits_of[party], lambda credit: credit.work)
        for work, own in credits.items():
            roles = [with_character(credit.role.name, credit.character) for credit in own]
            entries = sorted(self.entries[work.pk], key=lambda entry: entry.contest.edition_key, reverse=True)
            found.append((work.get_absolute_url(), ", ".join([*roles, *(str(entry.contest) for entry in entries)])))
        return found

    def awards_of_work(self, work):
        found = []
        for row in self.of_work[work.pk]:
            label = "Award" if row.standing == Recognition.Standing.WINNER else row.get_standing_display()
            outcome = f", {row.get_outcome_display()}" if row.outcome != row.Outcome.GIVEN else ""
            others = tuple(each.get_absolute_url() for each in row.works) if len(row.works) > 1 else ()
            recipients = tuple(map(recipient, row.parties.all()))
            found.append((label, f"{row.award.name}{outcome}", recipients, others, tuple(said(row)), row.note))
        return found

    def citations(self, work):
        return [(row.citation, row.award.name) for row in self.of_work[work.pk] if row.citation]

    def years(self, line):
        """Return the years of a continuing award, as its page lists them."""
        found = []
        for award in (award for award in self.awards if award.line_id == line.pk):
            rows = self.of_award[award.pk]
            winners = [" ".join(filter(None, (row.named, row.standing_words))) for row in rows if row.is_won]
            other = [award.name] if award.name != line.name else []
            standings = Counter(
                row.standing for row in rows if row.counts and row.standing != Recognition.Standing.WINNER
            )
            words = [numbers_in_words({v: standings[v]}) for v in Recognition.Standing.values if v in standings]
            notes = [*other, *words]
            contest = award.contest
            found.append((contest.edition_key, (contest.year_label, contest.get_absolute_url(), winners, notes)))
        return [row for _key, row in sorted(found, reverse=True)]

    def numbers_of(self, line):
        """Return how often a continuing award was on the programme, and its recognitions in numbers."""
        awards = [award for award in self.awards if award.line_id == line.pk]
        counts = Counter(row.standing for award in awards for row in self.of_award[award.pk] if row.counts)
        times = f"{len(awards)} edition{'s' if len(awards) > 1 else ''}"
        return ", ".join(filter(None, [times, numbers_in_words(counts)]))

    def editions(self):
        """Return the editions of the series, the newest first, each with the winner of its highest award."""
        found = []
        for contest in self.contests:
            won = next(row for row in self.of_contest[contest.pk] if row.is_won)
            number, url = str(contest.edition_number), contest.get_absolute_url()
            award = ", ".join(filter(None, (won.award.name, won.standing_words)))
            found.append((contest.year_label, url, number, won.named, award))
        return found


IDENTIFIER = "In other catalogues"


def grouped(rows, key):
    found = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def same(claimed, stored):
    """Assert that both have the same rows, in any order."""
    claimed, stored = Counter(claimed), Counter(stored)
    assert (list((claimed - stored).elements()), list((stored - claimed).elements())) == ([], [])


def known(*pairs):
    return [pair for pair in pairs if pair[1]]


def with_character(text, character):
    return f"{text}: {character}" if character else text


def name(party):
    printed = f" (as {party.credited_as})" if party.credited_as else ""
    return f"{party.recipient.name}{printed}"


def recipient(party):
    return f"{name(party)}, {party.part}" if party.part else name(party)


def credited(credit):
    printed = f" (as {credit.credited_as})" if credit.credited_as else ""
    text, country = f"{credit.party.name}{printed}", credit.party.country.name
    if credit.character:
        return " ".join(filter(None, [f"{text}: {credit.character}", country]))
    return ", ".join(filter(None, [text, country]))


def said(row):
    """Return what was recognised, and the place."""
    is_first = row.rank == 1 and row.standing == row.Standing.WINNER
    place = f"Place {row.rank}" if row.rank and not is_first else ""
    return [*filter(None, (row.detail, place, row.is_tied and "Tied", row.is_shared and "Shared prize"))]


def words(row):
    outcome = row.get_outcome_display() if row.outcome != row.Outcome.GIVEN else ""
    return ", ".join(filter(None, (row.get_standing_display(), outcome)))
