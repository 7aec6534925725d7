"""
The languages of the interface: which one a request is answered in, and where the same page is in another.

An address with a prefix ("/ja/people/") is in that language for everybody. One without is in English, and a browser
that asks for another of our languages, or whose visitor chose one with the switch, is led to that language's address.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

DECIDED_BY = ("Accept-Language", "Cookie")


def nearest(tag: str) -> str:
    """The language of the interface that a BCP 47 tag is nearest to ("ja-JP", "zh-CN"), or nothing."""
    try:
        return get_supported_language_variant(tag)
    except LookupError:
        return ""


def address_in(language: str, address: str) -> str:
    """Where the page at `address`, a path with or without a question, is in another language."""
    root = get_script_prefix()
    rest = address.removeprefix(root)
    prefix, _slash, behind = rest.partition("/")
    if prefix in dict(settings.LANGUAGES):
        rest = behind
    return f"{root}{rest}" if language == settings.LANGUAGE_CODE else f"{root}{language}/{rest}"


def wanted(request: HttpRequest) -> str:
    """The language that a visitor chose with the switch, else the one of ours that the browser likes best."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in dict(settings.LANGUAGES):
        return chosen
    for tag, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if tag == "*":
            break
        # Django's own reading takes a language of no weight, "ja;q=0", for one that is welcome.
        if weight and (language := nearest(tag)):
            return language
    return settings.LANGUAGE_CODE


def in_address(request: HttpRequest) -> str:
    """The language that the prefix of the address names, or nothing."""
    return translation.get_language_from_path(request.path_info) or ""


def activate_for_error(request: HttpRequest) -> None:
    """An error has no address of its own in each language: without a prefix it is in the visitor's."""
    translation.activate(in_address(request) or wanted(request))


class LanguageMiddleware:
    """
    Answers in the language of the address. Only pages are ever led elsewhere: feeds, calendars, the API, images and
    what stands in another site's frame are for programs, which ask for the address that they were given.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Neither the admin nor one's account has a prefix: an editor's address is the same for all who work on a page.
        is_own = request.path_info.startswith((reverse("admin:index"), reverse("account")))
        given = in_address(request)
        bare = address_in(settings.LANGUAGE_CODE, request.get_full_path())
        if given == settings.LANGUAGE_CODE and not bare.startswith("//"):
            return HttpResponsePermanentRedirect(bare)
        translation.activate(wanted(request) if is_own else given or settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        if given or not _is_page(response):
            return response
        if not is_own and response.status_code == 200 and wanted(request) != settings.LANGUAGE_CODE:
            response = HttpResponseRedirect(address_in(wanted(request), request.get_full_path()))
            # Where it leads to is this visitor's affair, whatever a cache between makes of the header below.
            response.headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, DECIDED_BY)
        return response


def _is_page(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html") and not _is_framed(response)


def _is_framed(response: HttpResponse) -> bool:
    # What another site may frame says so with Django's decorator.
    return getattr(response, "xframe_options_exempt", False)
