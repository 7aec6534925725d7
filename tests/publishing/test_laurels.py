"""Laurels as image files: their texts fit, and only public ones can be downloaded."""

import re
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops, ImageFilter

from contests import results
from contests.models import Recognition
from publishing.laurels import FILES, HEIGHT, WIDTH, LaurelTexts, branches, drawn, laid_out, texts_of
from publishing.typesetting import missing
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.difficult_names import NAMES
from tests.public_pages import body

pytestmark = pytest.mark.one_database

SVG = "{http://www.w3.org/2000/svg}"
AT = "laurel.example/verify/YKQ8N-CFK23"
NEXTGEN = LaurelTexts("Grand Prize", "KlingAI NextGen Creative Contest", AT)
LONG = "The Very Long Award for the Most Unexpectedly Moving Work Made by One Person Alone, in Memory of Us"
TEXTS = {
    "plain": NEXTGEN,
    "one letter": LaurelTexts("A", "B", "c.example/verify/YKQ8N-CFK23"),
    "all parts": LaurelTexts("Grand Prize", "Contest of Contests", AT, "Finalist", "2026", mark="synthetic"),
    "as long as it gets": LaurelTexts(
        LONG[:100], "Festival " * 20, f"{'long.' * 15}example/verify/YKQ8N-CFK23", "Runner-up"
    ),
    "one long word": LaurelTexts("W" * 100, "M" * 60, AT),
    "Chinese": LaurelTexts("最佳影片大奖", "第十二届国际人工智能短片创作大赛", AT, year="2026"),
    "Japanese": LaurelTexts("観客賞", "東京クリエイティブ・コンテスト", AT, "ファイナリスト"),
    "Arabic": LaurelTexts("الجائزة الكبرى", "مهرجان القاهرة للأفلام القصيرة", AT),
    "Hindi": LaurelTexts("सर्वश्रेष्ठ फ़िल्म", "मुंबई अंतरराष्ट्रीय फ़िल्म महोत्सव", AT),
    "hostile": LaurelTexts("<b>&\x00\x0b", "\u202ereversed\u202c", AT, year="2026"),
    "emoji": LaurelTexts("🏆 Audience 🎬", "Żółć · Café", AT),
}


def white(texts):
    """Return a picture with only the words of a laurel, white on black."""
    image = Image.new("L", (WIDTH, HEIGHT), 0)
    for placed in laid_out(texts):
        placed.block.draw(image, placed.x, placed.y, "#fff", "middle")
    return image


def won(**given):
    contest = given.pop("contest", None) or make.ContestFactory(revealed=True, title="Contest of Contests")
    return make.RecognitionFactory(award__contest=contest, award__name="Grand Prize", **given)


def said(client, recognition, file="on-light.svg"):
    """Return the title of the laurel file that the portal serves for a recognition."""
    return ElementTree.fromstring(body(client, f"/laurels/{recognition.code}/{file}")).findtext(f"{SVG}title")


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("file", [file for file in FILES if file.endswith(".svg")])
def test_an_svg_is_well_formed_has_a_title_and_holds_outlines_only(name, file):
    root = ElementTree.fromstring(drawn(TEXTS[name], file))
    assert (root.tag, root.get("viewBox")) == (f"{SVG}svg", f"0 0 {WIDTH} {HEIGHT}")
    assert [child.tag.removeprefix(SVG) for child in root] == ["title", "desc", "path", "path", "g"]
    # The file has one path for each branch and one for each block of words.
    assert len(root.findall(f".//{SVG}path")) == 2 + len(laid_out(TEXTS[name]))
    assert root.findtext(f"{SVG}title").startswith("Laurel: ")
    assert root.findtext(f"{SVG}desc").endswith(TEXTS[name].url)
    assert set(root.find(f"{SVG}g").attrib) == {"fill"}
    assert root.get("role") == "img"
    named = {element.get("id") for element in root if element.get("id")}
    assert named == set(root.get("aria-labelledby").split())
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", root.find(f"{SVG}path").get("d"))]
    assert min(numbers) > 0
    assert max(numbers) < WIDTH


DIFFICULT = {
    **TEXTS,
    **{
        f"award {number}": LaurelTexts(name[:120], "Contest of Contests", AT, year="2026")
        for number, name in enumerate(NAMES)
    },
    **{
        f"contest {number}": LaurelTexts("Official Selection", name, AT, "Finalist")
        for number, name in enumerate(NAMES)
    },
}


@pytest.mark.parametrize("name", DIFFICULT)
def test_no_word_is_cut_or_without_a_glyph_and_none_touches_a_leaf_the_edge_or_another(name):
    texts = DIFFICULT[name]
    placed = laid_out(texts)
    assert [part.block.cut for part in placed] == [False] * len(placed)
    assert missing(texts.award + texts.contest) == set()
    seen = white(texts)
    left, top, right, bottom = seen.getbbox()
    assert min(left, top, WIDTH - right, HEIGHT - bottom) >= 50
    # Even with a margin of twelve units on every side, the words touch no leaf.
    small = seen.reduce(4).filter(ImageFilter.MaxFilter(7))
    assert ImageChops.multiply(small, branches.mask().reduce(4)).getbbox() is None
    lines = [box for part in placed for box in part.boxes]
    assert all(above[3] < below[1] for above, below in pairwise(lines))


def test_the_award_is_the_largest_word_and_for_no_winner_the_standing_is():
    sizes = [part.block.size for part in laid_out(NEXTGEN)]
    assert sizes[0] == max(sizes)
    placed = laid_out(TEXTS["all parts"])
    assert placed[0].block.size == max(part.block.size for part in placed)
    assert [line.text for line in placed[0].block.lines] == ["FINALIST"]


@pytest.mark.parametrize("file", [file for file in FILES if file.endswith(".png")])
def test_a_png_is_2400_px_wide_with_the_ground_that_it_says_and_an_empty_margin(file):
    image = Image.open(BytesIO(drawn(NEXTGEN, file)))
    assert image.size == (2400, 1440)
    is_dark = file.startswith("on-dark")
    ink, ground = ((237, 231, 220), (15, 14, 13)) if is_dark else ((26, 22, 19), (250, 247, 240))
    if "transparent" in file:
        assert image.mode == "RGBA"
        assert image.getchannel("A").getextrema() == (0, 255)
        alpha = image.getchannel("A")
        seen = alpha.getbbox()
        opaque = {colour[:3] for _number, colour in image.getcolors(1 << 22) if colour[3] == 255}
    else:
        assert image.mode == "RGB"
        seen = ImageChops.difference(image, Image.new("RGB", image.size, ground)).getbbox()
        opaque = {colour for _number, colour in image.getcolors(1 << 22)}
        assert ground in opaque
    assert ink in opaque
    assert ((216, 180, 92) if is_dark else (138, 106, 20)) in opaque
    left, top, right, bottom = seen
    assert min(left, top, 2400 - right, 1440 - bottom) >= 40
    assert image.text["Title"] == "Laurel: Grand Prize, KlingAI NextGen Creative Contest"


def test_the_branches_mirror_each_other():
    mask = branches.mask()
    assert ImageChops.difference(mask, mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT)).getbbox() is None
    assert mask.getbbox()[0] > 100


def test_svg_and_png_show_the_same_branches():
    """Both files draw the same outlines, so they have the same number of closed contours."""
    assert branches.path_data().count("Z") == len(branches.left())


@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES)
def test_each_file_is_served_as_what_it_is_with_a_name(client, nextgen, file):
    response = client.get(f"/laurels/YKQ8N-CFK23/{file}")
    assert response.status_code == 200
    kind = "image/svg+xml" if file.endswith(".svg") else "image/png"
    assert response.headers["Content-Type"] == kind
    assert response.headers["Content-Disposition"] == f'inline; filename="laurel-nextgen-grand-prize-{file}"'
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.django_db
def test_asked_for_again_it_is_not_drawn_again(client, nextgen, monkeypatch):
    address = "/laurels/YKQ8N-CFK23/on-light.png"
    etag = client.get(address).headers["ETag"]
    monkeypatch.setattr("publishing.laurels.drawn", None)
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)


@pytest.mark.django_db
def test_the_laurel_of_nextgen_has_no_year_since_no_source_gives_one(client, nextgen):
    title = said(client, Recognition.objects.get(key="nextgen-alzheimer-grand-prize"))
    assert title == "Laurel: Grand Prize, KlingAI NextGen Creative Contest"


@pytest.mark.django_db
def test_the_year_is_that_of_the_ceremony_in_the_contest_s_time_zone(client):
    contest = make.ContestFactory(revealed=True, title="Contest", time_zone="Asia/Tokyo")
    row = won(contest=contest)
    assert said(client, row) == "Laurel: Grand Prize, Contest"
    make.EventFactory(contest=contest, kind="panel", starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert said(client, row) == "Laurel: Grand Prize, Contest"
    make.EventFactory(contest=contest, starts_at=datetime(2025, 12, 31, 20, tzinfo=UTC))
    assert said(client, row) == "Laurel: Grand Prize, Contest, 2026"
    make.EventFactory(contest=contest, starts_at=datetime(2027, 6, 1, tzinfo=UTC))
    assert said(client, row) == "Laurel: Grand Prize, Contest"


@pytest.mark.django_db
def test_a_year_that_the_edition_says_is_not_said_twice(client):
    contest = make.ContestFactory(revealed=True, title="Contest", year_label="2026")
    make.EventFactory(contest=contest, starts_at=datetime(2026, 6, 1, tzinfo=UTC))
    assert said(client, won(contest=contest)) == "Laurel: Grand Prize, Contest 2026"


@pytest.mark.django_db
def test_a_standing_other_than_winner_comes_first(client):
    assert said(client, won(standing="finalist")) == "Laurel: Finalist, Grand Prize, Contest of Contests"


@pytest.mark.django_db
def test_the_address_on_it_is_that_of_the_host_that_was_asked(client):
    row = won()
    texts = texts_of(
        type(row).objects.for_laurel(Viewpoint(row.award.contest.reveal_at)).get(), "https://a.example/verify/X/"
    )
    assert texts.url == "a.example/verify/X"
    description = ElementTree.fromstring(body(client, f"/laurels/{row.code}/on-dark.svg")).findtext(f"{SVG}desc")
    assert description.endswith(f"Check whether the award is still valid: testserver/verify/{row.code}")


@pytest.mark.django_db
def test_a_synthetic_laurel_says_so(client):
    contest = make.ContestFactory(revealed=True, title="Contest", key="synthetic-contest")
    row = won(contest=contest)
    assert said(client, row) == "Laurel: Grand Prize, Contest, synthetic"


@pytest.mark.django_db
def test_a_revoked_award_has_no_laurel_and_a_restored_one_has_it_again(client):
    row = won()
    results.revoke(row, actor=None, reason="Not theirs.")
    response = client.get(f"/laurels/{row.code}/on-light.png")
    assert response.status_code == 410
    text = response.content.decode()
    assert "This laurel is withdrawn" in text
    assert f'href="/verify/{row.code}/"' in text
    results.restore(type(row).objects.get(), actor=None, reason="It was right.")
    assert client.get(f"/laurels/{row.code}/on-light.png").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["YKQ8N-CFK23/on-light.gif", "YKQ8N-CFK23/x", "ykq8n-cfk23/on-light.svg", "YKQ8N-CFK24/on-light.svg", "%00/%00"],
)
def test_what_is_none_of_the_files_is_nothing(client, nextgen, path):
    assert client.get(f"/laurels/{path}").status_code == 404


@pytest.mark.django_db
def test_the_page_of_a_film_offers_each_laurel_in_force_and_the_rules(client):
    contest = make.ContestFactory(revealed=True)
    film = make.SubmissionFactory(contest=contest)
    stands = make.RecognitionFactory(award__contest=contest, submission=film)
    gone = make.RecognitionFactory(award__contest=contest, submission=film, revoked=True)
    page = body(client, film.get_absolute_url())
    assert re.findall(r'href="(/laurels/[^"]+)"', page) == [f"/laurels/{stands.code}/{file}" for file in FILES]
    assert f'href="/verify/{stands.code}/"' in page
    assert "on posters, trailers and pages of this film" in page
    assert gone.code not in page


@pytest.mark.django_db
def test_the_page_of_a_person_offers_their_own_laurels_and_not_those_of_their_films(client):
    contest = make.ContestFactory(revealed=True)
    own = make.RecognitionFactory(award__contest=contest, of_person=True)
    film = make.RecognitionFactory(award__contest=contest)
    make.CreditFactory(submission=film.submission, person=own.person)
    page = body(client, own.person.get_absolute_url())
    assert len(re.findall(rf'href="/laurels/{own.code}/', page)) == len(FILES)
    assert film.code not in page


@pytest.mark.django_db
def test_a_film_without_an_award_offers_none(client):
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True))
    page = body(client, film.get_absolute_url())
    assert "share-laurels" not in page
