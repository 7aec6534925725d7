"""
A request that is tried again where the database refused it.

Two editors who add a person of one name at the same moment both find its slug free; the second of them to write breaks
a unique rule. Tried again, the form finds what is there by now: it takes the next free slug, or says at the field what
is wrong. A rule of the database that no form knows of ends in a message on the form, with what was typed.
"""

import logging
from collections.abc import Callable

from django.contrib.messages import get_messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
#: As many editors may add the same thing at once.
ATTEMPTS = 6


def tried_again(view: Callable[..., HttpResponse], request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """
    The answer of `view`, whose transaction was undone wherever it raised `IntegrityError`. In the last attempt
    `request.is_refused` is set, which a `RecordPageForm` turns into a message. `IntegrityError` where that is no help.
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
