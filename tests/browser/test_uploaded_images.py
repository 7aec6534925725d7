"""Uploaded images on the screen: whole or cropped as designed, in the right proportions, never enlarged, and sharp."""

import pytest
from PIL import Image

from record.images import renditions
from tests import factories as make
from tests.record.test_image_sanitizing import encoded, upload

SIZES = {
    "landscape": (1600, 900),
    "portrait": (1000, 1500),
    "square": (900, 900),
    "small": (160, 90),
    "slim": (300, 900),
}
#: A script that returns the box of each uploaded image, how the image fills it, and the width of the file that the
#: browser chose.
MEASURE = """async () => {
    const images = [...document.images].filter(image => image.src.includes("/media/"));
    for (const image of images) image.loading = "eager";
    await Promise.all(images.map(image => image.decode()));
    return images.map(image => {
        const {width, height} = image.getBoundingClientRect();
        const pixels = Number(image.currentSrc.match(/\\.(\\d+)\\.(?:avif|webp)$/)[1]);
        return [image.alt, width, height, getComputedStyle(image).objectFit, pixels];
    });
}"""


@pytest.fixture
def addresses(live_server):
    contest = make.ContestFactory(slug="prize", title="Prize", revealed=True)
    contest.hero.save("hall.png", upload(encoded("PNG", Image.new("RGB", (700, 700), "teal"))))
    for number, (title, size) in enumerate(SIZES.items(), 1):
        film = make.SubmissionFactory(contest=contest, slug=title, title=title, poster_alt=title)
        film.poster.save("poster.png", upload(encoded("PNG", Image.new("RGB", size, "teal"))))
        person = make.PersonFactory(slug=title, name=title, portrait_alt=f"face {title}")
        person.portrait.save("face.png", upload(encoded("PNG", Image.new("RGB", size, "teal"))))
        make.CreditFactory(submission=film, person=person)
        for row in (film.poster, person.portrait):
            renditions.make(row.storage, row.stored_name)
        kind = "grand_prize" if number == 1 else "special"
        for precedence, won in ((number, {"submission": film}), (number + 10, {"submission": None, "person": person})):
            award = make.AwardFactory(contest=contest, name=f"Award {precedence}", kind=kind, precedence=precedence)
            make.RecognitionFactory(award=award, **won)
    renditions.make(contest.hero.storage, contest.hero.stored_name)
    works = [f"/contests/prize/submissions/{title}/" for title in SIZES]
    pages = ["/", "/winners/", "/contests/prize/", "/contests/prize/submissions/", *works]
    pages += [f"/people/{title}/" for title in SIZES]
    return [*pages, "/embed/contests/prize/winners/", *(f"/embed{work}" for work in works)]


@pytest.mark.parametrize("width", [375, 1280])
def test_pictures_keep_their_ratio_and_are_sharp(page, addresses, width):
    page.set_viewport_size({"width": width, "height": 900})
    wrong, seen = [], set()
    for address in addresses:
        page.goto(address)
        for name, across, down, fit, pixels in page.evaluate(MEASURE):
            seen.add(name)
            natural = SIZES.get(name.removeprefix("face "), (700, 700))
            shape = natural[0] / natural[1]
            box = shape if name in SIZES else 4 / 5 if name.startswith("face ") else 16 / 9
            # A very tall poster is at most as high as two columns are wide, and never cropped.
            if name != "slim" and across / down != pytest.approx(box, rel=0.02):
                wrong.append((address, name, "ratio", across, down))
            if name in SIZES and fit != "contain":
                wrong.append((address, name, "cropped", fit))
            shown = min(across, down * shape) if fit == "contain" else max(across, down * shape)
            if shown > pixels + 1:
                wrong.append((address, name, "enlarged", pixels, shown))
    assert wrong == []
    assert {*SIZES, *(f"face {title}" for title in SIZES)} <= seen
