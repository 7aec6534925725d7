"""
The languages of the interface: which one a request is answered in, and where the same page is in another.

An address with a prefix ("/ja/people/") is in that language for everybody. One without is in English, and a browser
that asks for another of our languages, or whose visitor chose one with the switch, is led to that language's address.
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from record.web.conditional import whole

DECIDED_BY = ("Accept-Language", "Cookie")
# The first part of a path, where it is built as a language tag is: "ja", "en-US", "zh_Hans_CN".
_PREFIX = re.compile(
    r"(?P<tag>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3})(?:/(?P<rest>.*)|(?P<end>[?#].*)?)", re.DOTALL
)
#: Parts of a tag that say: Chinese in traditional characters, unless the tag names the simplified ones.
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def nearest(tag: str) -> str:
    """
    The language of the interface that a BCP 47 tag is nearest to ("ja-JP", "zh-CN"), or nothing. Somebody who reads
    traditional characters has not asked for simplified ones.
    """
    language, *parts = tag.lower().replace("_", "-").split("-")
    if language == "zh" and "hans" not in parts and _TRADITIONAL.intersection(parts):
        return ""
    try:
        return get_supported_language_variant("-".join([language, *parts]))
    except LookupError:
        return ""


def split(address: str) -> tuple[str, str, str]:
    """
    The one reading of a language prefix: what `address`, a path with or without a query, says before the rest
    ("ja", "en-GB", or nothing), the language of ours that this means, and the rest, without a slash before it.
    """
    rest = address.removeprefix(get_script_prefix())
    found = _PREFIX.fullmatch(rest)
    language = nearest(found["tag"]) if found else ""
    return (found["tag"], language, found["rest"] or found["end"] or "") if found and language else ("", "", rest)


def address_in(language: str, address: str) -> str:
    """The URL in `language` of the page at `address`, a path with or without a query."""
    root, rest = get_script_prefix(), split(address)[2]
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
    """The language that the prefix of the URL names, or nothing."""
    return split(request.get_full_path())[1]


def _plain_address(request: HttpRequest) -> str:
    """
    The URL to which a prefix in another spelling leads ("/en-gb/", "/JA/", "/en/"), or nothing. Not where something
    would be lost, or where the rest begins with a language or names another host.
    """
    asked = request.get_full_path()
    tag, language, rest = split(asked)
    is_plain = tag == language and language != settings.LANGUAGE_CODE
    if is_plain or not language or request.method not in ("GET", "HEAD"):
        return ""
    return "" if rest.startswith("/") or split(f"{get_script_prefix()}{rest}")[1] else address_in(language, asked)


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
        if plain := _plain_address(request):
            return HttpResponsePermanentRedirect(plain)
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
    return whole(response).headers.get("Content-Type", "").startswith("text/html") and not _is_framed(response)


def _is_framed(response: HttpResponse) -> bool:
    # What another site may frame says so with Django's decorator.
    return getattr(response, "xframe_options_exempt", False)
