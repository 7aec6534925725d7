from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import get_script_prefix
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from record.web.interface_languages import url_in


class Kind(models.IntegerChoices):
    """
    The kinds of search results. Results of different kinds that match equally well are in the order of these values.
    """

    WORK = 1, _("Work")
    PERSON = 2, _("Person")
    CONTEST = 3, _("Contest")
    SERIES = 4, _("Series")
    AWARD_LINE = 5, _("Award")
    ORGANISATION = 6, _("Organisation")
    QUOTE = 7, _("Quote")
    SOURCE = 8, _("Source")


# The numbers of the two permanent parts of the index: OPEN for public entries, HIDDEN for entries with no known time at
# which they become public.
OPEN, HIDDEN = 0, -1
# When results are sorted by the length of their titles, a longer title counts as one of this length (in characters).
LONGEST_ORDERED_TITLE = 511
# The `weight` of an entry without recognitions. The more an entry has, the smaller is its weight (see `ranks`).
NO_AWARD = 1023

# The kinds whose entries are ranked by their recognitions.
RANKED = (Kind.WORK, Kind.PERSON, Kind.ORGANISATION)


class Part(models.Model):
    """A temporary part of the search index: the entries that become public at the same future time."""

    id = models.BigAutoField(primary_key=True)
    public_from = models.DateTimeField(unique=True)

    class Meta:
        db_table = "search_part"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.public_from:%Y-%m-%d %H:%M:%S}"


class Entry(models.Model):
    """
    One search result: the texts of a row, and the tokens that find it. An entry must not contain anything that
    could be hidden while its row is public, because everybody who finds the entry can read it.

    Entries that match a query equally well are ordered by `weight` (0 to 1,023, 0 first), then `title_length`, then
    `object_id`.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.PositiveSmallIntegerField(choices=Kind)
    object_id = models.PositiveBigIntegerField()
    weight = models.PositiveSmallIntegerField()
    title_length = models.PositiveSmallIntegerField()
    part = models.BigIntegerField(default=HIDDEN)
    key = models.CharField(max_length=100)
    url = models.TextField()
    title = models.TextField()
    language = models.CharField(max_length=35, blank=True)
    # What tells the row from others with the same title, such as "composer, 1932" or "1994".
    told_apart = models.TextField(blank=True)
    label = models.TextField(blank=True)
    byline = models.TextField(blank=True)
    text = models.TextField(blank=True)
    tokens = models.TextField()

    class Meta:
        db_table = "search_entry"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]
        indexes = [models.Index(fields=["part"], condition=Q(part__gt=OPEN), name="search_entry_waiting")]

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        """
        The URL of the row's page in the language of the current page. The field `url` has the English URL, relative to
        the portal's root.
        """
        here = f"{get_script_prefix()}{self.url.removeprefix('/')}"
        return url_in(get_language() or settings.LANGUAGE_CODE, here)

    @property
    def is_quote(self) -> bool:
        return self.kind == Kind.QUOTE

    @property
    def is_synthetic(self) -> bool:
        """Whether the row is synthetic, as in `Record.is_synthetic`."""
        return self.key.startswith("synthetic-")


class Reason(models.IntegerChoices):
    """
    The reason why an entry may be out of date. The next update of the index rebuilds the entry if necessary. Until
    then, searches leave out the entry if the reason is TEXTS.
    """

    TEXTS = 1, "its texts have changed"
    VISIBILITY = 2, "a row has changed through which its row is public, so its part or its rank may be another"
    REBUILD = 3, "all entries are rebuilt"
    AGAIN = 4, "it was rebuilt while another transaction was changing the record"


class Change(models.Model):
    """
    A note that the entry of a row may be out of date, usually written by a database trigger. The next update of the
    index rebuilds the entry if necessary and deletes the note. If another transaction is changing the record meanwhile,
    the update leaves a note with the reason AGAIN (see `index.due`).
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.PositiveSmallIntegerField(choices=Kind)
    object_id = models.PositiveBigIntegerField()
    reason = models.PositiveSmallIntegerField(choices=Reason)

    class Meta:
        db_table = "search_change"
        default_permissions = ()
        indexes = [
            models.Index(fields=["kind", "object_id", "reason"], name="search_change_of_row"),
        ]

    def __str__(self) -> str:
        return f"{Kind(self.kind).label} {self.object_id}"


class Spelling(models.Model):
    """
    A word of the index with one of its variants: its first seven letters, or these letters without one of them. A
    mistyped word is corrected to a word that has a variant in common with it. `part` is the part of the index that
    contains the word.
    """

    part = models.BigIntegerField(default=HIDDEN)
    variant = models.CharField(max_length=8)
    word = models.CharField(max_length=30)

    class Meta:
        db_table = "search_spelling"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["part", "word", "variant"], name="search_spelling_once")]
        indexes = [models.Index(fields=["part", "variant"], name="search_spelling_by_variant")]

    def __str__(self) -> str:
        return f"{self.variant}: {self.word}"
