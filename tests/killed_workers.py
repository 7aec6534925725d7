"""
Starts workers, kills each in the middle of a task (SIGKILL), and starts the next one, until all tasks are done. Run by
`test_killed_workers.py` as a process of its own, with a database and a media folder of its own. Prints the result as
JSON.
"""

import json
import os
import signal
import sys
from pathlib import Path

import django
from django.conf import settings

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402

from publishing import tasks as publishing_tasks  # noqa: E402
from record import mail, source_checks  # noqa: E402
from record.images import renditions  # noqa: E402
from record.link_check import Found  # noqa: E402
from record.models import Source  # noqa: E402
from search import index  # noqa: E402
from search.models import Change  # noqa: E402

folder = Path(sys.argv[1])


def die(name):
    """Kill this process, but only once for each name."""
    if not (folder / name).exists():
        (folder / name).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def note(text):
    with open(folder / "notes", "a") as file:
        file.write(f"{text}\n")


def patch():
    """Make each task kill its worker when half of the work is done."""
    send, options, parts, refresh = mail._send, renditions._options, publishing_tasks._parts, index._refresh_some

    def sent(message):
        note(f"mail {message.message()['Message-ID']} {send(message)}")
        die("mail")

    def second_rendition(extension, width):
        if extension == "webp":
            die("renditions")
        return options(extension, width)

    def first_part(*given):
        for part in parts(*given):
            yield part
            die("press kit")

    def first_batch(*given):
        try:
            return refresh(*given)
        finally:
            die("index")

    class Checker:
        def __init__(self, user_agent):
            pass

        def check(self, url):
            if url.endswith("2"):
                die("links")
            note(f"link {url}")
            return Found(Source.LinkState.ANSWERS, "200")

    mail._send, renditions._options, publishing_tasks._parts = sent, second_rendition, first_part
    index._refresh_some, source_checks.LinkChecker = first_batch, Checker


def worker():
    """Run a worker until nothing is left to do. Return its exit code; -9 means that it was killed."""
    connections.close_all()
    if not (process := os.fork()):
        patch()
        call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0, reload=False)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


codes = []
while len(codes) < 10 and codes[-1:] != [0]:
    codes.append(worker())
    # Otherwise the next worker waits for a minute before it takes up the task.
    DBTaskResult.objects.filter(status="RUNNING").update(started_at="2026-01-01T00:00Z")

result = {
    "codes": codes,
    "tasks": sorted([row.task_path, row.status, len(row.worker_ids)] for row in DBTaskResult.objects.all()),
    "errors": [row.traceback for row in DBTaskResult.objects.exclude(traceback="")],
    "notes": (folder / "notes").read_text().splitlines(),
    "files": sorted(str(path.relative_to(settings.MEDIA_ROOT)) for path in Path(settings.MEDIA_ROOT).rglob("*.*")),
    "changes": Change.objects.count(),
    "states": list(Source.objects.exclude(url="").order_by("url").values_list("link_state", flat=True)),
}
print(json.dumps(result))
