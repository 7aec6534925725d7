"""
Retries a request when the database refuses its changes.

If two editors add people with the same name at the same time, both forms find the slug free, and the second save
violates a unique constraint. On the retry the form sees the first row and takes the next free slug or shows an error at
the field. A constraint that no form checks leads to a message on the form, which keeps the entered data.
"""

import logging
from collections.abc import Callable

from django.contrib.messages import get_messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
#: The maximum number of editors who can add the same thing at once.
ATTEMPTS = 6


def tried_again(view: Callable[..., HttpResponse], request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """
    Return the response of `view`. Retry after an `IntegrityError`, which rolls the transaction back. The last attempt
    sets `request.is_refused`, which makes `RecordPageForm` show a message. Raises `IntegrityError` if that fails too.
    """
    if request.method != "POST":
        return view(request, *args, **kwargs)
    files, _posted = request.FILES, request.POST
    before, told = dict(vars(request)), list(get_messages(request)._queued_messages)
    for _attempt in range(ATTEMPTS):
        try:
            return view(request, *args, **kwargs)
        except IntegrityError:
            logger.info("Refused by the database, tried again: %s", request.path, exc_info=True)
            vars(request).clear()
            vars(request).update(before)
            get_messages(request)._queued_messages[:] = told
            for name in files:
                for file in files.getlist(name):
                    file.seek(0)
    request.is_refused = True
    return view(request, *args, **kwargs)
