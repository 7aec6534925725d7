"""External identifiers: what people may write, what is stored, and where a link leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from record.identifier_schemes import SCHEMES


@pytest.mark.parametrize(
    ("scheme", "typed", "stored", "url"),
    [
        ("wikidata", "q23", "Q23", "https://www.wikidata.org/wiki/Q23"),
        ("wikidata", "https://www.wikidata.org/wiki/Q23", "Q23", "https://www.wikidata.org/wiki/Q23"),
        ("wikidata", "http://www.wikidata.org/entity/Q23#sitelinks", "Q23", "https://www.wikidata.org/wiki/Q23"),
        ("imdb", "NM0002354", "nm0002354", "https://www.imdb.com/name/nm0002354/"),
        ("imdb", "https://www.imdb.com/title/tt0073195/?ref_=x", "tt0073195", "https://www.imdb.com/title/tt0073195/"),
        ("isan", "ISAN 0000-0000-3a8d-0000-z", "0000-0000-3A8D-0000-Z", None),
        ("isan", "0000-0000-3A8D-0000-Z-0000-0000-6", "0000-0000-3A8D-0000-Z-0000-0000-6", None),
        ("eidr", "https://doi.org/10.5240/7791-8534-2C23-9030-8610-5", "10.5240/7791-8534-2C23-9030-8610-5", None),
        ("eidr", "10.5237/9DD9-E249", "10.5237/9DD9-E249", "https://doi.org/10.5237/9DD9-E249"),
        ("viaf", "https://viaf.org/viaf/46946176/", "46946176", "https://viaf.org/viaf/46946176"),
        ("isni", "0000 0001 2150 090X", "000000012150090X", "https://isni.org/isni/000000012150090X"),
        ("isni", "https://isni.org/isni/000000012150090X", "000000012150090X", None),
        ("orcid", "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097", None),
        ("gnd", "GND 118540238", "118540238", "https://d-nb.info/gnd/118540238"),
        ("ulan", "500115588", "500115588", "https://vocab.getty.edu/page/ulan/500115588"),
        ("ror", "https://ror.org/05a28rw58", "05a28rw58", "https://ror.org/05a28rw58"),
        ("own", " A 12/3 ", "A 12/3", ""),
    ],
)
def test_an_identifier_or_the_address_of_its_page_is_accepted(scheme, typed, stored, url):
    assert SCHEMES[scheme].value_of(typed) == stored
    if url is not None:
        assert SCHEMES[scheme].url_of(stored) == url


@pytest.mark.parametrize(
    ("scheme", "typed"),
    [
        ("wikidata", "23"),
        ("wikidata", "Q23x"),
        ("imdb", "tt12"),
        ("isni", "0000000121500901"),
        ("orcid", "0000-0002-1825-0098"),
        ("isan", "0000-0000-3A8D-0000-Y"),
        ("isan", "0000-0000-3A8D-0000-Z-0000-0000-7"),
        ("eidr", "10.5240/7791-8534-2C23-9030-8610-6"),
        ("viaf", "abc"),
        ("ror", "https://ror.org/"),
        ("own", "  "),
    ],
)
def test_a_wrong_form_or_check_digit_is_refused(scheme, typed):
    assert SCHEMES[scheme].value_of(typed) is None


@pytest.mark.parametrize("key", SCHEMES)
def test_each_example_is_valid(key):
    example = SCHEMES[key].example
    assert not example or SCHEMES[key].value_of(example) == example


@pytest.mark.parametrize("key", SCHEMES)
@given(text=st.text(max_size=100))
def test_a_text_that_is_no_identifier_gets_no_link(key, text):
    scheme = SCHEMES[key]
    assert scheme.url_of(f"{text} ") == ""
    assert scheme.url_of(f"javascript:{text}") == ""
