"""A worker that is killed in the middle of any task: the next one finishes the work, and nothing half-done is left."""

import json
import os
import subprocess
import sys

import pytest
from django.core.mail import send_mail
from django_tasks_db.models import DBTaskResult

from publishing.tasks import make_press_kit
from record import background, source_checks
from record.models import Source
from search.tasks import update_index
from tests import factories as make
from tests.record.test_renditions import portrait_of
from tests.test_page_cache_live import ROOT, database_url
from tests.worker import worker

__all__ = ["database_url", "worker"]


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_leaves_is_finished_by_the_next_one(worker, settings, tmp_path, request):
    settings.EMAIL_BACKEND, settings.EMAIL_BY_WORKER = "record.mail.Backend", True
    portrait = portrait_of().portrait
    contest = make.ContestFactory(revealed=True)
    for number in (1, 2, 3):
        make.SourceFactory(url=f"https://example.org/{number}")
    source_checks.begin(Source.objects.filter(url__startswith="https://example.org/"))
    background.start(make_press_kit, of="contest", pk=contest.pk, language="en", prefix="/")
    background.start(update_index)
    send_mail("Subject", "Text", None, ["ann@example.org"])
    tasks = sorted(DBTaskResult.objects.values_list("task_path", flat=True))
    assert len(tasks) == 5
    environ = {
        **{"DATABASE_URL": request.getfixturevalue("database_url"), "TASKS": "database", "EMAIL_URL": "dummymail://"},
        **{"DJANGO_SETTINGS_MODULE": "portal.settings", "SECRET_KEY": settings.SECRET_KEY},
        **{"MEDIA_ROOT": str(settings.MEDIA_ROOT)},
    }
    command = [sys.executable, "-m", "tests.killed_workers", str(tmp_path)]
    run = subprocess.run(
        command, env=os.environ | environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=120, check=True
    )
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["errors"] == []
    assert found["codes"] == [-9] * 5 + [0]
    assert found["tasks"] == [[path, "SUCCESSFUL", 2] for path in tasks]
    # An e-mail is sent again, with the same ID; a link that was checked is not checked again.
    first, second = (note for note in found["notes"] if note.startswith("mail"))
    assert first == second
    assert sorted(note for note in found["notes"] if note.startswith("link")) == [
        f"link https://example.org/{number}" for number in (1, 2, 3)
    ]
    assert found["states"] == ["answers"] * 3
    assert found["changes"] == 0
    renditions = [name for name in found["files"] if name.startswith(f"{portrait.name}.")]
    assert [name.rpartition(".")[2] for name in renditions] == ["avif", "webp"]
    kits = [name for name in found["files"] if name.startswith("press-kits/")]
    assert [name.rpartition(".")[2] for name in kits] == ["zip"]
