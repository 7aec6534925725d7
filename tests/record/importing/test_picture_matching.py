"""The row that a picture belongs to, by the name of its file."""

import pytest

from record.importing.picture_matching import Candidate, Index

STREET = Candidate(1, "Specimen Street", "specimen-street", ("Specimen Street", "Ulica Próbna"), "SP0001", "abc23")
ELAN = Candidate(2, "Élan", "elan", ("Élan", ""), "SP0002")
TWIN = Candidate(3, "Twin", "twin", ("Twin", ""), "SP0003")
OTHER_TWIN = Candidate(4, "Twin", "twin-2", ("Twin", ""), "12")
FINAL = Candidate(5, "The Final", "the-final", ("The Final", ""), "2026/7")
KOREAN = Candidate(6, "시작", "시작", ("시작", ""))
ROWS = (STREET, ELAN, TWIN, OTHER_TWIN, FINAL, KOREAN)


@pytest.mark.parametrize(
    ("name", "row", "how"),
    [
        ("SP0001.jpg", STREET, "number"),
        ("sp0001 - Specimen Street.JPG", STREET, "number"),
        ("SP0001_a still of it.png", STREET, "number"),
        ("specimen-street.png", STREET, "slug"),
        ("Specimen Street_poster.jpeg", STREET, "slug"),
        ("specimen street (1).jpg", STREET, "slug"),
        ("specimen street (1)_final_v2.jpg", STREET, "slug"),
        ("ULICA PROBNA.webp", STREET, "name"),
        ("abc23.jpg", STREET, "key"),
        ("E\u0301lan.jpg", ELAN, "slug"),
        ("twin-2.jpg", OTHER_TWIN, "slug"),
        ("12 - Twin 2.jpg", OTHER_TWIN, "number"),
        # An ending is left out only if nothing matches with it.
        ("The Final.jpg", FINAL, "slug"),
        ("2026_7.jpg", FINAL, "number"),
        ("시작.jpg", KOREAN, "slug"),
    ],
)
def test_file_name_finds_its_row(name, row, how):
    match = Index(ROWS).of_file(name)
    assert (match.row, match.how) == (row, how)


@pytest.mark.parametrize(
    ("name", "several"),
    [
        ("Twin.jpg", [TWIN, OTHER_TWIN]),
        # The number and the title name two rows.
        ("SP0002 - Specimen Street.jpg", [ELAN, STREET]),
        ("12 Angry Men.jpg", []),
        ("SP00011.jpg", []),
        ("street.jpg", []),
        ("★.jpg", []),
        (".jpg", []),
    ],
)
def test_name_that_fits_no_row_or_two_is_not_guessed(name, several):
    match = Index(ROWS).of_file(name)
    assert match.row is None
    assert sorted(row.pk for row in match.several) == sorted(row.pk for row in several)


def test_family_name_may_come_first():
    person = Candidate(1, "Lee Hwan-kyung", "lee-hwan-kyung", ("Lee Hwan-kyung",))
    assert Index([person], any_order=True).of_file("Hwan-kyung_Lee portrait.jpg").row == person
    assert Index([person]).of_file("Hwan-kyung_Lee portrait.jpg").row is None


def test_slug_that_an_editor_enters_wins_over_a_name():
    assert Index(ROWS).of_text("twin").row == TWIN
    assert Index(ROWS).of_text("Specimen").row is None
