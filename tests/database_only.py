"""
A pytest plugin that selects the tests whose result can depend on the database: `pytest -p tests.database_only`.

All other tests run only on SQLite: those that use no database, browser tests of pages that other tests request with
Django's test client, and those marked `one_database`, whose result can't depend on it: they check texts, drawings and
links of pages whose rows other tests request on both databases (for example the reveal sweep, which requests every
route), or who may open a page.
"""

import pytest

DATABASE = {"db", "transactional_db", "live_server"}


def depends_on_database(item: pytest.Item) -> bool:
    if any(map(item.get_closest_marker, ("browser", "validator", "one_database"))):
        return False
    return item.get_closest_marker("django_db") is not None or not DATABASE.isdisjoint(item.fixturenames)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    others = [item for item in items if not depends_on_database(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if depends_on_database(item)]
