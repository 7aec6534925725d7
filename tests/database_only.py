"""
A pytest plugin that runs the tests whose result can depend on the database: `pytest -p tests.database_only`.

The others (no database at all, or a browser's view of pages that the client of Django's tests reads as well) are run
once, on SQLite.
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
