"""
Sends the e-mails of the portal. `Backend` is Django's e-mail backend, so every e-mail goes through it.

If there is a worker, the e-mail becomes a task, and the request does not wait for the mail server. A mail server may be
away for an hour, so the task is tried six times in two hours. E-mails contain secret links, so the task keeps the
message encrypted, and deletes it as soon as it is sent or has failed for good. Without a worker, the e-mail is sent at
once; if that fails, `MailNotSent` is raised.

If a worker is killed after the mail server has accepted an e-mail, the e-mail is sent again. SMTP can't prevent this.
Both copies have the same `Message-ID`, so most mail programs show only one.
"""

import json
import logging
import os
import smtplib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from email.utils import formatdate, make_msgid
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.utils import DNS_NAME
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskContext
from django_tasks_db.models import DBTaskResult

from record.background import PermanentFailure, described, has_worker, task
from record.encryption import cipher

logger = logging.getLogger(__name__)

#: E-mails come before all other work. The first pause is doubled each time: 4, 8, 16, 32 and 64 minutes.
PRIORITY, ATTEMPTS, WAIT = 10, 6, timedelta(minutes=4)
#: An e-mail that could not be sent for so long, for example because no worker was running, is not sent any more.
OLDEST = timedelta(days=1)
#: The fields of a message that a task keeps.
FIELDS = ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to", "extra_headers")


class MailNotSent(OSError):  # noqa: N818 - the cause is in its text
    """
    The mail server could not be reached, or has refused the e-mail. The text has no e-mail address. `is_final` means
    that the mail server refuses the recipient for good.
    """

    def __init__(self, reason: str, *, is_final: bool = False):
        super().__init__(reason)
        self.is_final = is_final


class TraceableMessage(EmailMessage):
    """A message that `states` finds by the text `about`, if the worker sends it."""

    about = ""


def is_left_to_worker() -> bool:
    return has_worker() and settings.EMAIL_BY_WORKER


class Backend(BaseEmailBackend):
    """Leaves e-mails to the worker, or sends them at once with the backend in the setting `EMAIL_TRANSPORT`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = 0
        for message in email_messages:
            if not message.recipients():
                continue
            # A message with attachments would be too large for a task; the portal sends none.
            if is_left_to_worker() and not message.attachments:
                send_email.enqueue(message=_sealed(message), about=getattr(message, "about", ""))
                sent += 1
                continue
            try:
                sent += _send(message)
            except MailNotSent as error:
                logger.error("An e-mail could not be sent: %s", error)  # noqa: TRY400 - one line, no addresses
                if not self.fail_silently:
                    raise
        return sent


@described(_("E-mail"), attempts=ATTEMPTS, wait=WAIT, secret=("message",))
@task(priority=PRIORITY, takes_context=True)
def send_email(context: TaskContext, *, message: str, about: str) -> None:
    """Send an encrypted message. `about` is only for `states`."""
    enqueued = context.task_result.enqueued_at
    if enqueued and timezone.now() - enqueued > OLDEST:
        raise PermanentFailure("The e-mail was too old to be sent.")
    try:
        _send(_opened(message))
    except InvalidToken:
        raise PermanentFailure("The e-mail was encrypted with another SECRET_KEY.") from None
    except MailNotSent as error:
        logger.error("An e-mail could not be sent: %s", error)  # noqa: TRY400 - one line, no addresses
        if error.is_final:
            raise PermanentFailure(str(error)) from None
        raise
    except Exception as error:  # noqa: BLE001 - its text is kept, and may contain an e-mail address
        raise PermanentFailure(f"The e-mail could not be written: {type(error).__name__}") from None


def states(about: Iterable[str]) -> dict[str, str]:
    """
    Return {text: status} for the texts among `about` that have a task: the status of its newest one, as in
    `TaskResultStatus`. Finished tasks are deleted after some days.
    """
    tasks = DBTaskResult.objects.filter(task_path=send_email.module_path, args_kwargs__kwargs__about__in=list(about))
    return dict(tasks.order_by("enqueued_at").values_list("args_kwargs__kwargs__about", "status"))


def _send(message: EmailMessage) -> int:
    """Send the message with the real backend. Raise `MailNotSent` if that fails."""
    try:
        return get_connection(settings.EMAIL_TRANSPORT).send_messages([message]) or 0
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _text in error.recipients.values()})
        text = f"the mail server refuses the recipient, {', '.join(map(str, codes))}"
        raise MailNotSent(text, is_final=codes[0] >= 500) from None
    except smtplib.SMTPResponseException as error:
        # Not its text, because servers repeat addresses in it.
        raise MailNotSent(f"{type(error).__name__} {error.smtp_code}") from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else ""
        raise MailNotSent(f"{type(error).__name__} {reason}".strip()) from None


def _sealed(message: EmailMessage) -> str:
    """Return the message as an encrypted text, with the date and the `Message-ID` that all attempts use."""
    message.message()  # Raises an error if a header contains a line break.
    headers = {name.lower() for name in message.extra_headers}
    if "message-id" not in headers:
        message.extra_headers["Message-ID"] = make_msgid(domain=str(DNS_NAME))
    if "date" not in headers:
        message.extra_headers["Date"] = formatdate()
    fields: dict[str, Any] = {name: getattr(message, name) for name in FIELDS}
    fields["alternatives"] = [tuple(found) for found in getattr(message, "alternatives", None) or ()]
    fields["subtype"] = message.content_subtype
    return cipher(__name__).encrypt(json.dumps(fields, default=str).encode()).decode()


def _opened(sealed: str) -> EmailMessage:
    fields = json.loads(cipher(__name__).decrypt(sealed.encode()))
    subtype, headers = fields.pop("subtype"), fields.pop("extra_headers")
    message = EmailMultiAlternatives(headers=headers, **fields)
    message.content_subtype = subtype
    return message
