"""The English texts of a synthetic contest. Each text says that it is made up."""

from random import Random

CONTESTS = {
    "upcoming": "Specimen Contest of Tomorrow",
    "open": "Specimen Contest with Open Doors",
    "judging": "Specimen Contest behind Closed Doors",
    "sealed": "Specimen Contest in a Sealed Envelope",
    "revealed": "Specimen Contest in Full Light",
}
TAGLINE = "A contest that never took place, at the size of one that did."
ABOUT = (
    "This contest is made up. The portal wrote it, so that editors can try things out and so that every page can be "
    "seen with as many people, films, awards and words as a large contest brings.\n\n"
    "Nobody named here exists, no film named here was made, no prize was paid and no sentence was said. Titles and "
    "names are in many scripts, some are very short and some very long, because those of real contests are.\n\n"
    "One command removes all of it again."
)
SOURCE_TITLE = "Synthetic data, made by the portal"
SOURCE_NOTE = "Not a source: the portal made up everything that rests on this, for testing. None of it is real."
REVOCATION = "Made up, to show how a revocation reads: the placeholder turned out to be a stand-in for a specimen."

HEADLINES = (
    "A made-up name, here to fill a line",
    "Placeholder for somebody who makes films",
    "Made up by the portal, born of a list of words",
    "A stand-in with a headline long enough to need a second line on a narrow screen, as some real ones do",
)
BIOGRAPHIES = (
    "Nobody of this name exists. The portal made the name up from a word for “sample” and a word for something one "
    "can see out of a window.",
    "A made-up life in two sentences: it began in a list of words, and it goes as far as this full stop. It is here so "
    "that the page has a paragraph to set.\n\nA second paragraph, made up as well, shows the space between two.",
)
ROLES_HELD = ("Placeholder", "Made-up founder", "Specimen member")

WHO = (
    "a lamplighter",
    "two sisters",
    "the last guest",
    "a translator",
    "an empty bus",
    "somebody",
    "the caretaker of a lighthouse",
    "a choir of one",
)
DOES = (
    "waits for a light that is late",
    "learns the weather by heart",
    "counts the rooms and finds one too many",
    "returns a book nobody lent",
    "rehearses the rain",
    "draws a map of the next street",
)
WHERE = (
    "in a town without a name",
    "on the longest Tuesday of the year",
    "behind the screen",
    "at the foot of a hill that moves",
    "between two trains",
)
THINGS = ("light", "colour", "waiting", "rain", "bridges", "windows", "silence", "the length of lines")

CATEGORIES = ("Made-up shorts", "Made-up documentaries", "Made-up animation", "Made-up experiments", "Made-up students")
# The highest awards. Each has a name, a kind, and whether it is given to a person instead of a work.
FIRST_AWARDS = (
    ("Made-up Grand Prize", "grand_prize", False),
    ("Made-up Jury Prize", "prize", False),
    ("Made-up Official Selection", "selection", False),
    ("Made-up Award for a Life’s Work", "honorary", True),
    ("Made-up Audience Award", "audience", False),
    ("Made-up Special Mention", "mention", False),
    (
        "Made-up Prize for the Longest Name of an Award that a Page May Have to Set without Breaking It",
        "prize",
        False,
    ),
)
CRAFTS = (
    "Light",
    "Sound",
    "Editing",
    "Colour",
    "Rhythm",
    "Silence",
    "Weather",
    "Titles",
    "Maps",
    "Costume",
    "Dialogue",
    "Endings",
    "Beginnings",
    "Middles",
    "Windows",
    "Animals",
    "Miniatures",
    "Music",
    "Voices",
    "Distance",
    "Patience",
    "Shadows",
    "Water",
    "Stairs",
    "Trains",
    "Letters",
    "Crowds",
    "Gardens",
    "Hands",
    "Mirrors",
    "Night",
    "Noon",
    "Snow",
    "Dust",
    "Doors",
    "Clocks",
    "Paper",
    "Bridges",
    "Kites",
    "Orchards",
    "Tides",
    "Kitchens",
    "Roofs",
    "Echoes",
    "Fog",
    "Lamps",
    "Cloth",
    "Stone",
    "Salt",
    "Errands",
    "Detours",
    "Intervals",
    "Credits",
)

# Titles that are hard to typeset, each with the BCP 47 tag of its language.
HARD_TITLES = (
    ("例", "ja"),
    (
        "A Specimen of a Title That Goes On for Exactly Two Hundred Characters, Because Somewhere Somebody Will Enter "
        "One, and a Page That Was Drawn for Three Words Has to Set It All the Same, to the Last Word",
        "en",
    ),
    ("Dämmerungsbeleuchtungsprobenaufzeichnungsmusterbeispiel", "de"),
    ("مثال: الضوء الذي تأخر عن موعده في مدينة لا اسم لها", "ar"),
    ("🌕🎬 Placeholder 🌊", "en"),
    ("דוגמה: האור (Sample, Take 2) המאחר", "he"),
    ("ตัวอย่างความเงียบเจ็ดแบบที่ไม่มีใครเคยได้ยินในลิ้นชักที่เต็มไปด้วยหิมะ", "th"),
    ("Sample <Title> & “Marks”, 100 % 'made up'", "en"),
    ("Przykład: zażółć gęślą jaźń", "pl"),
    ("見本：引き出しの雪、迷う橋、そして遅れてくる光についての長い覚え書き", "ja"),
)
# Names that are hard to typeset.
HARD_NAMES = (
    "例",
    "Specimen Placeholder Example Sample Stand-in of the Name That Is as Long as Names May Be, Which Is Two Hundred "
    "Characters, and Which Has to Be Set in Full in Every Programme, List and Headline of Ours",
    "Beispielnamensplatzhalterinnenmuster",
    "Sample 🌲 Juniper",
    "مثال Placeholder غيمة",
)


def sentence(rng: Random) -> str:
    """Return one sentence about a made-up work."""
    return f"A made-up story: {rng.choice(WHO)} {rng.choice(DOES)} {rng.choice(WHERE)}."


def synopsis(rng: Random) -> str:
    """Return a synopsis of a made-up work, in two paragraphs."""
    opening = "There is no such film. If there were, it might go like this."
    middle = " ".join(sentence(rng).replace("A made-up story: ", "").capitalize() for _ in range(rng.randint(2, 5)))
    closing = f"The rest is about {rng.choice(THINGS)}, and made up as well."
    return f"{opening} {middle}\n\n{closing}"


def citation(rng: Random) -> str:
    """Return a made-up citation: a jury's reason for an award."""
    return f"Made up, in place of a jury’s words: for the way it treats {rng.choice(THINGS)} and {rng.choice(THINGS)}."
