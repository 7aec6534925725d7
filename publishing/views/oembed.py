"""oEmbed: what a site that was given an address of the portal is told of it."""

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
from record.web.languages import address_in, split

PORTS = {"http": 80, "https": 443}
MOST_PIXELS = 1_000_000


class Question(forms.Form):
    """What a site asks: the address of a page, and how much room there is, in CSS pixels."""

    url = forms.CharField(max_length=2000)
    maxwidth = forms.IntegerField(min_value=1, max_value=MOST_PIXELS, required=False)
    maxheight = forms.IntegerField(min_value=1, max_value=MOST_PIXELS, required=False)
    format = forms.CharField(max_length=20, empty_value="json", required=False)

    def clean_url(self) -> SplitResult:
        try:
            address = urlsplit(self.cleaned_data["url"])
            known = address.scheme in PORTS and address.hostname and (address.port is None or address.port)
        except ValueError:
            known = False
        if not known:
            raise ValidationError(gettext_lazy("Enter the full URL of a page, starting with https://."))
        return address

    def told(self) -> str:
        """What is wrong with it, a line for each."""
        return "\n".join(f"{name}: {said}" for name, errors in self.errors.items() for said in errors)


@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """
    What oEmbed says of the page at `url` in `format`, json or xml. 400 where that is no address, 404 where there is
    nothing to show of it, be it hidden, unknown or elsewhere, 501 for another format. Any site may ask.
    """
    question = Question(request.GET)
    if any(len(set(values)) > 1 for _name, values in request.GET.lists()):
        response = _refused(400, _("Give each parameter once."))
    elif not question.is_valid():
        response = _refused(400, question.told())
    elif question.cleaned_data["format"] not in ("json", "xml"):
        response = _refused(501, _("Ask for format=json or format=xml."))
    else:
        response = _answer(request, **question.cleaned_data)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _answer(
    request: HttpRequest, url: SplitResult, format: str, maxwidth: int | None, maxheight: int | None
) -> HttpResponse:
    # The address says the language, whoever asks; outside of its language an address with a prefix is unknown.
    language = split(url.path)[1] or settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            noun = oembed.noun_at(address_in(language, url.path) if _is_ours(url, request) else "", request.at)
        except Http404:
            return _refused(404, _("There is nothing to embed at this URL."))
        said = oembed.answer(noun, request.build_absolute_uri, maxwidth=maxwidth, maxheight=maxheight)
    if format == "xml":
        return HttpResponse(oembed.as_xml(said), content_type="text/xml; charset=utf-8")
    return JsonResponse(said)


def _is_ours(url: SplitResult, request: HttpRequest) -> bool:
    ours = urlsplit(f"{request.scheme}://{request.get_host()}")
    # A portal behind a proxy may be known by either scheme, but not by another name or door.
    usual = PORTS[url.scheme]
    return (url.hostname, url.port or usual) == (ours.hostname, ours.port or usual)


def _refused(status: int, why: str) -> HttpResponse:
    return HttpResponse(f"{why}\n", status=status, content_type="text/plain; charset=utf-8")
