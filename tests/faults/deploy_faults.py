"""Scenario: a new version with a migration is deployed while requests and saves run."""

import re
import shutil
import time
from pathlib import Path
from signal import SIGHUP

from tests.faults.portal import ROOT, Portal
from tests.faults.processes import until
from tests.faults.trial import Trial, wait

#: The folders of a version, and the tests, which make the rows.
FOLDERS = [
    *("record", "accounts", "people", "contests", "search", "api", "publishing", "portal"),
    *("templates", "static", "locale", "fixtures", "tests"),
]
#: What a new version adds: a column that may be empty, as docs/upgrading.md asks for.
OLD = "    headline = models.CharField("
NEW = '    remark = models.TextField("remark", null=True, blank=True)\n    headline = models.CharField('

COUNT = (
    "import django; django.setup(); from people.models import Person; print(Person.objects.filter(remark=None).count())"
)


def deploy_with_migration(trial: Trial) -> None:
    """A deploy with a migration while requests and saves run"""
    code = trial.folder / "code"
    code.mkdir()
    for name in FOLDERS:
        shutil.copytree(ROOT / name, code / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, code)
    portal = trial.portal({"STATIC_ROOT": str(trial.folder / "static")}, code=code, serve=False)
    shutil.copytree(trial.lab.base("sqlite").environment["STATIC_ROOT"], portal.environment["STATIC_ROOT"])
    portal.serve()
    assert portal.server
    with trial.loaded(portal, kinds=("created", "title", "created", "pair")) as load:
        wait(3)
        begun = time.monotonic()
        _new_version(code)
        for command in upgrade_commands():
            portal.manage(*command)
        old = portal.server.workers()
        portal.server.signal(SIGHUP)
        until(lambda: _replaced(portal, old), 60, "The workers were not replaced")
        done = time.monotonic()
        wait(5)
    trial.note(f"the deploy took {done - begun:.1f} s")
    refused = [event for event in load.tally.events if event.verdict == "refused"]
    trial.expect(not refused, f"{len(refused)} requests were refused during the deploy")
    written = [event for event in load.tally.between(begun, done) if event.kind == "save" and event.verdict == "served"]
    trial.expect(written, "nothing was saved during the deploy")
    trial.expect(int(portal.python("-c", COUNT).split()[-1]) > 0, "the new column is not there")
    trial.judge(portal)


def _replaced(portal: Portal, old: list[int]) -> bool:
    assert portal.server
    now = portal.server.workers()
    return len(now) >= 2 and not set(now) & set(old)


def _new_version(code: Path) -> None:
    """Add a column and its migration to the copy of the code."""
    model = code / "people" / "models" / "person.py"
    text = model.read_text()
    assert OLD in text
    model.write_text(text.replace(OLD, NEW, 1))
    last = sorted(file.stem for file in (code / "people" / "migrations").glob("0*.py"))[-1]
    field = 'models.TextField("remark", null=True, blank=True)'
    added = "\n".join(
        f'        migrations.AddField("{name}", "remark", {field}),' for name in ("person", "historicalperson")
    )
    (code / "people" / "migrations" / "9999_remark.py").write_text(
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f'    dependencies = [("people", "{last}")]\n    operations = [\n{added}\n    ]\n'
    )


def upgrade_commands() -> list[list[str]]:
    """
    Return the commands of manage.py in docs/upgrading.md, in their order. Without that page, those of
    docs/operating.md, where collectstatic comes before migrate.
    """
    page = ROOT / "docs" / "upgrading.md"
    known = {"migrate", "roles", "translations", "collectstatic", "refresh_search", "check"}
    if page.exists():
        lines = re.findall(r"manage\.py (\w+)((?: --?[\w-]+)*)", page.read_text())
        found: dict[str, list[str]] = {}
        for name, options in lines:
            if name in known and name not in found:
                found[name] = [name, *options.split()]
        if "migrate" in found:
            return list(found.values())
    return [["translations", "--compile"], ["collectstatic", "--no-input"], ["migrate"], ["roles"]]
