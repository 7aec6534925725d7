"""Text in drawings works in any script, without missing, cut or overlapping characters."""

import re
from unicodedata import name

import pytest
import uharfbuzz as hb
from PIL import Image

from publishing.typesetting import POSTER, TEXT, TITLE, fit, missing, set_text
from publishing.typesetting.fonts import FACES, MARKS, cleaned, clusters, font
from tests.difficult_names import NAMES

SIZES = range(96, 27, -2)
STYLES = (TITLE, TEXT, POSTER)


def faces(text, style=TITLE, language=None):
    return {glyph.face.partition("@")[0] for glyph in set_text(text, style, 50, language).glyphs}


@pytest.mark.parametrize("text", NAMES)
def test_the_fonts_have_every_character_of_a_difficult_name(text):
    assert missing(text) == set()
    for style in STYLES:
        glyphs = set_text(text, style, 40).glyphs
        # Glyph 0 is the box that a font draws for a missing character.
        assert [glyph for glyph in glyphs if glyph.number == 0] == []
        kept = "".join(cluster for cluster, _face in clusters(cleaned(text), style, None))
        assert kept == cleaned(text)


def test_a_whole_language_can_be_set():
    hangul = "".join(map(chr, range(0xAC00, 0xD7A4)))
    han = "".join(map(chr, range(0x4E00, 0x9FA6)))
    kana = "".join(map(chr, [*range(0x3041, 0x3097), *range(0x30A1, 0x30FF)]))
    latin = "".join(c for c in map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x1E00, 0x1F00)]))
    cyrillic, greek = "".join(map(chr, range(0x400, 0x530))), "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩάέήίόύώϊϋΐΰς"
    assert missing(hangul + han + kana + latin + cyrillic + greek) == set()


def test_what_no_font_has_is_named_and_not_drawn_as_a_box():
    unknown = "\U00012000"  # This is a cuneiform sign, which no font has.
    assert name(unknown) == "CUNEIFORM SIGN A"
    assert missing(f"a{unknown}b") == {unknown}
    assert set_text(f"a{unknown}b", TITLE, 50).glyphs == set_text("ab", TITLE, 50).glyphs


@pytest.mark.parametrize("text", ["", " ", "\x00\x07", "\ud800", "\u200b", "\u202e", "\ufeff\n\t"])
def test_text_without_anything_to_draw_is_an_empty_line(text):
    line = set_text(text, TITLE, 50)
    assert (line.ink, line.path_data()) == (None, "")
    block = fit(text, TITLE, 300, 100, SIZES)
    assert (block.boxes(), block.cut) == ([], False)


def test_line_breaks_and_tabs_are_spaces():
    assert cleaned(" Lost\r\n\tand  Found ") == "Lost and Found"


def test_the_language_chooses_the_shapes_of_han_characters():
    assert faces("直", language="ja") == faces("直す") == {"japanese"}
    assert faces("直", language="zh-Hans") == faces("直") == {"chinese"}
    assert faces("直", language="ja-JP") != faces("直", language="zh-Hant")
    assert faces("한국") == faces("한국", language="en") == {"korean"}


def test_each_line_of_a_text_has_the_shapes_of_its_language():
    for language in (None, "en"):
        block = fit("直直直直直直すすすすすす", TITLE, 320, 200, [50], language)
        assert {glyph.face for line in block.lines for glyph in line.glyphs} == {"japanese"}
        assert len(block.lines) > 1


def test_a_letter_keeps_its_marks_and_joiners_keep_their_emoji():
    assert [cluster for cluster, _face in clusters("q̃é👨‍👩‍👧", TITLE, None)] == ["q̃", "é", "👨‍👩‍👧"]
    assert len(set_text("👨‍👩‍👧", TITLE, 50).glyphs) == 1
    assert len(set_text("👍🏽", TITLE, 50).glyphs) <= 2


def test_no_letter_carries_more_marks_than_any_language_needs():
    assert cleaned("a" + "\u0302" * 40) == "â" + "\u0302" * MARKS
    tower = set_text("a" + "\u0302" * 400, TITLE, 50)
    assert -tower.ink[1] < 2.5 * 50


def test_arabic_is_joined_and_runs_from_right_to_left():
    assert set_text("أليس", TITLE, 50).rtl is True
    joined, apart = set_text("بب", TITLE, 100).advance, set_text("ب", TITLE, 100).advance
    assert joined < 2 * apart
    # The first letter is at the right.
    places = [glyph.x for glyph in set_text("אב", TITLE, 50).glyphs]
    alef = set_text("א", TITLE, 50).glyphs[0].number
    assert set_text("אב", TITLE, 50).glyphs[places.index(max(places))].number == alef


def test_numbers_within_hebrew_are_read_from_left_to_right():
    numbers = [glyph.number for glyph in set_text("שלום 2024", TITLE, 50).glyphs]
    year = [glyph.number for glyph in set_text("2024", TITLE, 50).glyphs]
    assert numbers[:4] == year


def seen(text, *letters):
    """
    Return the given letters in the order in which they are drawn from left to right. Brackets are returned as they
    look.
    """
    shapes = {(glyph.face, glyph.number): letter for letter in letters for glyph in set_text(letter, TITLE, 50).glyphs}
    found = [(glyph.face, glyph.number) for glyph in set_text(text, TITLE, 50).glyphs]
    return [shapes[glyph] for glyph in found if glyph in shapes]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("A (ב) c", "A(ב)c"),
        ("(ב) A", "A(ב)"),
        ("א (A) ב", "ב(A)א"),
        ("A, א (3)", "A(3)א"),
        ("A (א, A) ב", "A(אA)ב"),
        ("א) A", "A(א"),
    ],
)
def test_brackets_face_each_other_around_what_is_in_them(text, order):
    assert "".join(seen(text, *"()Acאב3")) == order


def test_letters_set_apart_are_so_only_where_the_script_bears_it():
    for text, grows in (("WINNER", True), ("受賞者", True), ("أليس", False), ("हिन्दी", False)):
        plain, wide = set_text(text, TEXT, 50).advance, set_text(text, TEXT, 50, spacing=0.1).advance
        assert (wide > plain) is grows, text
    # There is no spacing after the last letter.
    assert set_text("AB", TEXT, 100, spacing=0.1).advance == pytest.approx(set_text("AB", TEXT, 100).advance + 10)


def test_measures_grow_with_the_size():
    small, large = set_text("Alzheimer", TITLE, 20), set_text("Alzheimer", TITLE, 60)
    assert large.advance == pytest.approx(3 * small.advance)
    assert large.ink == pytest.approx(tuple(3 * edge for edge in small.ink))
    assert large.ascent > -large.ink[1] > 0


@pytest.mark.parametrize("text", NAMES)
def test_the_ink_is_where_the_line_says(text):
    line = set_text(text, TITLE, 30)
    left, top, right, bottom = line.ink
    image = Image.new("L", (round(line.advance) + 200, 200), 0)
    line.draw(image, 100, 120, 255)
    found = image.getbbox()
    assert found == pytest.approx((100 + left, 120 + top, 100 + right, 120 + bottom), abs=2)


def test_path_data_draws_the_same_as_the_picture():
    line = set_text("Ag受", TITLE, 60)
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", line.path_data(10, 100))]
    xs, ys = numbers[::2], numbers[1::2]
    left, top, right, bottom = line.ink
    assert (min(xs), min(ys)) == pytest.approx((10 + left, 100 + top), abs=1)
    assert (max(xs), max(ys)) == pytest.approx((10 + right, 100 + bottom), abs=3)
    assert re.fullmatch(r"(?:[MLQC]-?[\d.]+(?: -?[\d.]+)+|Z)+", line.path_data())
    assert line.path_data(10, 0, "middle") == line.path_data(10 - line.advance / 2, 0)


def test_a_line_can_be_turned_around_where_it_stands():
    upright, turned = Image.new("L", (400, 400), 0), Image.new("L", (400, 400), 0)
    line = set_text("Laurel", TITLE, 40)
    line.draw(upright, 200, 200, 255)
    line.draw(turned, 200, 200, 255, turn=-90)
    left, top, right, bottom = upright.getbbox()
    assert turned.getbbox() == pytest.approx((top, 400 - right, bottom, 400 - left), abs=2)


def test_only_the_poster_has_weights():
    light, heavy = (set_text("M", POSTER, 100, weight=weight).advance for weight in (300, 900))
    assert heavy > light
    assert set_text("M", TITLE, 100, weight=900).advance == set_text("M", TITLE, 100).advance


@pytest.mark.parametrize("text", NAMES)
@pytest.mark.parametrize(("width", "height", "lines"), [(660, 300, 5), (240, 500, None), (900, 60, 1)])
def test_a_difficult_name_fits_its_box_and_no_lines_touch(text, width, height, lines):
    block = fit(text, TITLE, width, height, SIZES, None, lines)
    boxes = block.boxes()
    assert block.height <= height
    assert lines is None or len(block.lines) <= lines
    for left, top, right, bottom in boxes:
        assert -block.size * 0.2 <= left, "a mark may reach over the edge by a fifth of an em"
        assert right <= width + block.size * 0.2
        assert top >= -0.01
        assert bottom <= height + 0.01
    for above, below in zip(boxes, boxes[1:], strict=False):
        assert above[3] < below[1]
    if not block.cut:
        said = "".join(line.text for line in block.lines).replace(" ", "")
        assert said == cleaned(text).replace(" ", "")


def test_the_largest_size_that_fits_is_taken():
    assert fit("Alzheimer", TITLE, 660, 300, SIZES).size == 96
    width = set_text("Alzheimer", TITLE, 50).advance
    assert fit("Alzheimer", TITLE, width + 1, 60, SIZES).size == 50


def test_words_stay_whole_and_lines_are_about_as_long_as_each_other():
    block = fit("one two three four five six seven", TITLE, 500, 200, [60], max_lines=2)
    assert [line.text for line in block.lines] == ["one two three", "four five six seven"]
    assert block.cut is False


def test_a_word_is_broken_between_letters_only_where_no_size_holds_it():
    text = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    broken = fit(text, TITLE, 300, 300, SIZES)
    assert len(broken.lines) > 1
    room = set_text(text, TITLE, SIZES[-1]).advance + 2
    assert [line.text for line in fit(text, TITLE, room, 300, SIZES).lines] == [text]
    # Only the word that is too long is broken.
    lines = [line.text for line in fit(f"Cinematographers {'w' * 99}", TITLE, 300, 900, SIZES).lines]
    assert lines[0] == "Cinematographers"


@pytest.mark.parametrize("name", ["Cinematographers", *NAMES])
def test_a_word_is_set_smaller_rather_than_broken(name):
    words = [word for word in name.split() if word.isalpha() and word[0] < "\u0500" and len(word) < 20]
    lines = fit(name, TITLE, 420, 900, range(96, 18, -2)).lines
    assert [word for word in words if not any(word in line.text for line in lines)] == []


def test_chinese_and_japanese_break_between_characters_but_not_before_a_full_stop():
    block = fit("受賞者たちの長い夜の物語です。", TITLE, 330, 600, [64], "ja")
    assert len(block.lines) > 1
    assert [line.text[0] for line in block.lines if line.text[0] in "。、」"] == []


def test_what_is_too_long_ends_with_an_ellipsis_after_a_word():
    block = fit("word " * 100, TITLE, 400, 100, [40, 30], max_lines=2)
    assert (block.cut, block.size, len(block.lines)) == (True, 30, 2)
    assert block.lines[-1].text.endswith("word…")
    assert fit("word " * 5, TITLE, 400, 100, [30], max_lines=2).cut is False
    endless = fit("w" * 10_000, TITLE, 400, 40, [30])
    assert endless.lines[-1].text == "w" * (len(endless.lines[-1].text) - 1) + "…"


def test_hebrew_starts_at_the_right_edge():
    block = fit("שלום", TITLE, 600, 100, [60])
    (box,) = block.boxes()
    assert box[2] == pytest.approx(600, abs=6)
    (box,) = block.boxes(align="left")
    assert box[0] == pytest.approx(0, abs=6)


def test_every_font_is_whole_and_the_directory_small():
    files = {path.name.partition(".")[0]: path for path in FACES.glob("*.ttf.br")}
    for face in files:
        assert font(face).face.glyph_count > 30, face
        assert isinstance(font(face), hb.Font)
    assert sum(path.stat().st_size for path in FACES.iterdir()) < 9_500_000
    assert {face for style in STYLES for face in faces("Aąệ", style)} <= files.keys()
