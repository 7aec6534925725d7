"""The awards of a synthetic archive: when each was given, under which names, and to whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from contests.models import Award

#: The kinds of works from which the nominees for an award are chosen. Blank: the award is not for a work.
FEATURE, DOCUMENTARY, DOCUMENTARY_SHORT, ANIMATED_SHORT, SHORT, INTERNATIONAL = (
    *("feature", "documentary feature", "documentary short", "animated short", "live action short"),
    "international film",
)
_PEOPLE, _WORKS = Award.Honours.PEOPLE, Award.Honours.WORKS


@dataclass(frozen=True)
class Line:
    """
    An award. `names` are its names, each with the place in the archive from which it was used, between 0 and 1. `since`
    and `until` are the places from and until which it was given. `crew` has the roles of the people who share a
    nomination, each with their part. `weight` decides how many nominees it has beside the other awards for features;
    `fixed` is a number that is always the same.
    """

    slug: str
    names: tuple[tuple[float, str], ...]
    crew: tuple[tuple[str, str], ...] = ()
    honours: Award.Honours = _PEOPLE
    works: str = FEATURE
    since: float = 0
    until: float = 1
    weight: float = 1
    fixed: int = 0
    continues: str = ""
    kind: Award.Kind = Award.Kind.PRIZE
    #: Who is nominated for a part: "actress" or "actor".
    acting: str = ""
    #: The part of an organisation that is nominated instead of a person in the first half of the archive.
    department: str = ""
    #: Whether the award is a continuing one. The others were given once.
    continuing: bool = True

    def name(self, at: float) -> str:
        return next(name for since, name in reversed(self.names) if since <= at or since == 0)

    @property
    def is_repeatable(self) -> bool:
        """Whether a work may have several nominations for it in the same edition, such as two actresses."""
        return bool(self.acting) or self.slug == SONG


SONG, MUSIC = "original-song", ("original-score", "original-song", "song-score")
FILM, TECHNICAL, HONORARY, HUMANITARIAN, MENTION = "film", "technical", "honorary", "humanitarian", "special-mention"
#: The awards that the large organisation is nominated for, with its part.
OF_LARGE_ORGANISATION = {
    FILM: "Production company",
    "sound": "Sound department",
    "special-effects": "Effects department",
    "visual-effects": "Effects department",
    TECHNICAL: "",
}


def _line(slug: str, *names: str | tuple[float, str], **values: object) -> Line:
    named = tuple((0.0, name) if isinstance(name, str) else name for name in names)
    return Line(slug, named, **values)  # type: ignore[arg-type]


LINES = (
    _line(
        FILM,
        "Outstanding Production",
        (0.2, "Best Motion Picture"),
        (0.5, "Best Picture"),
        crew=(("producer", "Producer"),),
        honours=_WORKS,
        weight=1.5,
        kind=Award.Kind.GRAND_PRIZE,
    ),
    _line(
        "artistic-production",
        "Artistic Production",
        honours=_WORKS,
        until=0.001,
        continuing=False,
        crew=(("producer", "Producer"),),
    ),
    _line("direction", "Direction", (0.35, "Best Direction"), (0.7, "Best Director"), crew=(("director", ""),)),
    _line("leading-actress", "Actress", (0.25, "Best Actress"), (0.5, "Actress in a Leading Role"), acting="actress"),
    _line("leading-actor", "Actor", (0.25, "Best Actor"), (0.5, "Actor in a Leading Role"), acting="actor"),
    _line("supporting-actress", "Actress in a Supporting Role", acting="actress", since=0.1),
    _line("supporting-actor", "Actor in a Supporting Role", acting="actor", since=0.1),
    _line(
        "original-screenplay",
        "Original Story",
        (0.3, "Story and Screenplay"),
        (0.6, "Original Screenplay"),
        crew=(("story", "Story"), ("screenplay", "Screenplay")),
    ),
    _line(
        "adapted-screenplay",
        "Adaptation",
        (0.4, "Screenplay Based on Another Work"),
        (0.75, "Adapted Screenplay"),
        crew=(("adaptation", ""),),
    ),
    _line(
        "cinematography-black-and-white", "Cinematography (Black-and-White)", crew=(("cinematographer", ""),), until=0.4
    ),
    _line("cinematography-colour", "Cinematography (Colour)", crew=(("cinematographer", ""),), since=0.15, until=0.4),
    _line(
        "cinematography",
        "Cinematography",
        crew=(("cinematographer", ""),),
        since=0.4,
        continues="cinematography-black-and-white",
    ),
    _line(
        "art-direction",
        "Art Direction",
        crew=(("art-direction", "Art direction"), ("set-decoration", "Set decoration")),
        until=0.6,
    ),
    _line(
        "production-design",
        "Production Design",
        crew=(("production-design", "Production design"), ("set-decoration", "Set decoration")),
        since=0.6,
        continues="art-direction",
    ),
    _line("editing", "Film Editing", crew=(("editor", ""),), honours=_WORKS),
    _line(
        "original-score",
        "Music (Scoring)",
        (0.3, "Music Score of a Drama"),
        (0.6, "Original Score"),
        crew=(("composer", "Music"),),
    ),
    _line(SONG, "Song", (0.45, "Original Song"), crew=(("composer", "Music"), ("lyrics", "Lyrics"))),
    _line(
        "song-score", "Song Score or Adaptation", crew=(("composer", "Adaptation"),), since=0.2, until=0.8, weight=0.7
    ),
    _line("costume-design", "Costume Design", crew=(("costume-design", ""),), since=0.2),
    _line("make-up", "Make-up", (0.8, "Make-up and Hair"), crew=(("make-up", "Make-up"), ("hair", "Hair")), since=0.5),
    _line(
        "sound",
        "Sound Recording",
        (0.5, "Sound"),
        crew=(("sound-mixing", ""),),
        honours=_WORKS,
        department="Sound department",
    ),
    _line(
        "special-effects",
        "Special Effects",
        crew=(("special-effects", ""),),
        honours=_WORKS,
        until=0.5,
        department="Effects department",
    ),
    _line(
        "visual-effects",
        "Visual Effects",
        crew=(("visual-effects", ""),),
        honours=_WORKS,
        since=0.5,
        continues="special-effects",
    ),
    _line("dance-direction", "Dance Direction", crew=(("choreography", ""),), until=0.15, weight=0.7),
    _line(
        "international-film",
        "Foreign Language Film",
        (0.75, "International Film"),
        honours=_WORKS,
        works=INTERNATIONAL,
        since=0.2,
        fixed=5,
    ),
    _line(
        "documentary",
        "Documentary",
        (0.6, "Documentary Feature"),
        honours=_WORKS,
        works=DOCUMENTARY,
        since=0.2,
        fixed=5,
        crew=(("producer", "Producer"),),
    ),
    _line(
        "documentary-short",
        "Documentary (Short Subject)",
        honours=_WORKS,
        works=DOCUMENTARY_SHORT,
        since=0.25,
        fixed=4,
        crew=(("producer", "Producer"),),
    ),
    _line(
        "animated-short",
        "Short Subject (Cartoon)",
        (0.5, "Animated Short Film"),
        honours=_WORKS,
        works=ANIMATED_SHORT,
        fixed=4,
        crew=(("director", "Director"),),
    ),
    _line(
        "live-action-short",
        "Short Subject (Live Action)",
        (0.5, "Live Action Short Film"),
        honours=_WORKS,
        works=SHORT,
        since=0.1,
        fixed=4,
        crew=(("director", "Director"),),
    ),
    _line(TECHNICAL, "Scientific or Technical Award", works="", fixed=5),
    _line(HONORARY, "Special Award", (0.3, "Honorary Award"), works="", fixed=2, kind=Award.Kind.HONORARY),
    _line(HUMANITARIAN, "Placeholder Humanitarian Award", works="", since=0.2, fixed=1, kind=Award.Kind.HONORARY),
    _line(MENTION, "Special Mention", honours=_WORKS, fixed=2, kind=Award.Kind.MENTION),
)
BY_SLUG = {line.slug: line for line in LINES}


def given(at: float) -> Iterator[Line]:
    """Yield the awards that are given at a place in the archive, highest first."""
    return (line for line in LINES if line.since <= at < line.until)


def shares(lines: list[Line], total: int) -> dict[str, int]:
    """
    Return the number of nominations for each of `lines`, by slug. They add up to `total`. What the fixed numbers leave
    is divided by weight.
    """
    numbers = {line.slug: line.fixed for line in lines}
    open_lines = [line for line in lines if not line.fixed]
    rest, weights = total - sum(numbers.values()), sum(line.weight for line in open_lines)
    before = done = 0.0
    for line in open_lines:
        before, done = done, done + line.weight
        numbers[line.slug] = round(rest * done / weights) - round(rest * before / weights)
    return numbers
