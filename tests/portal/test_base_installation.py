"""`make run` installs requirements/base.txt alone: no module may need more, but those for one kind of server."""

import re
import subprocess
import sys
from importlib import metadata

from django.conf import settings

#: Modules that are loaded only where the server of that kind is used.
OPTIONAL = {"portal.databases.postgresql", "portal.redis_cache", "record.media.s3"}
LOADS_ALL = """
import pkgutil, sys, importlib

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"{name} is not in requirements/base.txt", name=name)

sys.meta_path.insert(0, Refusing())
import django
from django.core.management import call_command
django.setup()
call_command("check")
import portal.wsgi
for app in APPS:
    for module in pkgutil.walk_packages([app], f"{app}."):
        if not module.name.startswith(OPTIONAL):
            importlib.import_module(module.name)
"""


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_no_module_needs_more_than_the_base_requirements():
    lines = (settings.BASE_DIR / "requirements" / "base.txt").read_text()
    base = {canonical(name) for name in re.findall(r"^([\w.-]+)==", lines, re.MULTILINE)}
    refused = {
        module
        for module, names in metadata.packages_distributions().items()
        if not any(canonical(name) in base for name in names)
    }
    assert {"redis", "psycopg", "boto3", "storages", "pytest"} <= refused
    apps = [path.parent.name for path in settings.BASE_DIR.glob("*/apps.py")]
    code = f"REFUSED, APPS, OPTIONAL = {refused!r}, {apps!r}, {tuple(OPTIONAL)!r}\n{LOADS_ALL}"
    environment = {"DJANGO_SETTINGS_MODULE": "portal.settings", "DATABASE_URL": "sqlite://:memory:", "PATH": ""}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
