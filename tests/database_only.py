"""
A pytest plugin that runs only tests whose result can depend on the database: `pytest -p tests.database_only`.

The others (tests without a database, and browser tests of pages that Django's test client also reads) run only on
SQLite.
"""

import pytest

DATABASE = {"db", "transactional_db", "live_server"}


def depends_on_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("browser") or item.get_closest_marker("validator"):
        return False
    return item.get_closest_marker("django_db") is not None or not DATABASE.isdisjoint(item.fixturenames)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    others = [item for item in items if not depends_on_database(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if depends_on_database(item)]
