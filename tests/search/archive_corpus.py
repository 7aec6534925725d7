"""
A small archive of invented names, and search queries for it: a series of editions that share their title, continuing
awards under changing names, nominees, namesakes, songs, characters, and names in other scripts.
"""

from tests import factories as make

SERIES = "Northlight Awards"
# For each edition: its year, and the recognitions. Each has the award, the work with its year, its recipients, what was
# recognised, and whether it won.
EDITIONS = {
    "1927/28": [
        ("Outstanding Production", "Harbour of Glass", 1927, ["Meridian Pictures"], "", True),
        ("Outstanding Production", "The Salt Road", 1927, ["Orla Pictures"], "", False),
        ("Leading Actor", "The Salt Road", 1927, ["Emil Varga"], "", True),
    ],
    "1956": [
        ("Best Picture", "Driving Rain", 1956, ["Meridian Pictures"], "", True),
        ("Best Picture", "Winterlude", 1956, ["Orla Pictures"], "", False),
        ("Original Score", "Winterlude", 1956, ["Tobias Marlowe"], "", False),
        ("Leading Actor", "Driving Rain", 1956, ["Vito Brandow"], "", True),
    ],
    "1974": [
        ("Best Picture", "Kestrel Bay", 1974, ["Meridian Pictures"], "", False),
        ("Best Picture", "The Ninth Letter", 1974, ["Orla Pictures"], "", True),
        ("Original Score", "The Ninth Letter", 1974, ["Tobias Marlowe"], "", True),
        ("Original Song", "Kestrel Bay", 1974, ["Iris Moreau"], "Paper Lanterns in June", True),
        ("Leading Actor", "Kestrel Bay", 1974, ["Vito Brandow"], "", False),
    ],
    "1975": [
        ("Best Picture", "Quiet Carousel", 1975, ["Orla Pictures"], "", True),
        ("Best Picture", "A Ladder of Smoke", 1975, ["Meridian Pictures"], "", False),
        ("Original Score", "A Ladder of Smoke", 1975, ["Tobias Marlowe"], "", True),
        ("Original Song", "A Ladder of Smoke", 1975, ["Iris Moreau"], "Carousel", False),
        ("Leading Actor", "A Ladder of Smoke", 1975, ["Vito Brandow"], "", False),
        ("Supporting Actor", "Quiet Carousel", 1975, ["Ann Marlowe"], "", True),
    ],
    "1994": [
        ("Best Picture", "Driving Rain", 1994, ["Meridian Pictures"], "", True),
        ("Best Picture", "The Clockmaker", 1994, ["Orla Pictures"], "", False),
        ("Original Score", "The Clockmaker", 1994, ["Tobias Marlowe"], "", True),
        ("Original Song", "The Clockmaker", 1994, ["Iris Moreau", "Tobias Marlowe"], "Winterlude", False),
        ("Leading Actor", "The Clockmaker", 1994, ["Dae-hyun Moon"], "", True),
        ("Supporting Actor", "The Clockmaker", 1994, ["Vito Brandow"], "", True),
        ("Honorary Award", "", None, ["Sora Amano"], "", True),
    ],
}
LINES = {"Outstanding Production": "Best Picture", "Supporting Actor": "Supporting Role"}
PEOPLE = {
    # For each name: what tells it apart, and the other names.
    "Iris Moreau": ("composer, 1932", ["Irisa Morozova"]),
    "Dae-hyun Moon": ("", ["문대현"]),
    "Sora Amano": ("", ["天野空"]),
    "Vito Brandow": ("", ["Vittorio Brandolini"]),
}
# People who only made a work, without a recognition.
MAKERS = ["Marlowe Quist", "Brand Keller", "Brandowski Orlan", "Williamson Tate", "Iris Moreau", "Grace Willems"]
CHARACTERS = {"The Clockmaker": "Inspector Odile Crane", "Kestrel Bay": "Captain Brandt"}
CITATION = "For turning a ledger of debts into a lullaby."
OLDER, NEWER = "Driving Rain (1956)", "Driving Rain (1994)"
SMOKE, CAROUSEL, CLOCK = "A Ladder of Smoke (1975)", "Quiet Carousel (1975)", "The Clockmaker (1994)"
# For each query: its text, and the title of the first result with what tells it apart.
QUESTIONS = {
    "editions by year": [
        ("1975", f"{SERIES} 1975"),
        ("1994", f"{SERIES} 1994"),
        ("1927/28", f"{SERIES} 1927/28"),
        ("1928", f"{SERIES} 1927/28"),
        ("northlight 1975", f"{SERIES} 1975"),
        ("1956 northlight awards", f"{SERIES} 1956"),
        ("northlight awards", SERIES),
    ],
    "who won": [
        ("best picture 1994", NEWER),
        ("1994 best picture", NEWER),
        ("best picture winner 1956", OLDER),
        ("who won best picture in 1975", CAROUSEL),
        ("Best Picture 1927/28", "Harbour of Glass (1927)"),
        ("outstanding production 1928", "Harbour of Glass (1927)"),
        ("northlight awards 1974 best picture", "The Ninth Letter (1974)"),
        ("original score 1975", SMOKE),
        ("supporting role 1994", CLOCK),
        ("leading actor 1956", OLDER),
    ],
    "continuing awards": [
        ("best picture", "Best Picture"),
        ("outstanding production", "Best Picture"),
        ("original song", "Original Song"),
    ],
    "the known before the obscure": [
        ("marlowe", "Tobias Marlowe"),
        ("brandow", "Vito Brandow"),
        ("brandow vito", "Vito Brandow"),
        ("brando", "Vito Brandow"),
        ("willems", "Grace Willems"),
        ("iris moreau", "Iris Moreau (composer, 1932)"),
        ("moreau", "Iris Moreau (composer, 1932)"),
        ("orla", "Orla Pictures"),
        ("driving rain 1956", OLDER),
        ("driving rain 1994", NEWER),
        ("carousel", SMOKE),  # A song with just this title.
        ("quiet carousel", CAROUSEL),
        ("winterlude", "Winterlude (1956)"),
    ],
    "songs, characters and citations": [
        ("paper lanterns in june", "Kestrel Bay (1974)"),
        ("inspector odile crane", CLOCK),
        ("captain brandt", "Kestrel Bay (1974)"),
        ("ledger of debts", SMOKE),
        ("odile", CLOCK),
    ],
    "other names": [
        ("Irisa Morozova", "Iris Moreau (composer, 1932)"),
        ("문대현", "Dae-hyun Moon"),
        ("天野空", "Sora Amano"),
        ("brandolini", "Vito Brandow"),
        ("Glasshouse Films", "Meridian Pictures"),
        ("glasshouse", "Meridian Pictures"),
    ],
}


def fill():
    """Create the series with its editions. Everything is public."""
    series = make.SeriesFactory(name=SERIES)
    parties = {}
    for name, (disambiguation, others) in PEOPLE.items():
        parties[name] = make.PersonFactory(name=name, disambiguation=disambiguation)
        for other in others:
            make.PersonNameFactory(person=parties[name], name=other)
    for name in ("Meridian Pictures", "Orla Pictures"):
        parties[name] = make.OrganisationFactory(name=name)
    make.OrganisationNameFactory(organisation=parties["Meridian Pictures"], name="Glasshouse Films")
    lines, works = {}, {}
    for year, recognitions in EDITIONS.items():
        contest = make.ContestFactory(
            series=series, title=SERIES, slug=f"northlight-{year[:4]}", year_label=year, revealed=True
        )
        awards = {}
        for name, title, made, recipients, detail, is_won in recognitions:
            line = LINES.get(name, name)
            if line not in lines:
                lines[line] = make.AwardLineFactory(series=series, name=line)
            if name not in awards:
                awards[name] = make.AwardFactory(contest=contest, name=name, line=lines[line])
            if title and (title, made) not in works:
                works[title, made] = make.SubmissionFactory(
                    contest=contest, title=title, slug=f"{title}-{made}".lower().replace(" ", "-"), year=made
                )
            recognition = make.RecognitionFactory(
                award=awards[name],
                submission=works.get((title, made)),
                standing="winner" if is_won else "nominee",
                detail=detail,
                citation=CITATION if title == "A Ladder of Smoke" and is_won else "",
            )
            for recipient in recipients:
                if recipient not in parties:
                    parties[recipient] = make.PersonFactory(name=recipient)
                is_person = not recipient.endswith("Pictures")
                party = {"person": parties[recipient]} if is_person else {"organisation": parties[recipient]}
                make.PartyFactory(recognition=recognition, **({"person": None} | party))
    for (title, _made), work in works.items():
        if title in CHARACTERS:
            make.CreditFactory(submission=work, role="cast", character=CHARACTERS[title])
    makers = make.ContestFactory(title="Makers’ Evening", revealed=True)
    for number, name in enumerate(MAKERS):
        film = make.SubmissionFactory(contest=makers, title=f"{name.split()[0]} Street", slug=f"street-{number}")
        apart = "editor" if name in PEOPLE else ""
        person = make.PersonFactory(name=name, slug=f"maker-of-{number}", disambiguation=apart)
        make.CreditFactory(submission=film, person=person)
