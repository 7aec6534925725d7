"""The oEmbed endpoint, which describes the embed for a URL of the portal."""

from urllib.parse import SplitResult, urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from publishing import oembed
from record.viewpoint import Request
from record.web.interface_languages import split, url_in
from record.web.query_parameters import reads

PORTS = {"http": 80, "https": 443}
MOST_PIXELS = 1_000_000


class Question(forms.Form):
    """The query parameters: the URL of a page, the maximum size in CSS pixels, and the format of the response."""

    url = forms.CharField(max_length=2000)
    maxwidth = forms.IntegerField(min_value=1, max_value=MOST_PIXELS, required=False)
    maxheight = forms.IntegerField(min_value=1, max_value=MOST_PIXELS, required=False)
    format = forms.CharField(max_length=20, empty_value="json", required=False)

    def clean_url(self) -> SplitResult:
        try:
            url = urlsplit(self.cleaned_data["url"])
            known = url.scheme in PORTS and url.hostname and (url.port is None or url.port)
        except ValueError:
            known = False
        if not known:
            raise ValidationError(gettext_lazy("Enter the full URL of a page, starting with https://."))
        return url

    def error_messages(self) -> str:
        """Return the validation errors, one per line."""
        return "\n".join(f"{name}: {said}" for name, errors in self.errors.items() for said in errors)


@require_safe
@reads(*Question.base_fields)
def answer(request: Request) -> HttpResponse:
    """
    Return the oEmbed response for the page with the URL in the query parameter `url`, as JSON or XML. Return 400 for
    invalid query parameters, 404 if the URL is on another website or its page has no embed, and 501 for a format other
    than JSON and XML. Scripts of any website may read the response.
    """
    question = Question(request.GET)
    if any(len(set(values)) > 1 for _name, values in request.GET.lists()):
        response = _refused(400, _("Give each parameter once."))
    elif not question.is_valid():
        response = _refused(400, question.error_messages())
    elif question.cleaned_data["format"] not in ("json", "xml"):
        response = _refused(501, _("Unknown format. Use format=json or format=xml."))
    else:
        response = _answer(request, **question.cleaned_data)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _answer(
    request: Request, url: SplitResult, format: str, maxwidth: int | None, maxheight: int | None
) -> HttpResponse:
    # The language of the response is that of `url`, not of the visitor. A URL with a language prefix can be resolved
    # only while that language is active.
    language = split(url.path)[1] or settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            subject = oembed.subject_at(url_in(language, url.path) if _is_ours(url, request) else "", request.viewpoint)
        except Http404:
            return _refused(404, _("There is nothing to embed at this URL."))
        said = oembed.answer(subject, request.build_absolute_uri, maxwidth=maxwidth, maxheight=maxheight)
    if format == "xml":
        return HttpResponse(oembed.as_xml(said), content_type="text/xml; charset=utf-8")
    return JsonResponse(said)


def _is_ours(url: SplitResult, request: HttpRequest) -> bool:
    ours = urlsplit(f"{request.scheme}://{request.get_host()}")
    # Accept both http and https, because a proxy may use either. The host name and port must be those of the portal.
    usual = PORTS[url.scheme]
    return (url.hostname, url.port or usual) == (ours.hostname, ours.port or usual)


def _refused(status: int, why: str) -> HttpResponse:
    return HttpResponse(f"{why}\n", status=status, content_type="text/plain; charset=utf-8")
