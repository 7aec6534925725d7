"""
Handles a request again if a database constraint refuses its changes.

If two editors add people with the same name at the same time, both forms find the slug unused, and the second save
violates a unique constraint. When the second request is handled again, its form finds the first row. The form then
either uses another slug or shows an error at the field. If the form does not check the constraint, the last attempt
shows a general message and keeps the entered data.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.messages import get_messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
#: The maximum number of retries of one request. It is rare that so many editors add the same thing at the same time.
ATTEMPTS = 6


def tried_again(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """
    Return the response of `view`. After an `IntegrityError`, which rolls the transaction back, call `view` again, up to
    `ATTEMPTS` times. Before the last attempt, set `request.is_refused`, so that the form in record/forms.py shows a
    message. Raise `IntegrityError` if the last attempt also fails.
    """
    if request.method != "POST":
        return view(request, *args, **kwargs)
    files, _posted = request.FILES, request.POST
    # The type is Any, because Django's stubs don't have `_queued_messages`, the list of new messages.
    storage: Any = get_messages(request)
    before, told = dict(vars(request)), list(storage._queued_messages)
    for _attempt in range(ATTEMPTS):
        try:
            return view(request, *args, **kwargs)
        except IntegrityError:
            logger.info("Refused by the database, tried again: %s", request.path, exc_info=True)
            vars(request).clear()
            vars(request).update(before)
            storage._queued_messages[:] = told
            for name in files:
                for file in files.getlist(name):
                    file.seek(0)
    vars(request)["is_refused"] = True
    return view(request, *args, **kwargs)
