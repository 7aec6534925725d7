"""The plugin `no_database` selects the tests that need neither a database nor a browser."""

from pathlib import Path

import pytest

from .no_database import is_quick, pytest_ignore_collect


def test_test_without_a_row_is_quick(request):
    assert is_quick(request.node)


@pytest.mark.django_db
def test_test_with_the_database_is_not(request):
    assert not is_quick(request.node)


@pytest.mark.parametrize(
    ("text", "is_left_out"),
    [
        ("pytestmark = pytest.mark.django_db\n", True),
        ("pytestmark = [pytest.mark.validator, pytest.mark.django_db]\n", True),
        ("@pytest.mark.django_db\ndef test_a(): ...\n", None),
        ("    pytestmark = pytest.mark.django_db\n", None),
    ],
)
def test_file_is_left_out_only_when_all_of_it_needs_the_database(tmp_path: Path, text, is_left_out):
    file = tmp_path / "test_a.py"
    file.write_text(text)
    assert pytest_ignore_collect(file) is is_left_out
