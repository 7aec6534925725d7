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
    # As in docs/upgrading.md: each version has a folder, and a link leads to the one that is served.
    first, second = trial.folder / "1", trial.folder / "2"
    current = trial.folder / "current"
    _copy(ROOT, first)
    current.symlink_to(first)
    portal = trial.portal({"STATIC_ROOT": str(trial.folder / "static")}, code=current, serve=False)
    shutil.copytree(trial.lab.base("sqlite").environment["STATIC_ROOT"], portal.environment["STATIC_ROOT"])
    portal.serve()
    assert portal.server
    with trial.loaded(portal, kinds=("created", "title", "created", "pair")) as load:
        wait(3)
        begun = time.monotonic()
        _copy(ROOT, second)
        _new_version(second)
        commands = upgrade_commands()
        switch = [command[0] for command in commands].index("migrate") + 1
        for command in commands[:switch]:
            portal.manage(*command, code=second)
        old = portal.server.workers()
        (trial.folder / "next").symlink_to(second)
        (trial.folder / "next").replace(current)
        portal.server.signal(SIGHUP)
        until(lambda: _replaced(portal, old), 60, "The workers were not replaced")
        for command in commands[switch:]:
            portal.manage(*command)
        done = time.monotonic()
        wait(5)
    trial.note(f"the deploy took {done - begun:.1f} s")
    refused = [event for event in load.tally.events if event.verdict == "refused"]
    for event in refused[:5]:
        trial.note(f"refused {event.begun - begun:.1f} s after the start: {event.kind} {event.path}, {event.reason}")
    trial.expect(not refused, f"{len(refused)} requests were refused during the deploy")
    written = [event for event in load.tally.between(begun, done) if event.kind == "save" and event.verdict == "served"]
    trial.expect(written, "nothing was saved during the deploy")
    trial.expect(int(portal.python("-c", COUNT).split()[-1]) > 0, "the new column is not there")
    trial.judge(portal)


def _copy(code: Path, to: Path) -> None:
    to.mkdir()
    for name in FOLDERS:
        shutil.copytree(code / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(code / name, to)


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
    known = {"migrate", "roles", "translations", "collectstatic", "refresh_search"}
    if page.exists():
        lines = re.findall(r"(?:manage\.py|\blaurel) (\w+)((?: --?[\w-]+(?: \d+)?)*)", page.read_text())
        found: dict[str, list[str]] = {}
        for name, options in lines:
            if name in known and name not in found:
                found[name] = [name, *options.split()]
        if "migrate" in found:
            return list(found.values())
    return [["translations", "--compile"], ["collectstatic", "--no-input"], ["migrate"], ["roles"]]
