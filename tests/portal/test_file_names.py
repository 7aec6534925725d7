"""The names of files in a static copy are possible, and different, on every file system."""

import re
import unicodedata
from itertools import product

import pytest

from portal.static_copy.addresses import LONGEST, Address, file_name

DEVICES = ["con", "prn", "aux", "nul", "com1", "lpt9", "com¹", "CON", "Aux.html", "nul.tar.gz", "con .txt"]
DOTTED = ["a.", "a..", "a ", "a. .", ".", "..", "...", " "]
SPECIAL = [f"a{character}b.png" for character in '<>:"|?*\\/\x00\x1f\n']
SAME = ["Gala", "gala", "GALA", "straße", "STRASSE", "strasse", "été", unicodedata.normalize("NFD", "été"), "Été"]


def is_possible(name):
    """Return whether Windows allows the name, and no file system takes it for that of a device or a folder above."""
    stem = name.split(".")[0].rstrip(" ").lower()
    is_device = re.fullmatch(r"con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]", stem)
    return not (is_device or re.search(r'[\x00-\x1f<>:"/\\|?*]|[. ]$', name) or len(name.encode()) > 255)


def as_compared(name):
    """Return what file systems compare that don't distinguish capitals and composed letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


@pytest.mark.parametrize("name", [*DEVICES, *DOTTED, *SPECIAL])
def test_names_that_windows_refuses_get_others(name):
    assert not is_possible(name)
    assert is_possible(file_name(name))


def test_no_two_names_collide():
    names = [*DEVICES, *DOTTED, *SPECIAL, *SAME, "a-b.png", "a", "-", "x" * 300, "x" * 301, f"{'X' * 300}.png"]
    made = {name: file_name(name) for name in names}
    assert all(map(is_possible, made.values()))
    assert len({as_compared(name) for name in made.values()}) == len(names)


@pytest.mark.parametrize(
    "name", ["alzheimer", "c-one", "card.png", "feed.atom", "長い-名前", "été", "base.1a2b3c.css", ""]
)
def test_other_names_stay(name):
    assert file_name(name) == name


def test_a_changed_name_keeps_its_extension_and_its_length():
    assert re.fullmatch(r"con-[0-9a-f]{8}\.json", file_name("con.json"))
    assert re.fullmatch(r"poster-[0-9a-f]{8}\.jpg", file_name("Poster.JPG"))
    assert len(file_name(f"{'人' * 300}.png").encode()) <= LONGEST
    assert file_name(f"{'人' * 300}.png").endswith(".png")


def test_all_parts_of_the_url_of_a_page_are_possible_names():
    for name, language in product(["con", "Gala", "what%3F", "a."], ["en", "pl"]):
        page, file = (
            Address(language, f"contests/{name}/").file(),
            Address(language, f"contests/{name}/card.png").file(),
        )
        assert page.rpartition("/")[0] == file.rpartition("/")[0]
        assert all(map(is_possible, [*page.split("/"), *file.split("/")]))
    assert Address("en", "people/", ("role", "nul:")).file() != Address("en", "people/", ("role", "nul?")).file()


def test_the_code_of_a_laurel_stays_because_it_is_always_in_capitals():
    assert Address("en", "laurels/2YSB9-BT410/on-light.svg").file() == "laurels/2YSB9-BT410/on-light.svg"
    assert Address("en", "people/2YSB9-BT410/").file() != "people/2YSB9-BT410/index.html"
