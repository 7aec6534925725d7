"""docs/security.md names modules and tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text()


def test_every_path_in_the_document_exists():
    named = set(re.findall(r"`((?:[a-z_]+/)+(?:[\w.]+)?|[A-Z]+\.md)`", TEXT))
    assert len(named) > 50
    assert {path for path in named if not (ROOT / path).exists()} == set()
    links = set(re.findall(r"\]\(([^)#]+)\)", TEXT))
    assert {link for link in links if not (ROOT / "docs" / link).exists()} == set()


def test_every_row_of_the_table_says_how_far_it_is_met():
    rows = [line.split("|") for line in TEXT.splitlines() if re.match(r"\| \d+\.\d", line)]
    assert {row[2].strip() for row in rows} == {"Yes", "Part", "No", "Operator"}
    chapters = {int(number) for row in rows for number in re.findall(r"(\d+)\.\d+", row[1])}
    assert chapters == set(range(1, 15))


def test_every_attack_test_is_named():
    files = {f"tests/security/{file.name}" for file in (ROOT / "tests" / "security").glob("test_*.py")}
    assert {file for file in files if file not in TEXT} == {"tests/security/test_security_docs.py"}
