"""Serves uploaded images and their renditions. An image is public if a public page shows it."""

import re
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts import second_factor
from contests.models import Contest, Submission
from people.models import Person
from record.images import renditions
from record.media import StorageAwayError
from record.viewpoint import Request, Viewpoint

# Python looks up content types in files of the operating system. On a minimal system, these two types are missing.
TYPES = {".avif": "image/avif", ".webp": "image/webp"}
#: For public images. A CDN or a proxy asks again after seconds, because the image may be hidden or revoked later.
KEPT = "public, max-age=600, s-maxage=2, stale-while-revalidate=2"
NAME = re.compile(r"[^/\\\x00]+")


@require_safe
def media(request: Request, path: str) -> HttpResponse:
    """
    Return the image or rendition at `path` if a public page shows the image. Editors with view permission may see all
    images. If a rendition is missing, return the original image instead, so that pages need not check which renditions
    exist. If the storage can't be reached, the response is 503.
    """
    folder, _slash, name = path.partition("/")
    image = renditions.image_of(path)
    # The name must be that of a file directly in the folder, so that uploaded originals and share cards can't be
    # requested.
    is_public = bool(NAME.fullmatch(name)) and _is_public(folder, image, request.viewpoint)
    if not is_public and not (NAME.fullmatch(name) and _may_see_all(request, folder)):
        raise Http404
    asked_for = _stored(path)
    response = asked_for or _stored(image)
    if response is None:
        raise Http404
    # A rendition may be made later without any change of the record, so only the file itself may be kept.
    response.headers["Cache-Control"] = KEPT if is_public and asked_for else "private, max-age=600"
    return response


def _stored(name: str) -> HttpResponse | None:
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except StorageAwayError:
        raise  # This is no 404: the image is there (portal/outages).
    except (OSError, SuspiciousFileOperation):
        return None
    if not content:  # A full disk left it, before files were written under another name first.
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


def _is_public(folder: str, image: str, viewpoint: Viewpoint) -> bool:
    shown_by: dict[str, Any] = {
        "posters": Submission.objects.filter(poster=image),
        "portraits": Person.objects.filter(portrait=image),
        "heroes": Contest.objects.filter(hero=image),
    }
    return folder in shown_by and shown_by[folder].public(viewpoint).exists()
