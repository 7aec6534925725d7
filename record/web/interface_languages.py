"""
The languages of the interface: how the language of a response is chosen, and the URLs of a page in other languages.

A URL with a language prefix, such as "/ja/people/", always shows the page in that language. A URL without a prefix
shows it in English. Only the home page redirects: if the visitor has chosen another language in the footer, or the
browser prefers another language of the interface, to the home page in that language.
"""

import re
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from record.web.conditional_requests import whole

DECIDED_BY = ("Accept-Language", "Cookie")
# Matches a path whose first segment has the form of a language tag, such as "ja", "en-US" or "zh_Hans_CN".
_PREFIX = re.compile(
    r"(?P<tag>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3})(?:/(?P<rest>.*)|(?P<end>[?#].*)?)", re.DOTALL
)
#: Scripts and regions of tags such as "zh-TW" that mean traditional Chinese, unless the tag also contains "Hans".
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def nearest(tag: str) -> str:
    """
    Return the language of the interface that fits the BCP 47 tag `tag` best, or "". For "ja-JP" this is "ja". Tags for
    traditional Chinese fit none, because the interface has only simplified Chinese.
    """
    language, *parts = tag.lower().replace("_", "-").split("-")
    if language == "zh" and "hans" not in parts and _TRADITIONAL.intersection(parts):
        return ""
    try:
        return get_supported_language_variant("-".join([language, *parts]))
    except LookupError:
        return ""


def split(url: str, root: str | None = None) -> tuple[str, str, str]:
    """
    Split `url`, a path with or without a query string, below the path `root` (by default, that of the portal in this
    request). Return a tuple of the language prefix as written (such as
    "en-GB", or "" if there is none), the language of the interface that it stands for, and the rest without a leading
    slash.
    """
    rest = url.removeprefix(get_script_prefix() if root is None else root)
    found = _PREFIX.fullmatch(rest)
    language = nearest(found["tag"]) if found else ""
    return (found["tag"], language, found["rest"] or found["end"] or "") if found and language else ("", "", rest)


def url_in(language: str, url: str) -> str:
    """Return the URL in `language` of the page at `url`, which is a path with or without a query string."""
    root, rest = get_script_prefix(), split(url)[2]
    return f"{root}{rest}" if language == settings.LANGUAGE_CODE else f"{root}{language}/{rest}"


def preferred(chosen: str, accept_language: str) -> str:
    """
    Return the language `chosen` in the footer if the interface has it, otherwise the language of the interface that the
    browser prefers according to its header Accept-Language, otherwise English.
    """
    return chosen if chosen in dict(settings.LANGUAGES) else _accepted(accept_language[:500])


@lru_cache(maxsize=1000)
def _accepted(accept_language: str) -> str:
    for tag, weight in parse_accept_lang_header(accept_language):
        if tag == "*":
            break
        # Skip languages with the weight 0 ("ja;q=0"), which the browser does not accept. Django does not skip them.
        if weight and (language := nearest(tag)):
            return language
    return settings.LANGUAGE_CODE


def wanted(request: HttpRequest) -> str:
    """Return the preferred language of the visitor. The choice in the footer is stored in a cookie."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return preferred(chosen, request.headers.get("Accept-Language", ""))


def is_negotiated(path: str) -> bool:
    """
    Return whether the page at `path` redirects visitors who prefer another language. Only the home page does. Every
    other page is in the language of its URL, so that caches need not distinguish visitors.
    """
    return path == "/"


def language_of_url(request: HttpRequest) -> str:
    """Return the language that the prefix of the request's URL stands for, or "" if there is no prefix."""
    return split(request.get_full_path())[1]


def _respelled_url(request: HttpRequest) -> str:
    """
    If the language prefix is not in its usual spelling, such as "/en-gb/", "/JA/" or "/en/", return the URL to redirect
    to, otherwise "". Only GET and HEAD requests redirect. If the rest of the URL starts with a slash or another
    language prefix, there is no redirect: the new URL would lead to another host or to a page in another language.
    """
    asked = request.get_full_path()
    tag, language, rest = split(asked)
    is_plain = tag == language and language != settings.LANGUAGE_CODE
    if is_plain or not language or request.method not in ("GET", "HEAD"):
        return ""
    return "" if rest.startswith("/") or split(f"{get_script_prefix()}{rest}")[1] else url_in(language, asked)


def language_of_error(request: HttpRequest) -> str:
    """Return the language of an error page: the one of the URL's prefix, or else the one the visitor prefers."""
    return language_of_url(request) or wanted(request)


def is_outside_languages(path: str) -> bool:
    """Return whether `path` is of the admin or of an account page, which have no language prefix."""
    return path.startswith(_outside_languages(get_script_prefix()))


@lru_cache(maxsize=100)
def _outside_languages(script_prefix: str) -> tuple[str, str]:
    # `reverse` depends on the script prefix only, because these URLs have no language prefix.
    return reverse("admin:index"), reverse("account")


class LanguageMiddleware:
    """
    Activates the language of the URL, and redirects visitors of the home page who prefer another language. The pages of
    the admin and of accounts, and error pages at URLs without a language prefix, are in the language that the visitor
    prefers.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # URLs of the admin and of account pages have no language prefix, so that editors can share them.
        is_own = is_outside_languages(request.path_info)
        given = language_of_url(request)
        if plain := _respelled_url(request):
            return HttpResponsePermanentRedirect(plain)
        is_home = is_negotiated(request.path_info)
        if is_home and request.method in ("GET", "HEAD") and wanted(request) != settings.LANGUAGE_CODE:
            led = HttpResponseRedirect(url_in(wanted(request), request.get_full_path()))
            # Shared caches must not store the redirect, because it depends on the visitor.
            led.headers["Cache-Control"] = "private, no-cache"
            patch_vary_headers(led, DECIDED_BY)
            return led
        translation.activate(wanted(request) if is_own else given or settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        is_error = not given and whole(response).status_code >= 400
        if is_home or ((is_own or is_error) and _is_page(response)):
            patch_vary_headers(response, DECIDED_BY)
        return response


def _is_page(response: HttpResponse) -> bool:
    # Only embeds have Django's decorator `xframe_options_exempt`, which sets this attribute.
    is_framed = getattr(response, "xframe_options_exempt", False)
    return whole(response).headers.get("Content-Type", "").startswith("text/html") and not is_framed
