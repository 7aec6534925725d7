"""
A pytest plugin that selects the fast tests: `pytest -p tests.no_database`. `make check` runs them.

They need no database and no browser, start no processes, and draw few pictures. `make test` runs them too.
"""

import re
from pathlib import Path

import pytest

from .database_only import DATABASE

TESTS = Path(__file__).parent
# Skip these files without importing them, because importing them takes as long as the tests.
NEEDS_DATABASE = re.compile(r"^pytestmark = .*django_db", re.MULTILINE)
FOLDERS = {TESTS / "browser", TESTS / "deploy", TESTS / "permissions"}
SLOW = {"test_export_site.py", "test_laurels.py", "test_scripts.py", "test_server.py", "test_settings.py"}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if collection_path in FOLDERS or collection_path.name in SLOW:
        return True
    if collection_path.suffix == ".py" and NEEDS_DATABASE.search(collection_path.read_text()):
        return True
    return None


def is_quick(item: pytest.Item) -> bool:
    if any(item.get_closest_marker(name) for name in ("browser", "validator", "django_db")):
        return False
    return DATABASE.isdisjoint(item.fixturenames)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    others = [item for item in items if not is_quick(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if is_quick(item)]
