"""Imports run one way: judging -> contests -> people. `portal` may import the apps, none of them its views or URLs."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "people": {"people"},
    "contests": {"contests", "people"},
    "judging": {"judging", "contests", "people"},
}


def imports_of(path: Path) -> set[str]:
    """The modules that the file imports, wherever in it; relative ones as seen from its package."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def files_of(app: str) -> list[Path]:
    return sorted((ROOT / app).rglob("*.py"))


@pytest.mark.parametrize("app", [app for app in ALLOWED if (ROOT / app).is_dir()])
def test_apps_import_only_what_stands_below_them(app):
    own = {"people", "contests", "judging", "portal"}
    offences = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in files_of(app)
        for module in imports_of(path)
        if module.split(".")[0] in own - ALLOWED[app]
    ]
    assert files_of(app)
    assert offences == []


def test_a_relative_and_a_nested_import_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_imports.ROOT", tmp_path)
    module = tmp_path / "people" / "models" / "person.py"
    module.parent.mkdir(parents=True)
    module.write_text("from ..querysets import X\ndef f():\n    import contests.models\n")
    assert imports_of(module) == {"record.querysets", "record.querysets.X", "contests.models"}


def test_no_module_has_a_name_that_says_nothing():
    empty_names = {"utils", "helpers", "services", "common", "misc"}
    assert [p for app in ("people", "contests", "portal") for p in files_of(app) if p.stem in empty_names] == []
