"""Make, take apart and damage archives of contests and series."""

import hashlib
import io
import json
import zipfile

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Q

from accounts import roles
from contests.exchange import exporting, importing
from contests.exchange.exporting import MANIFEST, as_line
from contests.exchange.kinds import KINDS
from contests.exchange.reading import Archive
from contests.models import CreditRole
from record.history import is_tracked
from record.models import FormerSlug
from tests import factories as make

APPS = ("record", "people", "contests")


def exported(row, **options):
    """Return the bytes of the archive of a contest or a series."""
    file = io.BytesIO()
    exporting.export(row, file, **options)
    return file.getvalue()


def imported(content, actor=None, **options):
    return importing.import_archive(Archive(io.BytesIO(content)), file_name="file.zip", actor=actor, **options)


def may(*given):
    """Return an account with these roles."""
    account = make.UserFactory(is_staff=True)
    roles.put_right()
    account.groups.set(Group.objects.filter(name__in=[role.value for role in given]))
    return account


def members(content):
    """Return the members of an archive: {name: bytes}."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def manifest(content):
    return json.loads(members(content)[MANIFEST])


def rows(content, kind):
    """Return the rows of one kind in an archive, as dicts."""
    return [json.loads(line) for line in members(content)[f"data/{kind}.jsonl"].splitlines()]


def packed(found, *, manifest=None):
    """Return an archive with these members, whose manifest has their checksums. `manifest` has other values for it."""
    told = json.loads(found[MANIFEST])
    others = {name: content for name, content in found.items() if name != MANIFEST}
    told["members"] = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(others.items())
    ]
    for name in told["counts"]:
        told["counts"][name] = others.get(f"data/{name}.jsonl", b"").count(b"\n")
    told |= manifest or {}
    return zipped({**others, MANIFEST: json.dumps(told).encode()})


def zipped(found):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def changed(content, kind, change, **options):
    """Return the archive with other rows of one kind: `change` gets the list of rows, and may change it."""
    found = members(content)
    told = [json.loads(line) for line in found[f"data/{kind}.jsonl"].splitlines()]
    change(told)
    found[f"data/{kind}.jsonl"] = b"".join(map(as_line, told))
    return packed(found, **options)


def empty():
    """Delete all rows that an archive can have, with their history, but not the roles in credits."""
    for model in (FormerSlug, *(kind.model for kind in reversed(KINDS.values()))):
        if model is not CreditRole:
            if is_tracked(model):
                model.history.all()._raw_delete("default")
            for field in model._meta.many_to_many:
                field.remote_field.through._base_manager.all()._raw_delete("default")
                if is_tracked(model) and field in model.history.model._history_m2m_fields:
                    getattr(model.history.model, field.name).model._base_manager.all()._raw_delete("default")
            model._base_manager.filter(Q())._raw_delete("default")


def state():
    """Return the number of rows in each table, so that a partial write shows."""
    tables = [
        model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())
