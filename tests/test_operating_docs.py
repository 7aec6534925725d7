"""The documentation for operators matches the settings."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_variable_that_the_settings_read_is_documented_and_no_other():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "portal" / "settings.py").read_text()))
    # These modules read the variables of the databases and of the cache.
    for module in ("databases/configuration.py", "cache_settings.py"):
        text = (ROOT / "portal" / module).read_text()
        read |= set(re.findall(r'(?:_of_url\(env, |_number\(env, |env\.\w+\()"([A-Z_]+)"', text))
    documented = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "operating.md").read_text(), re.MULTILINE)
    assert read
    assert set(documented) == read
    assert len(documented) == len(read)
