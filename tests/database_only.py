"""
A pytest plugin that selects the tests whose result can depend on the database: `pytest -p tests.database_only`.

All other tests run only on SQLite: those that use no database, and browser tests of pages that other tests request with
Django's test client.
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
