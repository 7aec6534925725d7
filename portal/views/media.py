"""Uploaded images and their renditions, under the same rule as the pages that show them."""

from mimetypes import guess_type
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from contests.models import Contest, Submission
from people.images import renditions
from people.models import Person

# Python learns these from the system, and a bare one doesn't know them.
TYPES = {".avif": "image/avif", ".webp": "image/webp"}


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse:
    """
    The image at `path`, or a rendition of it, where something public shows the image; editors who may view such rows
    see every one. A rendition that was never made is answered with the image itself, so that no page has to know.
    """
    original = renditions.original_of(path)
    if "\x00" in path or not (_is_public(original, request.at) or _may_see_all(request, original)):
        raise Http404
    response = _stored(path) or _stored(original)
    if response is None:
        raise Http404
    # A revoked or hidden image must not live on in a cache that others share.
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


def _stored(name: str) -> HttpResponse | None:
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except (OSError, SuspiciousFileOperation):
        return None
    content_type = TYPES.get(PurePosixPath(name).suffix.lower()) or guess_type(name)[0] or "application/octet-stream"
    return HttpResponse(content, content_type=content_type)


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
