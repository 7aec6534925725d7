import pytest

from record.importing import cells
from record.importing.cells import Name
from record.importing.people_names import is_of_company


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Specimen Ltd",
            "Specimen Limited",
            "Specimen, Inc.",
            "Specimen LLC",
            "Specimen GmbH & Co. KG",
            "Specimen S.r.l.",
        ),
        *("Specimen Sp. z o.o.", "Specimen sp. z o. o.", "Specimen s.r.o.", "Specimen (UK) Ltd.", "Specimen Pty Ltd"),
        *("株式会社見本", "見本 株式会社", "见本有限公司", "주식회사 견본", "(주)견본", "견본(주)", "（株）見本"),
    ],
)
def test_a_name_with_a_legal_form_is_that_of_a_company(name):
    assert is_of_company(name)
    assert cells.parse_names(name) == [Name(name)]


@pytest.mark.parametrize(
    "name",
    [
        *("Inc Sample", "Ada Inc Specimen", "Ltd", "Inc.", "Ada Quince", "Ada AG", "Bo S.A.", "Scooby Doo", "Ada Spa"),
        *("주식회사", "Specimen Films", "GmbH Specimen", "Ada Limitedova", "Ada Lincorp"),
    ],
)
def test_a_name_of_a_person_is_not_that_of_a_company(name):
    assert not is_of_company(name)
