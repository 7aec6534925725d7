"""Laurels, and the pages that verify them. Each view uses only rows that are public at `request.viewpoint`."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contests.models import Recognition
from contests.verification_codes import MistypedError, read
from publishing import laurels
from record.viewpoint import Request
from record.web.query_parameters import reads


@require_safe
@reads("code")
def verify(request: HttpRequest) -> HttpResponse:
    """
    Show a form in which visitors enter the code of a laurel. If the query parameter `code` has the form of a code,
    redirect to the page that verifies this code. Template context: `asked` (the entered text), `is_mistyped`.
    """
    asked = request.GET.get("code", "")
    try:
        # Visitors may also enter the whole URL that is printed on the laurel.
        return redirect("verification", read(asked.rstrip("/ ").rpartition("/")[2]))
    except MistypedError:
        return render(request, "publishing/verify.html", {"asked": asked, "is_mistyped": bool(asked.strip())})


@require_safe
def verification(request: Request, code: str) -> HttpResponse:
    """
    Show whether the award with this code is valid today. An unknown code and the code of an award that is not public
    get the same response. Template context: `recognition`, `contest`, `code`. If there is no such award, show the form
    of `verify` with the context `asked`, and `is_mistyped` or `is_unknown`.
    """
    try:
        written = read(code)
    except MistypedError:
        return render(request, "publishing/verify.html", {"asked": code, "is_mistyped": True}, status=404)
    if written != code:
        return redirect("verification", written, permanent=True)
    found = Recognition.objects.public(request.viewpoint).for_award_lines().filter(code=code).first()
    if found is None:
        return render(request, "publishing/verify.html", {"asked": code, "is_unknown": True}, status=404)
    context = {"recognition": found, "contest": found.award.contest, "code": code}
    return render(request, "publishing/verification.html", context)


@require_safe
def laurel(request: Request, code: str, file: str) -> HttpResponse:
    """
    Return a laurel in one of the formats in `laurels.FILES`. Return 410 if the award was revoked, declined or withdrawn
    or is not official, because the picture itself does not show that.
    """
    if not _is_written_so(code) or file not in laurels.FILES:
        raise Http404
    found = Recognition.objects.public(request.viewpoint).for_laurel(request.viewpoint).filter(code=code).first()
    if found is None:
        raise Http404
    if not found.has_laurel:
        gone = _("The award of this laurel is not valid. Verify the code to see the reason.")
        if found.is_revoked:
            gone = _("The award of this laurel was revoked. Verify the code to see the reason.")
        context = {"heading": _("This laurel is withdrawn"), "sentence": gone, "code": code}
        return render(request, "publishing/laurel_withdrawn.html", context, status=410)
    texts = laurels.texts_of(found, request.build_absolute_uri(laurels.verification_path(code)))
    # An SVG response may be compressed, so it has a weak ETag and the header Vary, also with the status 304.
    is_text = file.endswith(".svg")
    etag = f"{'W/' if is_text else ''}{quote_etag(laurels.digest_of(texts, file))}"
    # The ETag is made from the SVG, so a 304 response does not need a PNG, which is slow to draw.
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        laurels.drawn(texts, file), content_type=laurels.FILES[file].content_type
    )
    response.headers["ETag"] = etag
    if is_text:
        patch_vary_headers(response, ["Accept-Encoding"])
    name = f"laurel-{found.award.contest.slug}-{found.award.slug}-{file}"
    response.headers["Content-Disposition"] = content_disposition_header(False, name) or ""
    return response


def _is_written_so(code: str) -> bool:
    # Reject texts that can't be a code. Some of them would raise a database error.
    try:
        return read(code) == code
    except MistypedError:
        return False
