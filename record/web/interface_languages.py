"""
The languages of the interface: the language of a response, and the URLs of a page in other languages.

A URL with a prefix ("/ja/people/") always has that language. A URL without a prefix is in English. If the visitor chose
another language with the switch, or the browser prefers another of our languages, it redirects to that language's URL.
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from record.web.conditional_requests import whole

DECIDED_BY = ("Accept-Language", "Cookie")
# The first part of a path, if it has the form of a language tag: "ja", "en-US", "zh_Hans_CN".
_PREFIX = re.compile(
    r"(?P<tag>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3})(?:/(?P<rest>.*)|(?P<end>[?#].*)?)", re.DOTALL
)
#: Subtags that mean Chinese in traditional characters, unless the tag has "Hans".
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def nearest(tag: str) -> str:
    """
    Return the interface language nearest to a BCP 47 tag ("ja-JP", "zh-CN"), or "". Tags for traditional Chinese match
    nothing, as we have only simplified Chinese.
    """
    language, *parts = tag.lower().replace("_", "-").split("-")
    if language == "zh" and "hans" not in parts and _TRADITIONAL.intersection(parts):
        return ""
    try:
        return get_supported_language_variant("-".join([language, *parts]))
    except LookupError:
        return ""


def split(url: str) -> tuple[str, str, str]:
    """
    Split `url`, a path with or without a query string, into three parts: its language prefix as written ("ja",
    "en-GB", or ""), the interface language that the prefix means, and the rest without a leading slash. All code that
    reads a prefix uses this function.
    """
    rest = url.removeprefix(get_script_prefix())
    found = _PREFIX.fullmatch(rest)
    language = nearest(found["tag"]) if found else ""
    return (found["tag"], language, found["rest"] or found["end"] or "") if found and language else ("", "", rest)


def url_in(language: str, url: str) -> str:
    """Return the URL in `language` for the page at `url`, a path with or without a query string."""
    root, rest = get_script_prefix(), split(url)[2]
    return f"{root}{rest}" if language == settings.LANGUAGE_CODE else f"{root}{language}/{rest}"


def wanted(request: HttpRequest) -> str:
    """Return the language chosen with the switch, or else the one of ours that the browser prefers."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in dict(settings.LANGUAGES):
        return chosen
    for tag, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if tag == "*":
            break
        # Django treats a language with the weight 0 ("ja;q=0") as acceptable.
        if weight and (language := nearest(tag)):
            return language
    return settings.LANGUAGE_CODE


def language_of_url(request: HttpRequest) -> str:
    """Return the language of the URL's prefix, or ""."""
    return split(request.get_full_path())[1]


def _respelled_url(request: HttpRequest) -> str:
    """
    Return the URL to redirect to if the prefix has another spelling ("/en-gb/", "/JA/", "/en/"), or "". Only GET and
    HEAD requests redirect, and only if the rest of the URL can't be read as a language or as a host.
    """
    asked = request.get_full_path()
    tag, language, rest = split(asked)
    is_plain = tag == language and language != settings.LANGUAGE_CODE
    if is_plain or not language or request.method not in ("GET", "HEAD"):
        return ""
    return "" if rest.startswith("/") or split(f"{get_script_prefix()}{rest}")[1] else url_in(language, asked)


def activate_for_error(request: HttpRequest) -> None:
    """Activate the language for an error page: that of the URL's prefix, or else the visitor's."""
    translation.activate(language_of_url(request) or wanted(request))


class LanguageMiddleware:
    """
    Sets the language from the URL. Only HTML pages redirect to another language: feeds, calendars, the API, images and
    embeds are read by programs, which expect the URL that they asked for.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The admin and the account pages have no prefix, so that editors can share their URLs.
        is_own = request.path_info.startswith((reverse("admin:index"), reverse("account")))
        given = language_of_url(request)
        if plain := _respelled_url(request):
            return HttpResponsePermanentRedirect(plain)
        translation.activate(wanted(request) if is_own else given or settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        if given or not _is_page(response):
            return response
        if not is_own and response.status_code == 200 and wanted(request) != settings.LANGUAGE_CODE:
            response = HttpResponseRedirect(url_in(wanted(request), request.get_full_path()))
            # The redirect depends on the visitor, so shared caches must not store it.
            response.headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, DECIDED_BY)
        return response


def _is_page(response: HttpResponse) -> bool:
    return whole(response).headers.get("Content-Type", "").startswith("text/html") and not _is_framed(response)


def _is_framed(response: HttpResponse) -> bool:
    # Embeds are exempt from the frame restriction by Django's decorator.
    return getattr(response, "xframe_options_exempt", False)
