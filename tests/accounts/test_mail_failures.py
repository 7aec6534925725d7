"""Account pages while the mail server is away, and while a worker sends the e-mails."""

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from tests import factories as make
from tests.accounts.test_passwords_and_email import asked_for_two
from tests.accounts.test_sign_in import NEW, RESET, body, confirm_it_is_me, no_memory, sign_in
from tests.worker import worker

__all__ = ["no_memory", "worker"]
pytestmark = pytest.mark.django_db
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def backend(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_TRANSPORT = "record.mail.Backend", LOCMEM
    settings.EMAIL_BY_WORKER = True


@pytest.fixture
def away(monkeypatch, caplog):
    """A mail server that does not answer."""

    def refuse(*args):
        raise TimeoutError("timed out")

    monkeypatch.setattr(f"{LOCMEM}.send_messages", refuse)
    return caplog


def test_a_forgotten_password_gets_the_same_answer(client, away):
    known = make.UserFactory()
    answers = [client.post(RESET, {"email": email}) for email in (known.email, "nobody@example.org")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, f"{RESET}sent/")] * 2
    assert [record.getMessage() for record in away.records] == ["An e-mail could not be sent: TimeoutError"]


def test_a_new_password_is_saved_without_the_notice(client, away):
    account = make.UserFactory()
    sign_in(client, account)
    answer = client.post("/account/password/", {"oldpassword": make.PASSWORD, **NEW})
    assert answer.status_code == 302
    account.refresh_from_db()
    assert account.check_password(NEW["password1"])
    assert len(away.records) == 1


def test_a_user_who_waits_for_a_link_to_a_new_address_is_told(client, away):
    account = make.UserFactory()
    sign_in(client, account)
    confirm_it_is_me(client)
    answer = client.post("/account/email/", {"email": "new@example.org", "action_add": ""}, follow=True)
    text = body(answer)
    assert "The e-mail could not be sent. Try again in a few minutes." in text
    assert "new@example.org" in text  # The address waits for its confirmation, and the link can be sent again.
    assert text.count('class="message') < 2


def test_with_a_worker_no_answer_waits_for_the_mail_server_or_shows_who_has_an_account(
    client, away, worker, monkeypatch
):
    _known, closed = asked_for_two(client, monkeypatch)
    assert not DBTaskResult.objects.exists()
    for deliver in closed[-1]._resource_closers:  # `close` would also close the connection to the database.
        deliver()
    assert DBTaskResult.objects.get().task_path == "record.mail.send_email"
    assert not away.records
    assert mail.outbox == []
