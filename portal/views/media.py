"""Uploaded images and their renditions, under the same rule as the pages that show them."""

import re
from mimetypes import guess_type
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts import second_factor
from contests.models import Contest, Submission
from people.models import Person
from record.images import renditions

# Python learns these from the system, and a bare one doesn't know them.
TYPES = {".avif": "image/avif", ".webp": "image/webp"}
NAME = re.compile(r"[^/\\\x00]+")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse:
    """
    The image at `path`, or a rendition of it, where something public shows the image; editors who may view such rows
    see every one. A rendition that was never made is answered with the image itself, so that no page has to know.
    """
    folder, _slash, name = path.partition("/")
    image = renditions.image_of(path)
    # A name is a file in one of the folders: no way leads up from there, to the originals or the cards.
    if not NAME.fullmatch(name) or not (_is_public(folder, image, request.at) or _may_see_all(request, folder)):
        raise Http404
    response = _stored(path) or _stored(image)
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


def _may_see_all(request: HttpRequest, folder: str) -> bool:
    permission = {
        "posters": "contests.view_submission",
        "portraits": "people.view_person",
        "heroes": "contests.view_contest",
    }.get(folder)
    if permission is None or not request.user.is_staff or not request.user.has_perm(permission):
        return False
    return not second_factor.is_missing(request.user)


def _is_public(folder: str, image: str, at) -> bool:
    shown_by = {
        "posters": Submission.objects.filter(poster=image),
        "portraits": Person.objects.filter(portrait=image),
        "heroes": Contest.objects.filter(hero=image),
    }
    return folder in shown_by and shown_by[folder].public(at).exists()
