"""Rules for file names. `make lint` checks the imports."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("record", "accounts", "people", "contests", "search", "api", "publishing", "portal")
EMPTY = {"utils", "helpers", "services", "common", "misc"}


def test_no_module_has_a_name_that_says_nothing():
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    assert len(modules) > 200
    assert [path for path in modules if path.stem in EMPTY] == []
