"""Uploaded images, under the same rule as the pages that show them."""

from mimetypes import guess_type

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse

from contests.models import Contest, Submission
from people.models import Person


def media(request: HttpRequest, path: str) -> HttpResponse:
    """The image at `path`, where something public shows it; editors who may view such rows see every one."""
    if "\x00" in path or not (_is_public(path, request.at) or _may_see_all(request, path)):
        raise Http404
    try:
        with default_storage.open(path) as file:
            content = file.read()
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=guess_type(path)[0] or "application/octet-stream")
    # A revoked or hidden image must not live on in a cache that others share.
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


def _may_see_all(request: HttpRequest, path: str) -> bool:
    permission = {
        "posters": "contests.view_submission",
        "portraits": "people.view_person",
        "heroes": "contests.view_contest",
    }.get(path.partition("/")[0])
    return permission is not None and request.user.is_staff and request.user.has_perm(permission)


def _is_public(path: str, at) -> bool:
    folder = path.partition("/")[0]
    shown_by = {
        "posters": Submission.objects.filter(poster=path),
        "portraits": Person.objects.filter(portrait=path),
        "heroes": Contest.objects.filter(hero=path),
    }
    return folder in shown_by and shown_by[folder].public(at).exists()
