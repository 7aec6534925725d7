"""E-mails: left to the worker and tried again, or sent in the request; what is kept of them, and what a log says."""

import logging
import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Invitation
from record import mail as portal_mail
from tests.accounts.test_admin_roles import in_role
from tests.worker import worker

__all__ = ["worker"]
pytestmark = pytest.mark.django_db
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
LIST = "/admin/django_tasks_database/dbtaskresult/"
ADD = "/admin/accounts/invitation/add/"
AWAY = ConnectionRefusedError(111, "Connection refused")


@pytest.fixture(autouse=True)
def backend(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_TRANSPORT = "record.mail.Backend", LOCMEM
    settings.EMAIL_BY_WORKER = True


@pytest.fixture
def away(monkeypatch):
    """A mail server that raises the error `away.error`, if there is one, and notes the IDs of the messages it gets."""

    class Away:
        error, ids = AWAY, []

    original = mail.backends.locmem.EmailBackend.send_messages

    def send(self, messages):
        Away.ids = [*Away.ids, *(message.message()["Message-ID"] for message in messages)]
        if Away.error:
            raise Away.error
        return original(self, messages)

    monkeypatch.setattr(mail.backends.locmem.EmailBackend, "send_messages", send)
    return Away


def row():
    return DBTaskResult.objects.get()


def at(moment, **later):
    return time_machine.travel(moment + timedelta(**later), tick=False)


def everything_in(task):
    return repr({field.name: getattr(task, field.name) for field in task._meta.fields})


def test_the_worker_sends_the_message_as_it_was_written(worker):
    message = EmailMultiAlternatives("Subject – ż", "Text", None, ["ann@example.org"], reply_to=["desk@example.org"])
    message.attach_alternative("<p>Text</p>", "text/html")
    assert message.send() == 1
    assert mail.outbox == []
    assert "ann@example.org" not in everything_in(row())
    worker()
    [sent] = mail.outbox
    assert (sent.subject, sent.body, sent.to, sent.reply_to) == (
        "Subject – ż", "Text", ["ann@example.org"], ["desk@example.org"]
    )  # fmt: skip
    assert [tuple(found) for found in sent.alternatives] == [("<p>Text</p>", "text/html")]
    assert sent.from_email == "laurel@localhost"
    assert row().args_kwargs == {"args": [], "kwargs": {"about": ""}, "deleted": True}


def test_it_is_tried_for_two_hours_with_one_message_id(worker, away, caplog):
    now = timezone.now()
    send_mail("Subject", "https://laurel.example.org/secret", None, ["ann@example.org"])
    for minutes, attempts in ((0, 1), (3, 1), (5, 2), (14, 3), (31, 4), (64, 5)):
        with at(now, minutes=minutes):
            worker()
        assert (row().status, len(row().worker_ids), len(away.ids)) == ("READY", attempts, attempts)
        assert "message" in row().args_kwargs["kwargs"]
    away.error = None
    with at(now, minutes=129):
        worker()
    assert row().status == "SUCCESSFUL"
    assert len(mail.outbox) == 1
    assert len(set(away.ids)) == 1
    assert caplog.messages.count("An e-mail could not be sent: ConnectionRefusedError Connection refused") == 5
    assert "example.org" not in caplog.text


def test_after_the_last_attempt_nothing_is_left_of_it_and_it_can_not_run_again(worker, away, client):
    now = timezone.now()
    send_mail("Subject", "Text", None, ["ann@example.org"])
    DBTaskResult.objects.update(worker_ids=["a"] * 5)
    with at(now, minutes=129):
        worker()
    assert row().status == "FAILED"
    assert row().args_kwargs["kwargs"] == {"about": ""}
    client.force_login(in_role("administrator"))
    client.post(LIST, {"action": "run_again", "_selected_action": [row().pk]})
    assert row().status == "FAILED"


def test_a_worker_killed_in_the_last_attempt_leaves_nothing_of_it_either(worker):
    send_mail("Subject", "Text", None, ["ann@example.org"])
    now = timezone.now()
    DBTaskResult.objects.update(status="RUNNING", started_at=now, worker_ids=["a"] * 6)
    with at(now, seconds=61):
        worker()
    assert (row().status, row().args_kwargs["kwargs"]) == ("FAILED", {"about": ""})


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"No ann@example.org")}), "FAILED", "recipient, 550"),
        (smtplib.SMTPRecipientsRefused({"ann@example.org": (451, b"ann@example.org?")}), "READY", "recipient, 451"),
        (smtplib.SMTPDataError(554, b"ann@example.org is spam"), "READY", "SMTPDataError 554"),
        (smtplib.SMTPServerDisconnected("for ann@example.org"), "READY", "SMTPServerDisconnected"),
        (TimeoutError("timed out"), "READY", "TimeoutError"),
        (ValueError("ann@example.org"), "FAILED", "ValueError"),
    ],
)
def test_the_admin_says_why_and_shows_no_address(worker, away, client, error, status, reason):
    away.error = error
    send_mail("Subject", "Text", None, ["ann@example.org"])
    worker()
    assert row().status == status
    client.force_login(in_role("administrator"))
    pages = [client.get(url).content.decode() for url in (LIST, f"{LIST}{row().pk}/change/")]
    for page in pages:
        assert reason in page
        assert "E-mail" in page
        assert "1 / 6" in page
        assert "ann@example.org" not in page
    assert "ann@example.org" not in everything_in(row())
    assert not any("gAAAA" in page for page in pages)  # the encrypted message


def test_one_from_yesterday_is_not_sent(worker):
    now = timezone.now()
    send_mail("Subject", "Text", None, ["ann@example.org"])
    with at(now, days=1, minutes=1):
        worker()
    assert mail.outbox == []
    assert (row().status, row().args_kwargs["kwargs"]) == ("FAILED", {"about": ""})
    assert "too old" in row().traceback


def test_another_secret_key_is_named_as_the_reason(worker, settings):
    send_mail("Subject", "Text", None, ["ann@example.org"])
    settings.SECRET_KEY = "another" * 10
    worker()
    assert (row().status, "another SECRET_KEY" in row().traceback) == ("FAILED", True)


def test_an_earlier_secret_key_still_opens_it(worker, settings):
    send_mail("Subject", "Text", None, ["ann@example.org"])
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]
    worker()
    assert len(mail.outbox) == 1


def test_a_line_break_in_the_subject_is_refused_at_once(worker):
    with pytest.raises(BadHeaderError):
        send_mail("Subject\nBcc: eve@example.org", "Text", None, ["ann@example.org"])
    assert not DBTaskResult.objects.exists()


def test_an_e_mail_of_a_change_that_is_undone_is_not_sent(worker):
    with transaction.atomic():
        send_mail("Subject", "Text", None, ["ann@example.org"])
        transaction.set_rollback(True)
    worker()
    assert mail.outbox == []


def test_without_a_common_secret_key_or_with_an_attachment_it_is_sent_at_once(worker, settings):
    message = EmailMessage("Subject", "Text", None, ["ann@example.org"])
    message.attach("a.txt", "Text", "text/plain")
    message.send()
    settings.EMAIL_BY_WORKER = False
    send_mail("Subject", "Text", None, ["ann@example.org"])
    assert len(mail.outbox) == 2


def test_without_a_worker_one_line_in_the_log_says_why(away, caplog):
    away.error = smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"No ann@example.org")})
    with pytest.raises(OSError, match="refuses the recipient, 550"):
        send_mail("Subject", "Text", None, ["ann@example.org"])
    assert send_mail("Subject", "Text", None, ["ann@example.org"], fail_silently=True) == 0
    text = "An e-mail could not be sent: the mail server refuses the recipient, 550"
    assert [(found.levelno, found.getMessage(), found.exc_info) for found in caplog.records] == [
        (logging.ERROR, text, None)
    ] * 2


def test_the_invitation_says_what_became_of_its_e_mail(desk, worker, away, at_once):
    role = in_role("editor").groups.get()
    page = desk.post(ADD, {"email": "new@example.org", "roles": [role.pk]}, follow=True).content.decode()
    assert "An e-mail to new@example.org is on its way." in page
    assert "e-mail not sent yet" in page
    DBTaskResult.objects.update(worker_ids=["a"] * 5)
    worker()
    [invitation] = Invitation.objects.all()
    change = f"/admin/accounts/invitation/{invitation.pk}/"
    for url in ("/admin/accounts/invitation/", f"{change}change/"):
        assert "e-mail not sent: send the invitation again" in desk.get(url).content.decode()
    away.error = None
    desk.post(f"{change}again/")
    worker()
    assert len(mail.outbox) == 1
    assert "e-mail not sent" not in desk.get("/admin/accounts/invitation/").content.decode()
    assert portal_mail.states([f"invitation {invitation.pk}"]) == {f"invitation {invitation.pk}": "SUCCESSFUL"}
