"""Scenarios: Redis, the storage for uploads, or the mail server is away."""

import time

from tests.faults.client import Answer, Client, Form
from tests.faults.portal import Portal
from tests.faults.processes import free_port
from tests.faults.services import Mail
from tests.faults.trial import Trial, wait


def redis_gone(trial: Trial) -> None:
    """Redis gone for 12 s"""
    redis = trial.redis()
    portal = trial.portal({"CACHE_URL": redis.url, "API_RATE_LIMIT": "60"})
    rows, password = portal.seeds["editors"][0], portal.seeds["password"]
    with trial.loaded(portal):
        wait(4)
        before = len(portal.log_lines())
        redis.service.kill()
        gone = time.monotonic()
        signed_in = Client(portal.port, ip="127.0.3.1").sign_in(rows["email"], password)
        trial.expect(signed_in.status == 302, f"sign-in without Redis: {signed_in.status} {signed_in.error}")
        # Limits are counted by each process now: two workers let at most twice as much pass.
        caller = Client(portal.port, ip="127.0.3.2")
        answers = [caller.get("/api/v1/people?page_size=1").status for _ in range(130)]
        trial.expect(429 in answers, f"130 API requests without Redis: {sorted(set(answers))}, never 429")
        guesser = Client(portal.port, ip="127.0.3.3")
        # Five wrong guesses for each worker; requests go to either, so some more make sure of both.
        for _ in range(30):
            guesser.sign_in(rows["email"], "wrong password")
        last = guesser.sign_in(rows["email"], password)
        trial.expect(last.status != 302, "guessing passwords has no limit without Redis")
        trial.expect(not last.error and last.status < 500, f"the 13th sign-in: {last.status} {last.error}")
        wait(max(gone + 12 - time.monotonic(), 0))
        trial.quiet_log(portal, 24, before)
        redis.service.start()
        redis.wait()
        wait(4)
    trial.judge(portal)


def storage_gone(trial: Trial) -> None:
    """Storage for uploads (S3) gone for 10 s"""
    storage = trial.storage()
    environment = {
        "MEDIA_STORAGE": f"s3://laurel?endpoint=http://127.0.0.1:{storage.port}",
        "AWS_ACCESS_KEY_ID": "for-the-test",
        "AWS_SECRET_ACCESS_KEY": "for-the-test",
    }

    def files(portal: Portal) -> None:
        portal.copy_of(trial.lab.base("sqlite"))
        said = portal.python("-c", UPLOAD, portal.environment["MEDIA_ROOT"], str(storage.port)).split()
        if said[-1] != "stored":
            raise AssertionError("MEDIA_STORAGE changes nothing: uploads are still stored in MEDIA_ROOT")

    portal = trial.portal(environment, files=files)
    with trial.loaded(portal, forms=True) as load:
        wait(4)
        before = len(portal.log_lines())
        begun = time.monotonic()
        storage.tell("away")
        wait(5)
        answer = Client(portal.port).get("/readyz")
        trial.expect(answer.status == 503, f"/readyz while the storage is away: {answer.error or answer.status}")
        wait(5)
        storage.tell("back")
        back = wait(1)
        wait(5)
    saved = [event for event in load.tally.between(begun, back) if event.kind == "save" and event.verdict == "served"]
    trial.expect(saved, "nothing could be saved while the storage was away, although most forms have no file")
    trial.forms_come_back(load.tally.between(begun, back))
    trial.quiet_log(portal, 24, before)
    trial.judge(portal)


def _reset(portal: Portal, email: str) -> Answer:
    """Ask for a new password as a stranger."""
    client = Client(portal.port, ip="127.0.4.2")
    path = "/account/password/reset/"
    fields = Form.of(client.get(path).text, "reset") or {}
    return client.post(path, {**fields, "email": email})


#: Makes the bucket, and stores the files of a folder in it.
UPLOAD = """
import sys, pathlib, boto3, django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
folder = pathlib.Path(sys.argv[1])
if isinstance(default_storage, FileSystemStorage):
    print("folder")
    raise SystemExit
boto3.client("s3", endpoint_url=f"http://127.0.0.1:{sys.argv[2]}", aws_access_key_id="for-the-test",
    aws_secret_access_key="for-the-test", region_name="us-east-1").create_bucket(Bucket="laurel")
for file in folder.rglob("*"):
    if file.is_file():
        default_storage.save(str(file.relative_to(folder)), ContentFile(file.read_bytes()))
        file.unlink()
print("stored")
"""


def mail_gone(trial: Trial) -> None:
    """Mail server away, then silent, while invitations are sent"""
    port = free_port()
    portal = trial.portal({"EMAIL_URL": f"smtp://127.0.0.1:{port}"})
    rows = portal.seeds["editors"][0]
    client = Client(portal.port, ip="127.0.4.1")
    trial.expect(client.sign_in(rows["email"], portal.seeds["password"]).status == 302, "no sign-in")
    with trial.loaded(portal, editors=2, kinds=("title",)):
        wait(2)
        away = _invite(portal, client, "away@example.org")
        trial.expect(away.status == 302, f"an invitation without a mail server: {away.status} {away.error}")
        page = client.get(away.location or "/admin/")
        trial.expect("could not be sent" in page.text, "no message says that the e-mail could not be sent")
        answers = [_reset(portal, email) for email in (portal.seeds["editors"][1]["email"], "nobody@example.org")]
        said = [answer.error or answer.status for answer in answers]
        trial.expect(said[0] == said[1], f"a password reset tells who has an account: {said}")
        trial.expect(said[0] != 500, "a password reset without a mail server: 500")
        with Mail(port, silent=True):
            silent = _invite(portal, client, "silent@example.org", 60)
            trial.note(f"with a silent mail server, an invitation took {silent.seconds:.1f} s")
            trial.expect(silent.status == 302, f"an invitation with a silent server: {silent.status} {silent.error}")
            trial.expect(silent.seconds < 30, f"a silent mail server held a thread for {silent.seconds:.0f} s")
        with Mail(port) as mail:
            again = _send_again(trial, portal, client, "away@example.org")
            trial.expect(again.status == 302, f"sending again: {again.status} {again.error}")
            trial.expect(len(mail.received) == 1, f"{len(mail.received)} e-mails arrived after sending again, not 1")
    found = portal.python("-c", INVITATIONS).splitlines()[-1]
    expected = "away@example.org 1 1,silent@example.org 1 1"
    trial.expect(found == expected, f"invitations with their histories: {found}, not {expected}")
    trial.judge(portal)


#: Prints for each address how many invitations there are, and how many first entries of a history.
INVITATIONS = """
import django; django.setup()
from accounts.models import Invitation
rows = Invitation.objects.filter(email__in=["away@example.org", "silent@example.org"]).order_by("email")
def line(row):
    same = Invitation.objects.filter(email=row.email).count()
    return f"{row.email} {same} {Invitation.history.filter(email=row.email, history_type='+').count()}"
print(",".join(line(row) for row in rows))
"""


#: Prints the key of an invitation.
KEY = """
import sys, django; django.setup()
from accounts.models import Invitation
print(Invitation.objects.get(email=sys.argv[1]).pk)
"""


def _invite(portal: Portal, client: Client, email: str, deadline: float = 20) -> Answer:
    path = "/admin/accounts/invitation/add/"
    fields = Form.of(client.get(path).text, "_form") or {}
    fields |= {"email": email, "name": "Invited", "roles": str(portal.seeds["role"]), "_save": "Save"}
    return client.post(path, fields, {}, deadline=deadline)


def _send_again(trial: Trial, portal: Portal, client: Client, email: str) -> Answer:
    pk = portal.python("-c", KEY, email).splitlines()[-1]
    page = client.get(f"/admin/accounts/invitation/{pk}/change/")
    fields = Form.of(page.text, f"/{pk}/again/") or Form.of(page.text, "again") or Form.of(page.text, "_form") or {}
    token = fields.get("csrfmiddlewaretoken", "")
    trial.expect(token, "the page of the invitation has no form to send it again")
    return client.post(f"/admin/accounts/invitation/{pk}/again/", {"csrfmiddlewaretoken": token}, deadline=20)
